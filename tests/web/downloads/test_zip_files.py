"""Many photos are downloaded as one ZIP file, which can be resumed.

Covers app.services.downloads.download_service.
"""

import json
import logging
import random
from itertools import chain, pairwise
from urllib.parse import unquote

import pytest

from app import create_app
from app.config import Config
from app.domain.photo_summary import Role
from app.services.downloads import download_service
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.services.downloads.test_checksums import without_checksum
from tests.visitor import JSON, Visitor
from tests.web.downloads.zip_contents import LAKE, files_in, photos_in


def test_a_tag_is_one_file(visitor: Visitor, service: PhotoService, backend: Backend) -> None:
    """It has the originals, newest first, and texts about them."""
    titles = {visitor.add(title=title, tags="lake"): title for title in ("호수", "At/dusk", "")}
    visitor.add(title="Elsewhere")
    answer = visitor.get(LAKE)
    files = files_in(answer)
    *names, facts, readme = files
    assert names[1:] == ["002 At dusk.jpg", "003 호수.jpg"]
    assert (facts, readme) == ("photos.json", "README.txt")
    newest_first = sorted(titles, reverse=True)
    for name, photo_id in zip(names, newest_first, strict=True):
        assert files[name] == backend.objects.get(service.get(photo_id).stored_keys[-1])
    assert answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename=lake.zip"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_any_ranges_join_to_the_whole_file(visitor: Visitor) -> None:
    """A download that was interrupted continues, as often as needed."""
    for _ in range(3):
        visitor.add(tags="lake")
    whole = visitor.get(LAKE)
    tag = whole.headers["ETag"]
    assert not tag.startswith("W/")
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(whole.data)
    cuts = sorted(random.Random(1).sample(range(1, size), 7))  # noqa: S311  no secret
    edges = [0, *cuts, size]
    joined = b""
    for start, stop in pairwise(edges):
        headers = {"Range": f"bytes={start}-{stop - 1}", "If-Range": tag}
        part = visitor.get(LAKE, headers=headers)
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
        assert part.content_length == len(part.data) == stop - start
        joined += part.data
    assert joined == whole.data
    assert visitor.get(LAKE, headers={"Range": "bytes=-9"}).data == whole.data[-9:]


