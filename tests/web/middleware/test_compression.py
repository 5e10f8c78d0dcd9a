"""Compressed responses."""

import gzip
import re

import brotli
import pytest

from tests.visitor import Visitor

SHEET = r'href="(/static/[^"]+/components\.css)"'
DECOMPRESS = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("encoding", DECOMPRESS)
def test_text_is_compressed(visitor: Visitor, encoding: str) -> None:
    """Pages and style sheets are compressed if the client accepts it; `Vary` tells caches."""
    [sheet] = re.findall(SHEET, visitor.get("/").text)
    for path in ("/", sheet):
        answer = visitor.get(path, headers={"Accept-Encoding": encoding})
        assert answer.content_encoding == encoding
        assert "Accept-Encoding" in answer.vary
        assert DECOMPRESS[encoding](answer.data) == visitor.get(path).data


def test_files_are_compressed_better_than_pages(visitor: Visitor) -> None:
    """A style sheet is compressed once, at the best level, and its entity tag names the coding."""
    [sheet] = re.findall(SHEET, visitor.get("/").text)
    answer = visitor.get(sheet, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert answer.data == brotli.compress(visitor.get(sheet).data, quality=11)
    assert answer.get_etag() == (f"{visitor.get(sheet).get_etag()[0]}:br", False)
    revalidation = {"Accept-Encoding": "br", "If-None-Match": str(answer.headers["ETag"])}
    assert visitor.get(sheet, headers=revalidation).status_code == 304


def test_gzip_is_sent_where_it_is_preferred(visitor: Visitor) -> None:
    """The client's preference decides."""
    [sheet] = re.findall(SHEET, visitor.get("/").text)
    answer = visitor.get(sheet, headers={"Accept-Encoding": "gzip, br;q=0.5"})
    assert answer.content_encoding == "gzip"


def test_client_that_accepts_no_encoding_gets_none(visitor: Visitor) -> None:
    """Without Accept-Encoding the page is not compressed."""
    answer = visitor.get("/")
    assert answer.content_encoding is None
    assert answer.text.startswith("<!doctype html>")


def test_photos_are_not_compressed(visitor: Visitor) -> None:
    """Image formats are compressed already."""
    icon = re.findall(r'href="([^"]+/apple-touch-icon\.png)"', visitor.get("/").text)[0]
    assert visitor.get(icon, headers={"Accept-Encoding": "br, gzip"}).content_encoding is None


def test_pages_vary_by_encoding_where_it_is_stated(visitor: Visitor) -> None:
    """A page for a client that states none is the same for all: nginx keeps it once."""
    stated = visitor.get("/", headers={"Accept-Encoding": "identity"})
    assert "Accept-Encoding" in stated.vary
    unstated = visitor.get("/")
    assert "Accept-Encoding" not in unstated.vary
    assert "Accept-Language" in unstated.vary
