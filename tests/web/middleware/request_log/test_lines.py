"""A line has the facts an operator needs, and nothing about visitors.

Covers app.web.middleware.request_log.
"""

import json
import re
from pathlib import Path

import pytest

from tests.sample_images import jpeg
from tests.server.client import get, post
from tests.server.site import GUNICORN, RunningSite
from tests.visitor import Visitor
from tests.web.middleware.request_log.log_lines import MEMBERS, Log

SECRETS = ("203.0.113.9", "Who-Wrote-This", "never seen", "where from", "a phone")


def test_line_has_id_status_time_size_and_calls(log: Log, visitor: Visitor) -> None:
    """The members are in a fixed order, in one line for each request."""
    answer = visitor.get("/?before=01ARZ3NDEKTSV4RRFFQ69G5FAV")
    (line,) = log.lines
    assert "\n" not in line
    assert list(log.last) == MEMBERS
    assert log.last | {"time": "", "id": "", "ms": 0} == {
        "time": "",
        "level": "INFO",
        "id": "",
        "role": "visitor",
        "method": "GET",
        "path": "/",
        "status": 200,
        "ms": 0,
        "bytes": len(answer.data),
        "aws_calls": 0,
        "aws_ms": 0,
    }
    assert log.last["ms"] > 0


def test_response_header_has_the_id_of_the_line(log: Log, visitor: Visitor) -> None:
    """X-Request-Id leads from a report to the line; the client cannot choose it."""
    answers = [
        visitor.get(path, headers={"X-Request-Id": "mine"})
        for path in ("/", "/nowhere", "/healthz")
    ]
    ids = [answer.headers.getlist("X-Request-Id")[-1] for answer in answers]
    assert ids == [json.loads(line)["id"] for line in log.lines]
    assert len({*ids, "mine"}) == 4
    assert [json.loads(line)["status"] for line in log.lines] == [200, 404, 200]


def test_log_has_no_personal_data(log: Log, visitor: Visitor) -> None:
    """Address, browser, referrer, query and title do not appear."""
    headers = {
        "X-Forwarded-For": "203.0.113.9",
        "User-Agent": "a phone",
        "Referer": "https://example.org/where from",
    }
    visitor.get("/?q=never seen", headers=headers)
    photo_id = visitor.add(title="Who-Wrote-This", description="never seen", tags="sea")
    visitor.get(f"/photos/{photo_id}", headers=headers)
    assert log.last["path"] == f"/photos/{photo_id}"
    for secret in SECRETS:
        assert secret not in "\n".join(log.lines)


@pytest.mark.parametrize(
    "path", ["/%0A%22fake%22:1", "/" + "x" * 5000, "/%ff%fe", "/\N{WAVE DASH}"]
)
def test_path_cannot_forge_or_flood_a_line(log: Log, visitor: Visitor, path: str) -> None:
    """Any path is one short JSON string in one line."""
    visitor.get(path)
    (line,) = log.lines
    assert list(log.last) == MEMBERS
    assert line.isprintable()
    assert log.last["path"] == "unmatched"


@pytest.mark.parametrize("module", ["app", GUNICORN])
def test_both_servers_write_the_lines_to_stdout(tmp_path: Path, module: str) -> None:
    """REQUEST_LOG=yes, as in the systemd unit, writes one line of JSON for each request."""
    with RunningSite(tmp_path, module, REQUEST_LOG="yes") as site:
        get(site.url)
        assert post(site.url, jpeg(300, 200), title="Who-Wrote-This")[0] == 201
    entries = [json.loads(line) for line in site.lines if line.startswith("{")]
    # A line is written after its response, so the second request may end first.
    assert sorted((entry["method"], entry["path"], entry["status"]) for entry in entries) == [
        ("GET", "/", 200),
        ("POST", "/upload", 201),
    ]
    assert "127.0.0.1" not in "".join(
        line for line in site.lines if not line.startswith("Shoebox is at")
    )


def test_nothing_is_logged_by_default(tmp_path: Path) -> None:
    """`make run` prints its address and how it decodes photos, even if it ends at once."""
    with RunningSite(tmp_path) as site:
        get(site.url)
    expected = re.compile(r"Shoebox is at|\S+Z INFO app\.imaging\.")
    assert [line for line in site.lines if not expected.match(line)] == []
