"""The object store of both storage backends.

Covers app.domain.image.processed_image.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from app.domain.errors import ObjectNotFound
from app.services.ports import ObjectStore, StoredObject
from app.storage.aws.s3 import S3Store
from app.storage.local.folder import LocalObjectStore
from tests.backends import BUCKET, aws_backend
from tests.object_stores.seaweedfs import create_client

PHOTO = "photos/01ABC"
pytestmark = pytest.mark.exhaustive("object stores")


@pytest.fixture(params=["local", "aws", "seaweedfs"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    """A folder, S3 by moto, and another object store as the site uses it."""
    if request.param == "local":
        yield LocalObjectStore(tmp_path / "objects")
    elif request.param == "aws":
        with aws_backend() as backend:
            yield backend.objects
    else:
        endpoint: str = request.getfixturevalue("seaweedfs_endpoint")
        url = f"{endpoint}/{BUCKET}"
        yield S3Store(create_client(endpoint), BUCKET, url, encrypt=False)


def fill(objects: ObjectStore, *keys: str) -> None:
    for key in keys:
        objects.put(key, key.encode())


def keys_of(objects: ObjectStore, prefix: str) -> list[str]:
    return [found.key for found in objects.list(prefix)]


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff\r\n", bytes(range(256)) * 8192], ids=["empty", "binary", "2 MiB"]
)
def test_what_is_put_is_got(objects: ObjectStore, body: bytes) -> None:
    """The body comes back byte by byte, at once."""
    objects.put(f"{PHOTO}/320.jpg", body)
    assert objects.get(f"{PHOTO}/320.jpg") == body
    with closing(objects.open(f"{PHOTO}/320.jpg")) as file:
        assert file.read(2) + file.read() == body
    assert objects.exists(f"{PHOTO}/320.jpg")
    assert list(objects.list("photos/")) == [StoredObject(f"{PHOTO}/320.jpg", len(body))]


@pytest.mark.parametrize("start", [1, 2**20, 2**21 - 1])
def test_an_object_can_be_read_from_a_position(objects: ObjectStore, start: int) -> None:
    body = bytes(range(256)) * 8192
    objects.put(f"{PHOTO}/original.jpg", body)
    with closing(objects.open(f"{PHOTO}/original.jpg", start)) as file:
        assert file.read(1000) + file.read() == body[start:]
        assert file.read() == b""
    with pytest.raises(ObjectNotFound):
        objects.open(f"{PHOTO}/320.jpg", start)


def test_a_file_is_put_from_its_start(objects: ObjectStore) -> None:
    """Its position is irrelevant, and the caller closes it."""
    body = bytes(range(256)) * 8192
    with TemporaryFile() as file:
        file.write(body)
        for key in ("photos/01ABC/a.jpg", "photos/01ABC/b.jpg"):
            objects.put(key, file)
            assert objects.get(key) == body


def test_putting_again_replaces(objects: ObjectStore) -> None:
    """A record sidecar is put again whenever its photo changes; the last one counts."""
    objects.put("records/01ABC.json", b"a longer first version")
    objects.put("records/01ABC.json", b"second")
    assert objects.get("records/01ABC.json") == b"second"
    assert keys_of(objects, "") == ["records/01ABC.json"]


@pytest.mark.parametrize(
    "key", [f"{PHOTO}/640.jpg", "photos/01XYZ/320.jpg", "trash/01ABC/320.jpg", f"{PHOTO}.jpg"]
)
def test_what_is_not_there_is_not_found(objects: ObjectStore, key: str) -> None:
    """ObjectNotFound names the key, and `exists` returns False."""
    fill(objects, f"{PHOTO}/320.jpg")
    assert not objects.exists(key)
    with pytest.raises(ObjectNotFound) as missing:
        objects.get(key)
    assert missing.value.key == key
    with pytest.raises(ObjectNotFound) as missing:
        objects.open(key)
    assert missing.value.key == key
    with pytest.raises(ObjectNotFound) as missing:
        objects.copy(key, "trash/copy/320.jpg")
    assert missing.value.key == key
    assert keys_of(objects, "") == [f"{PHOTO}/320.jpg"]


def test_a_folder_is_no_object(objects: ObjectStore) -> None:
    """A prefix of a key is no object, and neither is a key below an object."""
    fill(objects, f"{PHOTO}/320.jpg")
    for key in (PHOTO, f"{PHOTO}/320.jpg/320.jpg"):
        assert not objects.exists(key)
        with pytest.raises(ObjectNotFound):
            objects.get(key)
        objects.delete([key])
    assert keys_of(objects, "") == [f"{PHOTO}/320.jpg"]


def test_a_copy_is_one_more(objects: ObjectStore) -> None:
    """The source stays, and the copy replaces the object of its key."""
    fill(objects, f"{PHOTO}/320.jpg", "trash/01ABC/320.jpg")
    objects.copy(f"{PHOTO}/320.jpg", "trash/01ABC/320.jpg")
    assert (
        objects.get("trash/01ABC/320.jpg")
        == objects.get(f"{PHOTO}/320.jpg")
        == f"{PHOTO}/320.jpg".encode()
    )


def test_deleting(objects: ObjectStore) -> None:
    """Deleting takes any iterable, leaves all other objects, and ignores missing ones."""
    fill(
        objects,
        f"{PHOTO}/320.jpg",
        f"{PHOTO}/640.jpg",
        "photos/01ABD/320.jpg",
        "records/01ABC.json",
    )
    objects.delete(iter([f"{PHOTO}/320.jpg", "photos/01NONE/320.jpg", f"{PHOTO}/640.jpg"]))
    assert keys_of(objects, "") == ["photos/01ABD/320.jpg", "records/01ABC.json"]
    objects.delete([f"{PHOTO}/320.jpg"])
    objects.delete([])
    assert keys_of(objects, "") == ["photos/01ABD/320.jpg", "records/01ABC.json"]


def test_listing_by_prefix_in_the_order_of_keys(
    objects: ObjectStore, request: pytest.FixtureRequest
) -> None:
    """Keys are sorted by code point, and the prefix may end inside a name.

    SeaweedFS sorts by folder: `01ABC/` before `01ABC-`. No id of a photo begins with another one.
    """
    names = ("320", "1280", "original")
    has_folders = request.node.callspec.params["objects"] == "seaweedfs"
    longer_ids = () if has_folders else ("01ABC-", "01ABC.")
    keys = [
        f"photos/{photo}/{name}.jpg"
        for photo in ("01ABC", *longer_ids, "01abc", "02")
        for name in names
    ]
    keys += ["records/01ABC.json", "records/albums/01ABC.json", "trash/01ABC/record.json"]
    keys += [f"{photo}.jpg" for photo in ("photos/01ABC",) if not has_folders]
    fill(objects, *keys)
    for prefix in (
        "",
        "photos/",
        "photos",
        "photos/01AB",
        "photos/01ABC",
        "photos/01ABC/",
        "photos/01ABC/1",
        "records/01A",
    ):
        assert keys_of(objects, prefix) == sorted(key for key in keys if key.startswith(prefix))
    for prefix in ("photos/01B", "photo/", "none/at/all/", "records/01ABC.json/"):
        assert keys_of(objects, prefix) == []


def test_more_objects_than_one_request_takes(
    objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listing and deleting continue after the most objects that S3 accepts in one request."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")
    monkeypatch.setattr("app.storage.aws.s3._DELETE_BATCH", 10)
    keys = sorted(f"trash/{n:04}/1.jpg" for n in range(34))
    fill(objects, *keys, "trash/other/1.jpg")
    assert keys_of(objects, "trash/") == [*keys, "trash/other/1.jpg"]
    objects.delete(keys)
    assert keys_of(objects, "") == ["trash/other/1.jpg"]


def test_a_ready_store_answers_a_ping(objects: ObjectStore) -> None:
    """Ping returns, also before the first object, and leaves none."""
    objects.ping()
    assert keys_of(objects, "") == []


def test_addresses_are_quoted(objects: ObjectStore) -> None:
    """An address ends with the key, slashes kept and everything else quoted."""
    assert objects.url(f"{PHOTO}/320.jpg").endswith(f"/{PHOTO}/320.jpg")
    assert objects.url("photos/a b#c?.jpg").endswith("/photos/a%20b%23c%3F.jpg")
