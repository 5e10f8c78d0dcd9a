"""Object keys."""

from app.domain import object_keys
from tests.sample_photos import make_photo


def test_every_key_of_a_photo_contains_its_id() -> None:
    """The photo id can be read from every key, and trash keys mirror the public ones."""
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