def test_conditions_and_bad_ranges(visitor: Visitor) -> None:
    """Another file is sent whole. A range beyond the end is refused, with the size."""
    visitor.add(tags="lake")
    whole = visitor.get(LAKE)
    tag, size = whole.headers["ETag"], len(whole.data)
    changed = visitor.get(LAKE, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (changed.status_code, changed.data) == (200, whole.data)
    beyond = visitor.get(LAKE, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert visitor.get(LAKE, headers={"If-None-Match": tag}).status_code == 304
    head = visitor.client.head(LAKE)
    assert (head.status_code, head.content_length, head.data) == (200, size, b"")


def test_every_process_gives_the_same_bytes(config: Config, backend: Backend) -> None:
    """The order of a selection does not matter. An edit gives other bytes and another tag."""
    visitor = Visitor(create_app(config, services_of(backend, config)))
    ids = [visitor.add(title=title, tags="lake") for title in "ab"]
    other = Visitor(create_app(config, services_of(backend, config)))
    for path in (LAKE, "/download.zip?photo={}&photo={}".format(*ids)):
        one, two = visitor.get(path), other.get(path)
        assert one.data == two.data
        assert one.headers["ETag"] == two.headers["ETag"]
    reordered = other.get("/download.zip?photo={}&photo={}".format(*reversed(ids)))
    assert reordered.data == one.data
    visitor.submit(f"/photos/{ids[0]}/edit", title="c", tags="lake")
    assert (
        other.get(LAKE).headers["ETag"] != visitor.get("/download.zip?in=uploads").headers["ETag"]
    )


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_a_photo_that_is_hidden_or_deleted_meanwhile_is_not_sent(
    visitor: Visitor,
    service: PhotoService,
    backend: Backend,
    verb: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The client sees an incomplete file, and the log says why."""
    oldest = visitor.upload(jpeg(900, 700), tags="lake").location.rpartition("/")[2]
    visitor.add(tags="lake")
    body = backend.objects.get(service.get(oldest).stored_keys[-1])
    answer = visitor.client.get(LAKE)
    blocks = answer.iter_encoded()
    received = next(blocks)
    getattr(service, verb)(oldest, Role.ADMIN)
    with caplog.at_level(logging.WARNING):
        received += b"".join(blocks)
    answer.close()
    assert body[-100:] not in received
    assert len(received) < answer.content_length
    assert oldest in caplog.text
    assert photos_in(visitor.get(LAKE)) != []


def test_other_bytes_than_the_record_states_are_not_sent(
    visitor: Visitor, service: PhotoService, backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    photo = service.get(visitor.add(tags="lake"))
    key = photo.stored_keys[-1]
    backend.objects.put(key, bytes(photo.bytes))
    answer = visitor.get(LAKE)
    assert len(answer.data) < min(answer.content_length, photo.bytes)
    assert "ended early" in caplog.text


def test_photos_of_earlier_versions_get_their_checksums(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """They are computed once. A photo whose original is lost is named in the texts."""
    first, second, lost = (service.get(visitor.add(tags="lake")) for _ in range(3))
    without_checksum(backend, first)
    backend.objects.delete([without_checksum(backend, lost).stored_keys[-1]])
    files = files_in(visitor.get(LAKE))
    assert len(files) == 4
    assert json.loads(files["photos.json"])["missing"] == [
        f"http://localhost/photos/{lost.photo_id}"
    ]
    assert lost.photo_id in files["README.txt"].decode()
    assert service.get(first.photo_id).crc32 == first.crc32
    assert service.get(second.photo_id) == second


def test_many_missing_checksums_take_several_requests(
    visitor: Visitor, service: PhotoService, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request gets further, and says when to try again."""
    photos = [service.get(visitor.add(tags="lake")) for _ in range(2)]
    for photo in photos:
        without_checksum(backend, photo)
    monkeypatch.setattr(download_service, "CHECKSUM_SECONDS", -1.0)
    answer = visitor.get(LAKE, headers=JSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.content_type == "application/problem+json"
    monkeypatch.undo()
    assert len(photos_in(visitor.get(LAKE))) == 2


@pytest.mark.parametrize("limits", [{"MAX_PHOTOS": 2}, {"MAX_TEXT": 15}])
@pytest.mark.parametrize("listing", ["tag:lake", "search:lake", "uploads"])
def test_a_large_listing_comes_in_parts(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], listing: str
) -> None:
    """Each part names the next one, and together they have every photo once."""
    ids = [visitor.add(title="A lake", tags="lake") for _ in range(5)]
    for name, limit in ({"_RECORDS_AT_ONCE": 2} | limits).items():
        monkeypatch.setattr(download_service, name, limit)
    parts: list[list[str]] = []
    path = f"/download.zip?in={listing}"
    while path:
        files = files_in(visitor.get(path))
        document = json.loads(files["photos.json"])
        parts.append([photo["photo_id"] for photo in document["photos"]])
        path = document["next"]
        assert (path or "lake") in files["README.txt"].decode()
    assert [len(part) for part in parts] == [2, 2, 1]
    assert list(chain.from_iterable(parts)) == ids[::-1]


@pytest.mark.parametrize(("tag", "name"), [("호숫가", "호숫가.zip"), ("a “b”", "a “b”.zip")])
def test_the_name_of_the_file_may_have_any_letters(visitor: Visitor, tag: str, name: str) -> None:
    """The header itself is ASCII, or servers refuse it."""
    visitor.add(tags=tag)
    answer = visitor.get("/download.zip", query_string={"in": f"tag:{tag}"})
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name
