"""The photos of an album follow its link in several requests.

Covers app.web.pages.albums.link_step_form, app.web.bulk.album_steps.
"""

import pytest

from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.web.bulk import album_steps
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.pages.albums.link.linked_albums import PHOTOS, album_of, hidden_fields, states


def test_many_photos_follow_in_several_requests(
    monkeypatch: pytest.MonkeyPatch, visitor: Visitor, services: Services, album_id: str
) -> None:
    """The page of each request continues, and the album is closed from the first one on."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    fields = visitor.fields(f"/albums/{album_id}/link")
    path, requests = f"/albums/{album_id}/link/end", 1
    answer = visitor.post(path, fields)
    while answer.status_code == 200:
        assert not services.album_links.is_open(album_of(services, album_id))
        assert f"of {PHOTOS} photos" in answer.text
        answer = visitor.post(f"{path}?total={PHOTOS}", hidden_fields(answer.text))
        requests += 1
    assert (answer.status_code, requests) == (303, 3)
    assert states(services, album_id) == ["private"]


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize(("old", "verb"), [("end", "open"), ("open", "end")])
def test_a_form_of_an_earlier_change_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    visitor: Visitor,
    services: Services,
    album_id: str,
    old: str,
    verb: str,
    steps: int,
) -> None:
    """All photos follow the last change of the link, which a page in another tab does not end."""
    path = f"/albums/{album_id}/link"
    fields = visitor.fields(path)
    if old == "open":
        visitor.post(f"{path}/end", fields)
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    tab = visitor.post(f"{path}/{old}", fields)
    for _ in range(steps - 1):
        tab = visitor.post(f"{path}/{old}", hidden_fields(tab.text))
    visitor.post(f"{path}/{verb}", fields)
    requests = 0
    while tab.status_code == 200:
        tab = visitor.post(f"{path}/{old}", hidden_fields(tab.text))
        assert services.album_links.is_open(album_of(services, album_id)) == (verb == "open")
        requests += 1
    text = "The link is open again." if verb == "open" else "The link has ended."
    assert text in visitor.get(f"/albums/{album_id}").text
    assert requests == 3
    assert states(services, album_id) == ["unlisted" if verb == "open" else "private"]


def test_a_form_that_continues_nothing_does_not_end_the_link(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    """Its position is that of no step."""
    path = f"/albums/{album_id}/link"
    after = {"after": "99991231235959-01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    assert visitor.post(f"{path}/end", visitor.fields(path) | after).status_code == 303
    assert services.album_links.is_open(album_of(services, album_id))
    assert "The link has ended." not in visitor.get(f"/albums/{album_id}").text


def test_a_storage_that_fails_is_reported_and_the_task_goes_on(
    monkeypatch: pytest.MonkeyPatch,
    backend: Backend,
    visitor: Visitor,
    services: Services,
    album_id: str,
) -> None:
    """The page answers 503 and offers to try again."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise StorageUnavailable("injected")

    fields = visitor.fields(f"/albums/{album_id}/link")
    with monkeypatch.context() as patch:
        patch.setattr(backend.objects, "copy", fail)
        answer = visitor.post(f"/albums/{album_id}/link/end", fields)
    assert answer.status_code == 503
    assert "Try again" in answer.text or "Continue" in answer.text
    services.album_links.settle_due()
    moved = [photo.state for photo in services.albums.page(album_id, 60).summaries]
    assert set(moved) == {PhotoState.PRIVATE}
