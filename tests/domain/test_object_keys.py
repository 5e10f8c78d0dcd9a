"""Object keys."""

from app.domain import object_keys
from app.domain.photo_summary import PhotoState
from tests.sample_photos import make_photo


def test_every_key_of_a_photo_contains_its_id() -> None:
    """The photo id can be read from every key, whatever the state of the photo."""
    photo = make_photo(content_type="image/png", widths=(640, 320), avif_widths=(320,))
    names = ("320.jpg", "640.jpg", "320.avif", "original.png")
    assert photo.object_keys == tuple(f"photos/{photo.photo_id}/{name}" for name in names)
    for state in PhotoState:
        stored = photo.next_version(state=state)
        for key in (*stored.stored_keys, stored.sidecar_key):
            assert object_keys.photo_id_of(key) == photo.photo_id
            assert key.startswith(object_keys.PREFIXES)
