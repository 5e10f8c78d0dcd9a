"""A photo is deleted and restored."""

import pytest
from flask import Flask

from app.domain import object_keys
from app.domain.photo_summary import PhotoState
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.pages.photos.buttons import press


def test_deleted_photo_can_be_restored(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """Until then it is on no page, and no object is in the public prefix."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    photo = service.get(photo_id)
    assert visitor.get(f"/photos/{photo_id}/delete").status_code == 200
    answer = visitor.submit(f"/photos/{photo_id}/delete")
    assert answer.status_code == 303
    assert f"/photos/{photo_id}/restore" in visitor.get("/").text
    assert f'href="/photos/{photo_id}"' not in visitor.get("/").text
    assert photo_id not in visitor.get("/tags/sea").text
    assert not any(backend.objects.exists(key) for key in photo.object_keys)

    page = visitor.get(f"/photos/{photo_id}")
    assert "restore" in page.text
    assert (
        visitor.post(
            f"/photos/{photo_id}/restore", visitor.fields(f"/photos/{photo_id}")
        ).status_code
        == 303
    )
    assert photo_id in visitor.get("/").text
    assert photo_id in visitor.get("/tags/sea").text
    assert all(
        backend.objects.exists(key) for key in (*photo.object_keys, object_keys.sidecar(photo_id))
    )


def test_deleted_photo_is_404_for_others(app: Flask, visitor: Visitor) -> None:
    """Only its owner sees that the photo existed."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    assert Visitor(app).get(f"/photos/{photo_id}").status_code == 404


def test_second_delete_changes_nothing(visitor: Visitor) -> None:
    """A double click is not an error."""
    photo_id = visitor.add()
    fields = visitor.fields(f"/photos/{photo_id}/delete")
    for _ in range(2):
        assert visitor.post(f"/photos/{photo_id}/delete", fields).status_code == 303


def test_restored_photo_stays_hidden(visitor: Visitor, service: PhotoService) -> None:
    """Undoing a deletion does not publish a hidden photo."""
    photo_id = visitor.add()
    press(visitor, photo_id, "hide")
    visitor.submit(f"/photos/{photo_id}/delete")
    assert press(visitor, photo_id, "restore") == 303
    assert service.get(photo_id).state is PhotoState.HIDDEN
    assert photo_id not in visitor.get("/").text


def test_deleted_photo_cannot_be_hidden_or_unhidden(visitor: Visitor) -> None:
    """It has to be restored first: until then both are a 404."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    for verb in ("hide", "unhide"):
        assert press(visitor, photo_id, verb) == 404


@pytest.mark.parametrize("page", ["delete", "edit"])
def test_back_after_a_deletion_leads_to_the_deleted_photo(
    visitor: Visitor, app: Flask, page: str
) -> None:
    """Its owner can restore it there. Strangers do not learn that it exists."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    answer = visitor.get(f"/photos/{photo_id}/{page}")
    assert answer.status_code == 303
    assert f"/photos/{photo_id}/restore" in visitor.get(answer.location).text
    assert Visitor(app).get(f"/photos/{photo_id}/{page}").status_code == 404


def test_strangers_do_not_learn_of_a_deleted_photo_by_changing_it(
    visitor: Visitor, app: Flask
) -> None:
    """Every action on it is a 404, as on a photo that never existed."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    for verb in ("edit", "hide", "unhide", "delete", "restore", "purge"):
        assert press(Visitor(app), photo_id, verb) == 404, verb
