"""Compare the installed packages with the advisories that PyPI knows.

PyPI's JSON API lists them for a version of a package, in `vulnerabilities`
(https://docs.pypi.org/api/json/). Nothing but names and versions of packages is sent.
"""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from importlib import metadata
from typing import Any

INDEX = "https://pypi.org"
MAX_SECONDS = 120.0  # for all packages
_TIMEOUT = 10.0  # seconds for one answer to begin, or to continue
_MAX_ANSWER = 20_000_000  # bytes: a popular package has thousands of files
_MAX_FAILURES = 3  # in a row: then the index can't be reached
_NO_FIX = "no fix yet"
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)

_UNUSABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # of a document

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Advisory:
    """A known vulnerability of an installed package.

    Attributes:
        package: The package.
        advisory_id: Such as GHSA-… or PYSEC-….
        fixed_in: The versions without it. Empty if there is no fix yet.
    """

    package: Package
    advisory_id: str
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        fix = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else _NO_FIX
        return f"{self.package}: {self.advisory_id}, {fix}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The advisories of a package, or None if the index did not answer."""

    package: Package
    advisories: tuple[Advisory, ...] | None


def names_fix(text: str) -> bool:
    """Return whether the text of an advisory names a version without the vulnerability."""
    return not text.endswith(_NO_FIX)


def installed_packages(requirements: str) -> Iterator[Package]:
    """Yield those of the pinned packages that are installed, with the installed versions.

    Args:
        requirements: The text of a requirements file.
    """
    for name in sorted(set(_PIN.findall(requirements))):
        try:
            yield Package(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            continue


def find_advisories(
    packages: Iterable[Package],
    fetch: Fetch,
    index: str = INDEX,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Answer]:
    """Yield the answer about each package. After the time, or without a network, ask no more."""
    ends_at = clock() + MAX_SECONDS
    failures = 0
    for package in packages:
        advisories = None
        if failures < _MAX_FAILURES and clock() < ends_at:
            advisories = _ask(package, fetch, index)
            failures = failures + 1 if advisories is None else 0
        yield Answer(package, advisories)


def fetch(url: str) -> bytes:
    """Return the answer to a GET request. Raises OSError or HTTPException."""
    if not url.startswith(("https://", "http://")):
        raise OSError(f"{url} is no web address.")
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310  checked above
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310  checked above
        body: bytes = response.read(_MAX_ANSWER + 1)
    if len(body) > _MAX_ANSWER:
        raise OSError("the answer is too long")
    return body


def _ask(package: Package, fetch: Fetch, index: str) -> tuple[Advisory, ...] | None:
    """Return the advisories, None if there is no answer."""
    try:
        document = json.loads(fetch(f"{index}/pypi/{package.name}/{package.version}/json"))
        return tuple(_advisories_of(package, document["vulnerabilities"]))
    except (OSError, HTTPException, *_UNUSABLE):
        return None


def _advisories_of(package: Package, found: list[dict[str, Any]]) -> Iterator[Advisory]:
    """Yield the advisories that were not withdrawn."""
    for entry in found:
        if not entry.get("withdrawn"):
            fixed_in = tuple(map(str, entry.get("fixed_in") or ()))
            yield Advisory(package, str(entry["id"]), fixed_in)
