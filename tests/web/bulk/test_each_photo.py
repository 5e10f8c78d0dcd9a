"""Changes of many photos at once: each one is changed, or is named with the reason.

Covers app.web.selection_forms.
"""

import pytest
from flask import Flask

from app.domain.errors import EditConflict, StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.photo_service import PhotoService
from app.web import pagination
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.bulk.own_uploads import DELETE, RESTORE, TAGS, selected, send


def test_tags_of_chosen_photos_are_changed(visitor: Visitor, service: PhotoService) -> None:
    """Other texts and other photos keep their values."""
    one, two, other = (
        visitor.add(tags="sea, sand"),
        visitor.add(tags="hill"),
        visitor.add(tags="sea"),
    )
    answer = send(visitor, TAGS, [one, two], add="Busan, 바다", remove="sea")
    assert answer.location == "/uploads"
    assert "2 photos updated" in visitor.get(answer.location).text
    tags = [set(service.get(photo_id).tags) for photo_id in (one, two, other)]
    assert tags == [{"sand", "busan", "바다"}, {"hill", "busan", "바다"}, {"sea"}]


def test_photo_that_has_the_tags_is_not_written(visitor: Visitor, service: PhotoService) -> None:
    """Its version does not change."""
    photo_id = visitor.add(tags="sea")
    send(visitor, TAGS, [photo_id], add="Sea", remove="hill")
    assert service.get(photo_id).version == 1


@pytest.mark.parametrize(
    ("chosen", "typed", "text"),
    [
        (0, {"add": "sea"}, "Select at least one"),
        (1, {}, "Enter a tag"),
        (1, {"add": "x" * 51, "remove": "hill"}, "limit 50"),
    ],
)
def test_invalid_form_is_422_and_keeps_its_values(
    visitor: Visitor, service: PhotoService, chosen: int, typed: dict[str, str], text: str
) -> None:
    """Without a photo, without a tag or with an invalid tag the form names the fault."""
    photo_id = visitor.add(tags="hill")
    answer = send(visitor, TAGS, [photo_id][:chosen], **typed)
    assert answer.status_code == 422
    assert text in answer.text
    assert selected(answer.text) == [photo_id][:chosen]
    assert all(f'value="{text}"' in answer.text for text in typed.values())
    assert service.get(photo_id).version == 1


def test_more_photos_than_a_page_are_rejected(visitor: Visitor) -> None:
    """One request changes at most one page of photos."""
    visitor.add()
    for path in (
        TAGS,
        DELETE,
        RESTORE,
    ):
        answer = send(
            visitor, path, map(str, range(pagination.PAGE_SIZE + 1)), add="sea", confirm="yes"
        )
        assert answer.status_code == 422
        assert "31 photos are too many at once (limit 30)" in answer.text


def test_each_photo_succeeds_or_fails_on_its_own(
    app: Flask, visitor: Visitor, service: PhotoService
) -> None:
    """Photos that were not changed are listed with the reason and stay selected."""
    full = visitor.add(title="Full", tags=", ".join(map(str, range(20))))
    fine = visitor.add(title="Fine")
    another = Visitor(app).add(title="Stranger’s")
    answer = send(visitor, TAGS, [full, fine, another, "nothing"], add="sea")
    assert answer.status_code == 422
    assert "Full</a>: There is 1 tag too many" in answer.text
    assert "can change it" in answer.text
    assert "We can’t find this photo" in answer.text
    assert "Stranger" not in answer.text
    assert selected(answer.text) == [full]
    assert service.get(fine).tags == ("sea",)
    assert service.get(another).tags == ()


def test_concurrent_edit_is_not_overwritten(
    visitor: Visitor, service: PhotoService, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo is listed with a 409, and sending the form again changes it."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    real = backend.catalog.update

    def late(before: Photo, after: Photo) -> None:
        real(before, before.next_version(title="Dawn"))
        real(before, after)

    with monkeypatch.context() as patch:
        patch.setattr(backend.catalog, "update", late)
        answer = send(visitor, TAGS, [photo_id], add="hill")
    assert answer.status_code == 409
    assert str(EditConflict(photo_id)) in answer.text
    assert service.get(photo_id).tags == ("sea",)
    assert send(visitor, TAGS, [photo_id], add="hill").status_code == 303
    assert (service.get(photo_id).title, service.get(photo_id).tags) == ("Dawn", ("sea", "hill"))


def test_storage_error_stops_the_remaining_photos(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remaining photos are listed with the same 503, without a call for each."""
    photo_ids = [visitor.add(title=f"Photo {n}") for n in range(3)]
    calls = []

    def failing(*_: object) -> None:
        calls.append(1)
        raise StorageUnavailable("throttled")

    monkeypatch.setattr(backend.catalog, "update", failing)
    answer = send(visitor, TAGS, photo_ids, add="sea")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert len(calls) == 1
    assert answer.text.count("Storage isn’t answering") == 3
    assert sorted(selected(answer.text)) == sorted(photo_ids)


def test_photo_that_is_being_deleted_cannot_be_restored_yet(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """The others are restored, and this one is listed with the reason."""
    moving, resting = visitor.add(title="Moving"), visitor.add(title="Resting")
    for photo_id in (moving, resting):
        visitor.submit(f"/photos/{photo_id}/delete")
    trashed = service.get_any_state(moving)
    backend.catalog.update(trashed, trashed.next_version(lease_expires_at=4_000_000_000))
    answer = send(visitor, RESTORE, [moving, resting])
    assert answer.status_code == 503
    assert "Moving</a>: This photo is being hidden, deleted or restored" in answer.text
    assert selected(answer.text) == [moving]
    assert service.get(resting).state is PhotoState.PUBLIC


@pytest.mark.parametrize(
    "path",
    [
        TAGS,
        DELETE,
        RESTORE,
    ],
)
def test_forms_need_a_csrf_token(visitor: Visitor, service: PhotoService, path: str) -> None:
    """Without the token a form changes nothing."""
    photo_id = visitor.add(tags="hill")
    answer = visitor.post(path, {"photo": photo_id, "add": "sea", "confirm": "yes"})
    assert answer.status_code == 400
    assert service.get(photo_id).version == 1
