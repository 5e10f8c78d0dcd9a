"""Advisories about the installed packages."""

import json
from collections.abc import Callable

import pytest

from app.maintenance.operations.advisories import (
    MAX_SECONDS,
    Package,
    find_advisories,
    installed_packages,
)

FLASK = Package("flask", "3.1.0")
PACKAGES = [Package(f"package{number}", "1") for number in range(10)]
KNOWN = {
    "vulnerabilities": [
        {"id": "GHSA-1", "fixed_in": ["3.1.1", "3.0.9"], "withdrawn": None},
        {"id": "GHSA-2", "fixed_in": []},
        {"id": "GHSA-3", "fixed_in": ["3.1.2"], "withdrawn": "2026-01-01T00:00:00Z"},
    ]
}


def answer(document: object) -> Callable[[str], bytes]:
    return lambda _url: json.dumps(document).encode()


def test_advisories_name_the_fixed_versions() -> None:
    """Those that were withdrawn are left out."""
    urls = []

    def fetch(url: str) -> bytes:
        urls.append(url)
        return json.dumps(KNOWN).encode()

    (found,) = find_advisories([FLASK], fetch)
    assert urls == ["https://pypi.org/pypi/flask/3.1.0/json"]
    assert found.advisories is not None
    assert list(map(str, found.advisories)) == [
        "flask 3.1.0: GHSA-1, fixed in 3.1.1, 3.0.9",
        "flask 3.1.0: GHSA-2, no fix yet",
    ]


@pytest.mark.parametrize(
    "document", [[], {}, None, {"vulnerabilities": 5}, {"vulnerabilities": [{}]}, "text"]
)
def test_an_unusable_answer_is_none(document: object) -> None:
    (found,) = find_advisories([FLASK], answer(document))
    assert found.advisories is None


def test_without_a_network_few_packages_are_asked_about() -> None:
    """The others are answered at once: no one waits for forty timeouts."""
    asked = []

    def fail(url: str) -> bytes:
        asked.append(url)
        raise TimeoutError(url)

    found = list(find_advisories(PACKAGES, fail))
    assert [each.advisories for each in found] == [None] * 10
    assert len(asked) == 3


def test_a_slow_index_is_left_after_the_time() -> None:
    times = iter([0.0, 1.0, MAX_SECONDS + 1, MAX_SECONDS + 2])
    found = list(
        find_advisories(PACKAGES[:3], answer({"vulnerabilities": []}), clock=times.__next__)
    )
    assert [each.advisories for each in found] == [(), None, None]


def test_only_installed_pins_are_compared() -> None:
    """Each has the installed version, whatever the pin says."""
    found = list(installed_packages("flask==0.1 \\\n    --hash=sha256:ab\nno-such-package==1\n"))
    assert [package.name for package in found] == ["flask"]
    assert found[0].version != "0.1"
