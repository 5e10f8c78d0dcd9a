"""The command `audit`: find private metadata in stored images, and remove it."""

import urllib.request
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from http.client import OK
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import maintenance
from app.cli.progress import report_storage_errors, with_progress
from app.cli.recording import RunTally, recorded
from app.domain.errors import (
    EditConflict,
    ObjectNotFound,
    PhotoBusy,
    PhotoNotFound,
    UnreadableImage,
)
from app.services.operations.run_results import RunKind
from app.web.context import app_context, storage_backend

_NOT_FIXED = (UnreadableImage, ObjectNotFound, PhotoNotFound, EditConflict, PhotoBusy)


@click.command()
@click.option("--fix", is_flag=True, help="Remove the private metadata that the command finds.")
@report_storage_errors()
@with_appcontext
def audit(*, fix: bool) -> None:
    """Read every image of public, hidden and deleted photos and report private metadata.

    The command reads public objects by their URL, without credentials. It ignores locations if
    KEEP_LOCATION is on. It ignores a credit if KEEP_CREDIT keeps it and it is exactly as Shoebox
    writes it. The exit status is 1 if a finding remains.

    With --fix, the command replaces each object that has private metadata with a clean one. If
    CLOUDFRONT_DISTRIBUTION_ID is set, it also removes the old object from CloudFront. Other caches
    may keep the old object for a year, or for an hour if it was stored while MEDIA_BASE_URL was
    set.
    """
    scan = _scan()
    scanned = maintenance.scan_objects(storage_backend(), _anonymous_fetcher(), scan.find)
    objects = 0
    with recorded(RunKind.AUDIT) as tally:
        maintenance.require_current_keys(storage_backend().objects)
        for key, findings in with_progress("objects", scanned):
            objects += 1
            _report(findings, tally)
            if fix:
                tally.repaired += _fix(key, findings, scan)
    count, fixed = tally.findings.total(), tally.repaired
    suffix = f", {fixed} fixed" if fix else ""
    click.echo(f"{objects} objects read: {count} findings{suffix}.")
    if count > fixed:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Scan:
    """Finds the private metadata of an object, and returns the object without it."""

    find: Callable[[bytes], Collection[str]]
    clean: Callable[[bytes], bytes]


def _scan() -> _Scan:
    """Return the scan for the metadata that the site does not keep."""
    from app.imaging import privacy_scan  # noqa: PLC0415  needs Pillow
    from app.imaging.metadata.iptc.kept import KeepRules  # noqa: PLC0415  needs Pillow

    config = app_context().config
    rules = KeepRules(location=config.keep_location, credit=config.keep_credit)
    return _Scan(
        find=partial(privacy_scan.find_private_metadata, rules=rules),
        clean=partial(privacy_scan.clean_object, rules=rules),
    )


def _report(findings: Iterable[maintenance.Finding], tally: RunTally) -> None:
    for finding in findings:
        tally.findings[finding.kind] += 1
        click.echo(f"{finding.kind}: {finding.detail}")


def _fix(key: str, findings: Collection[maintenance.Finding], scan: _Scan) -> int:
    """Clean an object that could be read. Return how many of its findings are fixed."""
    is_read = all(finding.detail == key for finding in findings)
    return len(findings) if findings and is_read and _clean(key, scan) else 0


def _clean(key: str, scan: _Scan) -> bool:
    """Clean an object. Return whether it is clean now; print the reason if it is not."""
    try:
        body = maintenance.clean_object(storage_backend(), key, scan.clean)
    except _NOT_FIXED as error:
        click.echo(f"not fixed: {key}: {error}")
        return False
    return not scan.find(body)


def _anonymous_fetcher() -> Callable[[str], bytes]:
    """Return a function that reads a URL without credentials, over HTTP or from this app."""
    # Threads need the app itself, not the proxy.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def fetch(url: str) -> bytes:
        if urlsplit(url).netloc:
            with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310  an HTTP(S) URL
                return bytes(response.read())
        local_response = app.test_client().get(url, buffered=True)
        if local_response.location:  # a signed URL
            return fetch(local_response.location)
        if local_response.status_code != OK:
            raise OSError(local_response.status)
        return bytes(local_response.data)

    return fetch
