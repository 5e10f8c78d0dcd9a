"""Answers as they travel."""

import gzip
import re

import brotli
import pytest

from tests.visitor import Visitor

SHEET = r'href="(/static/[^"]+/components\.css)"'
IMAGE_WORKERS = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("encoding", IMAGE_WORKERS)
def test_text_travels_compressed(visitor: Visitor, encoding: str) -> None:
    """Pages and styles are compressed for who can read that, which caches are told, and are the same in the end."""
    [sheet] = re.findall(SHEET, visitor.get("/").text)
    for path in ("/", sheet):
        answer = visitor.get(path, headers={"Accept-Encoding": encoding})
        assert answer.content_encoding == encoding
        assert "Accept-Encoding" in answer.vary
        assert IMAGE_WORKERS[encoding](answer.data) == visitor.get(path).data


def test_nothing_is_compressed_that_nobody_asked_for(visitor: Visitor) -> None:
    """Who names no encoding gets none."""
    answer = visitor.get("/")
    assert answer.content_encoding is None
    assert answer.text.startswith("<!doctype html>")


def test_photos_travel_as_they_are(visitor: Visitor) -> None:
    """A picture is small already: it is not compressed again."""
    icon = re.findall(r'href="([^"]+/apple-touch-icon\.png)"', visitor.get("/").text)[0]
    assert visitor.get(icon, headers={"Accept-Encoding": "br, gzip"}).content_encoding is None
