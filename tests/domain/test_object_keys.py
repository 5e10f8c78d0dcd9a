"""Object keys."""

import pytest

from app.domain import object_keys
from app.domain.photo_summary import PhotoState
from tests.sample_photos import make_photo


def test_every_key_of_a_photo_contains_its_id() -> None:
    """The photo id can be read from every key, whatever the state of the photo.

    The partition before it is the last character of the id.
    """
    photo = make_photo(content_type="image/png", widths=(640, 320), avif_widths=(320,))
    names = ("320.jpg", "640.jpg", "320.avif", "original.png")
    folder = f"photos/{photo.photo_id[-1]}/{photo.photo_id}"
    assert photo.object_keys == tuple(f"{folder}/{name}" for name in names)
    for state in PhotoState:
        stored = photo.next_version(state=state)
        for key in (*stored.stored_keys, stored.sidecar_key):
            assert object_keys.photo_id_of(key) == photo.photo_id
            assert key.startswith(object_keys.PREFIXES)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "photos/",
        "photos/notes.json",
        "photos/V/notes.json",
        "photos/01ARZ3NDEKTSV4RRFFQ69G5FAV/320.jpg",
        "photos/A/01ARZ3NDEKTSV4RRFFQ69G5FAV/320.jpg",
        "photos/V/01ARZ3NDEKTSV4RRFFQ69G5FAV.json",
        "photos/V/01arz3ndektsv4rrffq69g5faV/320.jpg",
        "photos/V/01ARZ3NDEKTSV4RRFFQ69G5FAV0/320.jpg",
        "records/V/01ARZ3NDEKTSV4RRFFQ69G5FAV/320.jpg",
        "records/V/01ARZ3NDEKTSV4RRFFQ69G5FAV.json.bak",
        "records/albums/01ARZ3NDEKTSV4RRFFQ69G5FAV.json",
        "other/V/01ARZ3NDEKTSV4RRFFQ69G5FAV/320.jpg",
    ],
)
def test_other_keys_are_those_of_no_photo(key: str) -> None:
    assert object_keys.photo_id_of(key) is None
