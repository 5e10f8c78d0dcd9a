"""Photos, their records and their listings.

Covers app.domain.listings.photo_listings, app.domain.photo_summary,
app.domain.image.camera_info, app.domain.image.processed_image, app.domain.json_values,
app.domain.upload.
"""

import json
import zlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pytest

from app.domain.albums.memberships import Membership
from app.domain.image.camera_info import CameraInfo
from app.domain.image.credit import Credit
from app.domain.image.processed_image import crc32_of
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary, Role
from tests.sample_photos import make_photo

KOREA = timezone(timedelta(hours=9))
PHOTOS = {
    "nothing optional": make_photo(camera=CameraInfo(), taken_at=None),
    "camera": make_photo(
        camera=CameraInfo(make="Acme", aperture=1.8, exposure_time=1 / 120, iso=50),
        filename="바다.jpg",
        contributor_name="미나",
        taken_at=datetime(2026, 8, 15, 18, 30, tzinfo=KOREA),
    ),
    "hidden": make_photo(state=PhotoState.HIDDEN, hidden_by=Role.ADMIN),
    "unlisted": make_photo(state=PhotoState.UNLISTED, unlisted=True),
    "pending": make_photo(state=PhotoState.PENDING, awaiting_review=True, unlisted=True),
    "approved": make_photo(
        albums=(
            Membership(
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                datetime(2026, 8, 15, tzinfo=KOREA),
                by_guest=True,
                approved_at=datetime(2026, 8, 16, tzinfo=KOREA),
            ),
        ),
    ),
    "refused": make_photo(
        state=PhotoState.TRASHED,
        trashed_by=Role.REVIEWER,
        awaiting_review=True,
        expires_at=2_000_000_000,
    ),
    "trashed": make_photo(
        taken_at=datetime(2026, 8, 15, 18, 30),  # noqa: DTZ001  cameras may record no time zone
        state=PhotoState.TRASHED,
        expires_at=2_000_000_000,
    ),
}


@pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS)
def test_a_photo_can_be_read_back_from_json(photo: Photo) -> None:
    """A photo and its summary survive conversion to JSON, with and without optional fields."""
    record = json.loads(json.dumps(photo.to_dict()))
    summary = json.loads(json.dumps(photo.summary.to_dict()))
    assert Photo.from_dict(record) == photo
    assert PhotoSummary.from_dict(summary) == photo.summary


@pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS)
def test_a_record_has_no_empty_fields(photo: Photo) -> None:
    """A field that is None is left out, also of the camera, of the credit and of an album."""
    membership = Membership("0" * 26, datetime(2026, 8, 15, tzinfo=KOREA))
    full = replace(photo, credit=Credit(creator="Ada"), albums=(membership,))
    assert "null" not in json.dumps(full.to_dict())
    assert Photo.from_dict(full.to_dict()) == full


def test_a_record_of_an_earlier_version_has_one_color() -> None:
    """The summary of such a record has none of its parts' colors, and its own color."""
    record = make_photo(colors=None).to_dict()
    assert "colors" not in record
    assert Photo.from_dict(record).summary.colors is None
    assert PhotoSummary.from_dict(record).placeholder == "#8090a0"


def test_a_record_of_an_earlier_version_has_no_checksum() -> None:
    photo = make_photo(crc32=None)
    assert "crc32" not in photo.to_dict()
    assert Photo.from_dict(photo.to_dict()) == photo


def test_a_checksum_may_be_zero() -> None:
    photo = make_photo(crc32=0)
    assert Photo.from_dict(photo.to_dict()).crc32 == 0


def test_the_checksum_of_a_file_is_that_of_its_bytes() -> None:
    """The file is at its start afterward, wherever it was before."""
    body = bytes(range(256)) * 8192
    file = BytesIO(body)
    file.read(7)
    assert crc32_of(file) == crc32_of(body) == zlib.crc32(body)
    assert file.tell() == 0


def test_a_record_of_an_earlier_version_has_no_avif() -> None:
    """Records and summaries from before AVIF renditions are read, and their JPEGs are known."""
    photo = make_photo(avif_widths=())
    record, summary = photo.to_dict(), photo.summary.to_dict()
    del record["avif_widths"], summary["avif_widths"]
    assert Photo.from_dict(record) == photo
    assert PhotoSummary.from_dict(summary) == photo.summary
    assert not any(key.endswith(".avif") for key in photo.object_keys)


def test_a_record_of_a_later_version_may_have_more_fields() -> None:
    """Fields that this version does not know are ignored, also those of the camera."""
    photo = make_photo(camera=CameraInfo(make="Acme"))
    record = photo.to_dict()
    record |= {"later": 1, "camera": record["camera"] | {"later": "x"}}
    assert Photo.from_dict(record) == photo


def test_a_record_of_an_earlier_version_has_no_file_name() -> None:
    """Records from before file names are read, and so are summaries without a date."""
    photo = make_photo()
    record, summary = photo.to_dict(), photo.summary.to_dict()
    del record["filename"]
    assert "taken_at" not in summary
    assert Photo.from_dict(record) == photo
    assert PhotoSummary.from_dict(summary) == photo.summary


def test_a_record_of_an_earlier_version_is_not_animated() -> None:
    """Records from before animations are read."""
    record = make_photo(animated=False).to_dict()
    del record["animated"]
    assert not Photo.from_dict(record).animated
    assert Photo.from_dict(make_photo(animated=True).to_dict()).animated


def test_the_state_decides_the_listings_of_a_photo() -> None:
    """Public photos are in public listings, and others only in listings of owner and admin."""
    photo = make_photo(title="A pier", tags=("sea", "바다"), owner="me", sha256="abc")
    terms = {f"term:{term}" for term in ("a", "pier", "pie*", "sea", "바다", "바", "다")}
    assert (
        set(photo.listings)
        == {"public", "undated", "owner:me", "duplicates:abc", "tag:sea", "tag:바다"} | terms
    )
    assert set(photo.next_version(state=PhotoState.HIDDEN).listings) == {
        "hidden",
        "owner:me",
        "duplicates:abc",
    }
    assert set(photo.next_version(state=PhotoState.TRASHED).listings) == {"trash", "trash:me"}
