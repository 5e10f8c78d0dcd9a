"""A failed precondition is answered without a body (RFC 9110, section 13)."""

from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.http import http_date

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.services.factory import Services
from tests.backends import Backend, local_backend
from tests.visitor import Visitor


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


def test_a_file_that_was_changed_since_a_date(
    config: Config, services: Services, backend: Backend
) -> None:
    """An entity tag counts more, and an invalid date counts for nothing."""
    visitor = Visitor(create_app(config, services))
    path = f"/media/{object_keys.original(visitor.add(), 'image/jpeg')}"
    whole = visitor.get(path)
    modified, tag = whole.last_modified, whole.headers["ETag"]
    assert modified is not None
    earlier = {"If-Unmodified-Since": http_date(modified - timedelta(seconds=1))}
    same = {"If-Unmodified-Since": http_date(modified)}
    for headers, status in (
        (earlier, 412),
        (same, 200),
        ({"If-Unmodified-Since": "yesterday"}, 200),
        (earlier | {"If-Match": tag}, 200),
        (earlier | {"If-None-Match": tag}, 412),
    ):
        answer = visitor.get(path, headers=headers)
        assert (answer.status_code, answer.data) == (status, whole.data if status == 200 else b"")


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/static", "/openapi.json"])
def test_pages_send_no_body_either(config: Config, services: Services, path: str) -> None:
    """Also those that are no files."""
    visitor = Visitor(create_app(config, services))
    if path == "/static":
        with visitor.app.test_request_context():
            path = visitor.app.jinja_env.globals["asset"]("css/pages.css")
    headers = {"If-Match": '"other"', "Accept": "application/json"}
    answer = visitor.get(path, headers=headers)
    assert answer.status_code in {200, 412}
    assert (answer.status_code == 412) is (answer.data == b"")


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/tags.json", "file"])
def test_whatever_exists_matches_an_asterisk(
    config: Config, services: Services, backend: Backend, path: str
) -> None:
    """The date beside it counts for nothing."""
    visitor = Visitor(create_app(config, services))
    photo_id = visitor.add()
    if path == "file":
        path = f"/media/{object_keys.original(photo_id, 'image/jpeg')}"
    since = "Thu, 01 Jan 1970 00:00:00 GMT"
    headers = {"If-Match": "*", "If-Unmodified-Since": since, "Accept": "application/json"}
    assert visitor.get(path, headers=headers).status_code == 200
