"""Requests for actions on a batch that no page of its contributor sends."""

import re

import pytest
from flask import Flask

from app.domain.photo_summary import PhotoState
from app.services.photo_service import PhotoService
from tests.visitor import Visitor
from tests.web.bulk.batches.buttons import action_of, states


def test_no_action_touches_photos_of_others(
    visitor: Visitor, app: Flask, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """Another contributor who sends the form changes nothing, nor does a visitor without photos."""
    page = visitor.get(path)
    stranger = Visitor(app)
    other = stranger.add()
    for verb in ("delete", "tags", "publish", "restore"):
        action = action_of(page.text, "delete").replace("delete", verb)
        fields = stranger.fields("/upload") | {"add": "sea"}
        assert stranger.post(action, fields).status_code == 303
        assert Visitor(app).post(action, fields).status_code in {400, 404}
    assert states(service, [*photo_ids, other]) == {PhotoState.PUBLIC}
    assert {service.get(photo_id).tags for photo_id in photo_ids} == {()}


def test_the_address_of_an_action_leads_to_the_batch(visitor: Visitor, path: str) -> None:
    """It is in the address bar while the action continues."""
    answer = visitor.get(path.replace("?batch=", "/batches/") + "/delete?total=5")
    assert (answer.status_code, answer.location) == (303, path)


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("/uploads/batches/x/delete", {}),
        ("/uploads/batches/{name}/delete", {"failed": "x"}),
        ("/uploads/batches/{name}/delete", {"before": "x"}),
        ("/uploads/batches/{name}/purge", {}),
    ],
)
def test_a_url_that_no_page_has_is_not_found(
    visitor: Visitor, path: str, url: str, fields: dict[str, str]
) -> None:
    token = visitor.fields("/upload")
    answer = visitor.post(url.format(name=path[-10:]), token | fields)
    assert answer.status_code == 404


def test_numbers_in_urls_and_forms_are_bounded(visitor: Visitor, path: str) -> None:
    """A number that no page has sent counts as none, and other parameters are not passed on."""
    action = action_of(visitor.get(path).text, "delete").partition("?")[0]
    fields = visitor.fields("/upload") | {"done": "9" * 5000}
    page = visitor.post(f"{action}?total=-1&since=x&_external=1&name=x", fields)
    assert page.status_code == 200
    assert re.fullmatch(rf"{action}\?shown=\d{{10}}", action_of(page.text, "delete"))
    assert '<p role="status">2 photos</p>' in page.text
