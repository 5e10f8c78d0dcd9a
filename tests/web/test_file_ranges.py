"""Clients ask for parts of files, and resume downloads (RFC 9110, sections 13 and 14)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import parse_many
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.services.factory import Services
from app.web.middleware import rate_limits
from tests.backends import Backend, local_backend
from tests.visitor import Visitor

Ask = Callable[..., TestResponse]

BEYOND = 10**9  # more bytes than any file of these tests has
POSITIONS = st.integers(0, BEYOND)
OTHER_UNITS = ["seconds", "none", "byte", "bytesx", "x-bytes", ""]
MALFORMED = ["bytes=5-2", "bytes=a-b", "bytes=-", "bytes=", "bytes", "bytes 0-1", "bytes=1"]


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture(params=["photo", "zip"])
def ask(
    request: pytest.FixtureRequest,
    config: Config,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> Ask:
    """Return a function that asks for one file with headers."""
    monkeypatch.setattr(rate_limits, "_DOWNLOADS", parse_many("100000 per minute"))
    visitor = Visitor(create_app(config, services))
    key = object_keys.original(visitor.add(tags="lake"), "image/jpeg")
    path = {"photo": f"/media/{key}", "zip": "/download.zip?in=tag:lake"}[request.param]

    def get(method: str = "GET", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return visitor.client.open(path, method=method, headers=named, buffered=True)

    return get


def assert_is_whole(answer: TestResponse, body: bytes) -> None:
    assert (answer.status_code, answer.data) == (200, body)
    assert answer.content_length == len(body)
    assert "Content-Range" not in answer.headers
    assert answer.headers["Accept-Ranges"] == "bytes"


def assert_is_part(answer: TestResponse, body: bytes, start: int, stop: int) -> None:
    assert (answer.status_code, answer.data) == (206, body[start:stop])
    assert answer.content_length == stop - start
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(body)}"
    assert {"ETag", "Cache-Control"} <= set(answer.headers.keys())


def test_a_range_within_the_file_is_sent(ask: Ask) -> None:
    """The last position may be beyond the end, and a suffix longer than the file."""
    body = ask().data
    size = len(body)

    @given(st.integers(0, size - 1), POSITIONS, st.sampled_from(["bytes=", "BYTES=", "bytes= ,"]))
    @settings(max_examples=40)
    def of_any_length(start: int, length: int, unit: str) -> None:
        last = start + length
        part = ask(Range=f"{unit}{start}-{last}")
        assert_is_part(part, body, start, min(size, last + 1))
        assert_is_part(ask(Range=f"{unit}{start}-"), body, start, size)
        assert_is_part(ask(Range=f"{unit}-{length + 1}"), body, max(0, size - length - 1), size)

    of_any_length()


def test_a_range_beyond_the_end_is_refused(ask: Ask) -> None:
    """The answer has the size of the file. A suffix of no bytes is beyond the end."""
    size = len(ask().data)

    @given(POSITIONS, POSITIONS)
    @settings(max_examples=20)
    def from_any_position(start: int, length: int) -> None:
        first = size + start
        for positions in (f"{first}-{first + length}", f"{first}-", "-0"):
            answer = ask(Range=f"bytes={positions}")
            assert answer.status_code == 416
            assert answer.headers["Content-Range"] == f"bytes */{size}"

    from_any_position()


def test_other_range_headers_are_ignored(ask: Ask) -> None:
    """Other units, several ranges and malformed ones: the client gets the whole file."""
    body = ask().data
    several = st.lists(POSITIONS, min_size=2, max_size=9)

    @given(POSITIONS, POSITIONS, several, st.sampled_from(OTHER_UNITS))
    @settings(max_examples=40)
    def in_any_form(start: int, length: int, starts: list[int], unit: str) -> None:
        assert_is_whole(ask(Range=f"{unit}={start}-{start + length}"), body)
        assert_is_whole(ask(Range=f"bytes={start + 1 + length}-{start}"), body)
        assert_is_whole(ask(Range="bytes=" + ", ".join(f"{first}-" for first in starts)), body)

    in_any_form()
    for header in (*MALFORMED, f"bytes=0-{'9' * 5000}", "bytes=+0-1"):
        assert_is_whole(ask(Range=header), body)


def test_no_range_header_is_an_error_of_the_site(ask: Ask) -> None:
    """The answer to any text is the whole file, the part that it names, or its size."""
    body = ask().data

    @given(st.text("bytes=-, \t0123456789x", max_size=20), st.booleans())
    @settings(max_examples=100)
    def of_any_text(text: str, has_unit: bool) -> None:
        answer = ask(Range="bytes=" * has_unit + text)
        if answer.status_code == 206:
            positions = answer.headers["Content-Range"].removeprefix("bytes ").partition("/")[0]
            first, _, last = positions.partition("-")
            assert_is_part(answer, body, int(first), int(last) + 1)
        elif answer.status_code == 416:
            assert answer.headers["Content-Range"] == f"bytes */{len(body)}"
        else:
            assert_is_whole(answer, body)

    of_any_text()


def test_a_range_is_ignored_in_head(ask: Ask) -> None:
    """Ranges are defined for GET alone."""
    size = len(ask().data)
    for header in ("bytes=0-1", "bytes=999999999-"):
        answer = ask("HEAD", Range=header)
        assert (answer.status_code, answer.content_length) == (200, size)
        assert "Content-Range" not in answer.headers


def test_if_range_names_the_file_that_is_continued(ask: Ask) -> None:
    """The entity tag must be the same and strong, the date the same. Otherwise all is sent."""
    whole = ask()
    body, tag = whole.data, whole.headers["ETag"]
    assert_is_part(ask(Range="bytes=9-", If_Range=tag), body, 9, len(body))
    modified_at = whole.last_modified
    others = ['"other"', f"W/{tag}", tag.strip('"'), "", "yesterday", http_date(0)]
    if modified_at:
        same = http_date(modified_at)
        assert_is_part(ask(Range="bytes=9-", If_Range=same), body, 9, len(body))
        others.append(http_date(modified_at + timedelta(seconds=1)))
        others.append(http_date(modified_at - timedelta(seconds=1)))
    for validator in others:
        assert_is_whole(ask(Range="bytes=9-", If_Range=validator), body)
        assert_is_whole(ask(Range=f"bytes={BEYOND}-", If_Range=validator), body)


def test_other_conditions_come_before_the_range(ask: Ask) -> None:
    """A client that has the file gets no part of it, and none of a file that it did not mean."""
    tag = ask().headers["ETag"]
    assert ask(Range="bytes=0-1", If_None_Match=tag).status_code == 304
    assert ask(Range=f"bytes={BEYOND}-", If_None_Match=tag).status_code == 304
    assert ask(Range="bytes=0-1", If_None_Match='"other"').status_code == 206
    assert ask(Range="bytes=0-1", If_Match='"other"').status_code == 412
    assert ask(Range="bytes=0-1", If_Match=tag).status_code == 206


@pytest.mark.parametrize("part", [{}, {"Range": "bytes=0-1"}, {"Range": f"bytes={BEYOND}-"}])
def test_a_failed_condition_sends_no_file(ask: Ask, part: dict[str, str]) -> None:
    """HEAD has the headers of GET, and no cache keeps the answer (RFC 9110, section 9.3.2)."""
    tag = ask().headers["ETag"]
    for status, conditions in (
        (304, {"If_None_Match": tag}),
        (412, {"If_Match": '"other"'}),
        (412, {"If_Match": '"other"', "If_None_Match": tag}),
    ):
        answers = [ask(method, **conditions, **part) for method in ("GET", "HEAD")]
        for answer in answers:
            assert (answer.status_code, answer.data) == (status, b"")
            assert status == 304 or answer.headers["Cache-Control"] == "no-store"
            assert "Content-Range" not in answer.headers
        unlike = {"Date": "", "X-Request-Id": ""}
        got, head = (dict(answer.headers) | unlike for answer in answers)
        assert got == head
        assert status == 304 or got["Content-Length"] == "0"


def test_a_range_beyond_the_end_has_no_part_of_the_file(ask: Ask) -> None:
    """HEAD knows no ranges (RFC 9110, section 14.2)."""
    whole = ask()
    answer = ask(Range=f"bytes={BEYOND}-")
    assert answer.status_code == 416
    assert answer.data not in whole.data
    head = ask("HEAD", Range=f"bytes={BEYOND}-")
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_length == whole.content_length


@pytest.mark.parametrize("header", ["bytes=0-1", "bytes=999999999-", "seconds=0-1"])
def test_static_files_are_sent_whole(config: Config, services: Services, header: str) -> None:
    """They are small."""
    visitor = Visitor(create_app(config, services))
    with visitor.app.test_request_context():
        path = visitor.app.jinja_env.globals["asset"]("css/pages.css")
    whole = visitor.get(path)
    answer = visitor.get(path, headers={"Range": header})
    assert (answer.status_code, answer.data) == (200, whole.data)
    tag = whole.headers["ETag"]
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 304
