"""The photos of a batch have one order, however their uploads finish.

Covers app.services.new_records, app.services.same_files.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import object_keys, photo_ids
from app.domain.batches import Batch
from app.domain.errors import StorageUnavailable
from app.domain.image.camera_info import CameraInfo
from app.domain.image.processed_image import ProcessedImage, Rendition
from app.domain.image.taken_date import TakenDate
from app.domain.upload import KnownFacts, PhotoText, UploadRequest
from app.maintenance import IntegrityCheck
from app.services.factory import Services, build_services
from tests.backends import Backend

OWNER = "0" * 32
# The files of a batch: their dates taken, in minutes, or None. The index is the position.
DATES = st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=6)


def image_of(file: BinaryIO, **_options: object) -> ProcessedImage:
    """Return a small image whose date is in the file."""
    body = file.read()
    minutes = body.split()[1].decode()
    first = datetime.fromisoformat("2026-08-15T18:00")
    taken_at = None if minutes == "-" else first + timedelta(minutes=int(minutes))
    return ProcessedImage(
        original=body,
        content_type="image/jpeg",
        width=4,
        height=3,
        renditions=(Rendition(4, 3, body),),
        placeholder="#123456",
        colors="",
        sha256=sha256(body).hexdigest(),
        camera=CameraInfo(),
        taken=TakenDate(taken_at) if taken_at else None,
        removed_metadata=(),
    )


@pytest.fixture
def services(backend: Backend) -> Services:
    return build_services(backend, image_of, max_file_bytes=1000)


def request(batch: Batch, position: int, date: int | None) -> UploadRequest:
    body = f"{batch.name}-{position} {'-' if date is None else date}".encode()
    return UploadRequest(
        file=BytesIO(body),
        filename=f"{position}.jpg",
        text=PhotoText(title=str(position)).validated(),
        owner=OWNER,
        upload_id="form",
        batch=batch,
        position=position,
        add_duplicates=False,
    )


def test_facts_outside_of_a_file_become_those_of_its_photo(
    services: Services, backend: Backend
) -> None:
    """Tags are added, at most as many as a photo may have. The id may be of the time taken."""
    batch = services.uploads.begin_batch()
    taken_at = datetime.fromisoformat("2001-02-03T04:05:06")
    known = KnownFacts(tags=("album", *map(str, range(30))), taken=TakenDate(taken_at), id_zone=UTC)
    undated = replace(
        request(batch, 0, None),
        text=PhotoText(tags="sea, album").validated(),
        known=known,
    )
    photo = services.uploads.publish(undated).photo
    assert photo.tags == ("sea", "album", *map(str, range(18)))
    assert photo.taken_at == taken_at
    assert photo_ids.timestamp_of(photo.photo_id) == taken_at.replace(tzinfo=UTC)
    assert backend.catalog.get(photo.photo_id) == photo
    dated = services.uploads.publish(replace(request(batch, 1, 2), known=known)).photo
    assert dated.taken_at == datetime.fromisoformat("2026-08-15T18:02")


def shown(backend: Backend, listing: str) -> list[str]:
    return [summary.title for summary in backend.catalog.page(listing, 100).summaries]


@given(data=st.data(), dates=DATES)
@settings(
    derandomize=True,
    database=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_batch_has_one_order_whatever_comes_first_and_fails(
    services: Services, backend: Backend, data: st.DataObject, dates: list[int | None]
) -> None:
    """The latest date is on top. The first file chosen is above others of its second."""
    batch = services.uploads.begin_batch()
    arrivals = data.draw(st.permutations(range(len(dates))))
    again = data.draw(st.lists(st.sampled_from(arrivals), max_size=3))
    failing = data.draw(st.sets(st.sampled_from(arrivals)))
    for position in [*arrivals, *again, *failing]:
        upload = request(batch, position, dates[position])
        if position in failing:
            failing.discard(position)
            with (
                mock.patch.object(backend.objects, "put", side_effect=StorageUnavailable("down")),
                pytest.raises(StorageUnavailable),
            ):
                services.uploads.publish(upload)
        services.uploads.publish(upload)
    in_order = sorted(
        range(len(dates)),
        key=lambda position: (-1 if dates[position] is None else dates[position], -position),
        reverse=True,
    )
    expected = [str(position) for position in in_order]
    for listing in (object_keys.PUBLIC_LISTING, object_keys.owner_listing(OWNER)):
        assert shown(backend, listing)[: len(dates)] == expected


def test_a_later_batch_is_above_an_earlier_one_that_is_still_coming_in(
    services: Services, backend: Backend
) -> None:
    """A batch stays together: photos that were added in the meantime are above all of it."""
    earlier, later = services.uploads.begin_batch(), services.uploads.begin_batch()
    for batch, position in ((earlier, 1), (later, 7), (earlier, 0)):
        services.uploads.publish(request(batch, position, None))
    assert shown(backend, object_keys.PUBLIC_LISTING) == ["7", "0", "1"]
    assert list(IntegrityCheck(backend)) == []


def test_an_id_that_a_photo_has_is_not_used_again(services: Services, backend: Backend) -> None:
    """Storing the objects of the upload would replace those of the photo."""
    batch = services.uploads.begin_batch()
    first = services.uploads.publish(request(batch, 0, None)).photo
    ids = [first.photo_id, batch.new_id(None, 0)]
    with mock.patch.object(Batch, "new_id", side_effect=ids):
        second = services.uploads.publish(request(batch, 0, 1)).photo
    assert second.photo_id == ids[1]
    assert list(IntegrityCheck(backend)) == []


def test_the_time_of_an_upload_is_not_that_of_its_batch(services: Services) -> None:
    """`uploaded_at` is the time at which the photo was published."""
    batch = services.uploads.begin_batch()
    now = datetime.now(UTC) + timedelta(hours=1)
    with mock.patch.object(services.uploads, "_now", return_value=now):
        photo = services.uploads.publish(request(batch, 0, None)).photo
    assert photo.uploaded_at == now
