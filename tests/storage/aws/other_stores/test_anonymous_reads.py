"""A bucket is refused if everyone can list its photos or read hidden ones."""

import logging
from collections.abc import Callable, Iterable
from http.client import BadStatusLine, HTTPException
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import pytest

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable
from app.services.ports import ObjectStore
from app.storage.aws.other_stores.anonymous_reads import (
    AnonymousReads,
    HiddenPhotosArePublic,
    PhotosCanBeListed,
)
from app.storage.local.folder import LocalObjectStore

URL = "https://photos.invalid"


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return LocalObjectStore(tmp_path / "objects")


def serving(objects: ObjectStore, *prefixes: str) -> Callable[[str], bytes]:
    """Return a function that reads the objects under these prefixes as everyone may."""

    def fetch(url: str) -> bytes:
        key = url.removeprefix(f"{URL}/")
        if not key.startswith(prefixes):
            raise HTTPError(url, 403, "Forbidden", None, BytesIO())  # type: ignore[arg-type]
        return objects.get(key)

    return fetch


def unreachable(url: str) -> bytes:
    raise URLError(url)


def check(objects: ObjectStore, fetch: Callable[[str], bytes], *, public: bool = True) -> None:
    AnonymousReads(objects, {URL}, URL if public else None, fetch).check()


def test_photos_alone_are_public(objects: ObjectStore, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged, and no object is left."""
    check(objects, serving(objects, "photos/"))
    assert not caplog.records
    assert list(objects.list("")) == []


@pytest.mark.parametrize("public", [False, True])
def test_public_hidden_photos_are_an_error(objects: ObjectStore, *, public: bool) -> None:
    """It names the URL, the setting and the documentation."""
    with pytest.raises(HiddenPhotosArePublic, match=URL) as refused:
        check(objects, serving(objects, "photos/", "hidden/"), public=public)
    assert "MEDIA_READS" in str(refused.value)
    assert "docs/object-stores.md" in str(refused.value)
    assert list(objects.list("")) == []


class RefusingStore(LocalObjectStore):
    """A bucket whose access key lacks some permissions, or that fails now and then."""

    def __init__(self, root: Path, refused: frozenset[str], error: StorageError) -> None:
        super().__init__(root)
        self._refused = refused
        self._error = error

    def put(self, key: str, *args: Any, **kwargs: Any) -> None:
        if f"put {key.partition('/')[0]}" in self._refused:
            raise self._error
        super().put(key, *args, **kwargs)

    def delete(self, keys: Iterable[str]) -> None:
        if "delete" in self._refused:
            raise self._error
        super().delete(keys)


CALLS = ("put hidden", "put photos", "delete")
SOME_CALLS = [frozenset(calls) for n in range(4) for calls in combinations(CALLS, n)]


@pytest.mark.parametrize("refused", SOME_CALLS, ids=lambda calls: "+".join(sorted(calls)))
@pytest.mark.parametrize("error", [StorageRefused("no"), StorageUnavailable("gone")], ids=repr)
def test_no_other_failure_hides_that_photos_are_exposed(
    tmp_path: Path, refused: frozenset[str], error: StorageError
) -> None:
    """A bucket that everyone can list or read is reported, if any call can show that."""
    store = RefusingStore(tmp_path / "objects", refused, error)
    with pytest.raises(PhotosCanBeListed):
        check(store, lambda url: LISTING if "list-type=2" in url else b"")
    expected = StorageError if "put hidden" in refused else HiddenPhotosArePublic
    with pytest.raises(expected):
        check(store, serving(store, "photos/", "hidden/"))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_bucket_is_asked_again(objects: ObjectStore, status: int) -> None:
    """Its answers do not say who may read, unless another address does."""

    def busy(url: str) -> bytes:
        raise HTTPError(url, status, "Busy", None, BytesIO())  # type: ignore[arg-type]

    def fetch(url: str) -> bytes:
        return read(url) if url.startswith(URL) else busy(url)

    with pytest.raises(StorageUnavailable):
        check(objects, busy)
    read = serving(objects, "hidden/")
    with pytest.raises(HiddenPhotosArePublic):
        AnonymousReads(objects, ["https://busy.invalid", URL], None, fetch).check()
    read = serving(objects, "photos/")
    check(objects, read)


def test_an_object_that_cannot_be_deleted_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The result is known, so the check is not repeated before the next day."""
    store = RefusingStore(tmp_path / "objects", frozenset({"delete"}), StorageRefused("no"))
    check(store, serving(store, "photos/"))
    left = [item.key for item in store.list("")]
    assert [key in caplog.text for key in left] == [True, True]


LISTING = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name>"""


@pytest.mark.parametrize("public", [False, True])
def test_photos_that_everyone_can_list_are_an_error(objects: ObjectStore, *, public: bool) -> None:
    """The names of photos in unlisted albums are secret."""
    read = serving(objects, "photos/")

    def fetch(url: str) -> bytes:
        return LISTING if "list-type=2" in url else read(url)

    with pytest.raises(PhotosCanBeListed, match=URL) as refused:
        check(objects, fetch, public=public)
    assert "docs/object-stores.md" in str(refused.value)


@pytest.mark.parametrize(
    "error", [URLError("gone"), HTTPException(), BadStatusLine("x"), OSError()]
)
def test_an_answer_that_is_no_http_is_no_answer(objects: ObjectStore, error: Exception) -> None:
    """The site starts: a proxy between may answer anything."""

    def fail(_url: str) -> bytes:
        raise error

    check(objects, fail, public=False)


def test_a_page_for_missing_files_is_no_photo(objects: ObjectStore) -> None:
    """A CDN may answer every request with status 200."""
    check(objects, lambda _: b"<!doctype html>", public=False)


@pytest.mark.parametrize("is_reachable", [False, True])
def test_unreadable_photos_are_a_warning(
    objects: ObjectStore, caplog: pytest.LogCaptureFixture, *, is_reachable: bool
) -> None:
    """Browsers may reach the bucket where this machine does not."""
    check(objects, serving(objects, "none") if is_reachable else unreachable)
    assert "browsers may be unable to read photos" in caplog.text
    assert all(record.levelno == logging.WARNING for record in caplog.records)
