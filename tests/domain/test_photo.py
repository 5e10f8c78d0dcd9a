"""Photos, ids, keys and the ladder."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import object_keys, photo_ids
from app.domain.photo import CameraInfo, HiddenBy, Photo, PhotoState, PhotoSummary
from app.domain.rendition_sizes import MAX_JPEG_EDGE, RENDITION_WIDTHS, rendition_sizes
from tests.backends import make_photo

REPEATABLE = settings(derandomize=True, database=None, deadline=None)
edges = st.integers(1, 100_000)


@given(edges, edges)
@REPEATABLE
def test_the_ladder_never_enlarges(width: int, height: int) -> None:
    """Renditions are no larger than the photo, ascend strictly, and each fits in a JPEG."""
    sizes = rendition_sizes(width, height)
    widths = [size[0] for size in sizes]
    assert widths == sorted(set(widths))
    assert widths[0] >= 1
    assert widths[-1] <= min(width, RENDITION_WIDTHS[-1])
    assert all(1 <= size[1] <= min(height, MAX_JPEG_EDGE) for size in sizes)


def test_ids_sort_by_time_even_when_the_clock_goes_back() -> None:
    """Ids made one after another sort so, in one millisecond and across a clock set back."""
    times = iter([1.0, 1.0, 0.5, 2.0])
    new_id = photo_ids.UlidFactory(lambda: next(times))
    made = [new_id() for _ in range(4)]
    assert made == sorted(set(made))
    assert all(photo_ids.is_photo_id(photo_id) for photo_id in made)
    assert photo_ids.timestamp_of(made[0]) == datetime.fromtimestamp(1, UTC)


def test_ids_are_canonical_ulids() -> None:
    """Lower case, forbidden letters, overflow and other lengths are no ids."""
    assert photo_ids.is_photo_id("01ARZ3NDEKTSV4RRFFQ69G5FAV")
    for wrong in (
        "01arz3ndektsv4rrffq69g5fav",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "",
        "I" * 26,
    ):
        assert not photo_ids.is_photo_id(wrong)


def test_a_photo_survives_its_record() -> None:
    """Photo and summary are the same after a journey through JSON, with known and unknown facts."""
    korea = timezone(timedelta(hours=9))
    for photo in (
        make_photo(camera=CameraInfo(), taken_at=None),
        make_photo(
            camera=CameraInfo(make="Acme", aperture=1.8, exposure_time=1 / 120, iso=50),
            taken_at=datetime(2026, 8, 15, 18, 30, tzinfo=korea),
        ),
        make_photo(state=PhotoState.HIDDEN, hidden_by=HiddenBy.ADMIN),
        make_photo(
            taken_at=datetime(2026, 8, 15, 18, 30),  # noqa: DTZ001  cameras may record no time zone
            state=PhotoState.TRASHED,
            expires_at=2_000_000_000,
        ),
    ):
        assert Photo.from_dict(json.loads(json.dumps(photo.to_dict()))) == photo
        assert (
            PhotoSummary.from_dict(json.loads(json.dumps(photo.summary.to_dict()))) == photo.summary
        )


def test_where_a_photo_is_listed() -> None:
    """A public photo is listed everywhere, a hidden or trashed one to its owner and to the admin alone."""
    photo = make_photo(title="A pier", tags=("sea", "바다"), owner="me", sha256="abc")
    words = {f"word:{word}" for word in ("a", "pier", "pie*", "sea", "바다", "바", "다")}
    assert set(photo.listings) == {"all", "owner:me", "sha256:abc", "tag:sea", "tag:바다"} | words
    assert set(photo.next_version(state=PhotoState.HIDDEN).listings) == {
        "hidden",
        "owner:me",
        "sha256:abc",
    }
    assert set(photo.next_version(state=PhotoState.TRASHED).listings) == {"trash", "trash:me"}


def test_keys_lead_back_to_their_photo() -> None:
    """Every key of a photo names it, and trash keys mirror the public ones."""
    photo = make_photo(content_type="image/png", widths=(640, 320))
    assert photo.object_keys == tuple(
        f"photos/{photo.photo_id}/{name}" for name in ("320.jpg", "640.jpg", "original.png")
    )
    for key in (
        *photo.object_keys,
        *map(object_keys.trashed, photo.object_keys),
        object_keys.sidecar(photo.photo_id),
        object_keys.trashed_sidecar(photo.photo_id),
    ):
        assert object_keys.photo_id_of(key) == photo.photo_id
