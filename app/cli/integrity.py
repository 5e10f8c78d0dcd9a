"""Look after a collection: `check`, `repair`, `purge`, `audit`."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import OK
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import maintenance
from app.cli.progress import report_storage_errors, sleep_with_notice, with_progress
from app.web.context import app_context, photo_service

_site_stopped_option = click.option(
    "--stopped", is_flag=True, help="The site is stopped, so nothing is under way: don't wait."
)
_recheck_option = click.option(
    "--settle",
    default=30.0,
    show_default=True,
    help="Seconds after which what a change under way could explain is looked at again.",
)
_records = click.option(
    "--records", is_flag=True, help="Read every record sidecar too: one read a photo."
)


@click.command()
@_records
@click.option(
    "--deep", is_flag=True, help="Read and decode every object too, the trash's included."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_site_stopped_option
@_recheck_option
@report_storage_errors()
@with_appcontext
def check(*, records: bool, deep: bool, as_json: bool, stopped: bool, settle: float) -> None:
    """Hold photos, objects, listings and counts against each other. Exit 1 if there is a finding.

    Safe while the site serves.
    """
    found = 0
    for finding in _findings(_check(records, stopped, settle), deep=deep):
        found += 1
        click.echo(json.dumps(asdict(finding)) if as_json else f"{finding.kind}: {finding.what}")
    if not as_json:
        click.echo("Everything is in its place." if not found else f"{found} findings.")
    if found:
        raise SystemExit(1)


@click.command()
@click.option("--apply", is_flag=True, help="Do it; without this it is only said.")
@_records
@click.option("--hide-broken", is_flag=True, help="Hide photos whose objects are lost.")
@click.option(
    "--all-orphans",
    is_flag=True,
    help="Remove orphans even if there are so many that a table seems lost.",
)
@_site_stopped_option
@_recheck_option
@report_storage_errors()
@with_appcontext
def repair(
    *,
    apply: bool,
    records: bool,
    hide_broken: bool,
    all_orphans: bool,
    stopped: bool,
    settle: float,
) -> None:
    """Put right what check names, and finish what a crash left half done; no photo is lost by it.

    Without --apply it says what it would do. Exit 1 if something is not as it should be afterwards.
    """
    checked = _check(records, stopped, settle)
    steps = maintenance.Repair(checked, hide_broken=hide_broken, all_orphans=all_orphans)
    done = left = 0
    for step in steps:
        for finding in step.findings:
            click.echo(f"{finding.kind}: {finding.what}")
        problem = step.run() if apply else "to be done"
        click.echo(
            f"  → {step.description}"
            + (f" ({problem})" if apply and problem and step.apply else "")
        )
        done, left = done + (not problem), left + bool(problem)
    click.echo(_summary(done, left, apply=apply))
    if left:
        raise SystemExit(1)


@click.command()
@click.option("--apply", is_flag=True, help="Do it; without this it is only said.")
@report_storage_errors()
@with_appcontext
def purge(*, apply: bool) -> None:
    """Remove for good what has been in the trash for 30 days.

    The embedded home does so by itself when it starts and daily, and AWS does by its own rules.
    """
    if apply:
        purged = photo_service().purge(partial(with_progress, "photos removed"))
        click.echo(f"{purged} photos removed for good.")
        return
    due = sum(1 for _ in photo_service().catalog.expired(int(datetime.now(UTC).timestamp())))
    click.echo(
        f"{due} photos have been in the trash for 30 days. To remove them for good: purge --apply"
    )


@click.command()
@report_storage_errors()
@with_appcontext
def audit() -> None:
    """Read every public object as a stranger does, and name those that tell a place or a serial number.

    Exit 1 if there is one. A place is fine where KEEP_LOCATION is on.
    """
    from app.imaging.privacy_scan import find_private_metadata  # noqa: PLC0415  Pillow's only user among these commands

    read = findings = 0
    for _, wrong in with_progress(
        "objects",
        maintenance.scan_public_objects(
            photo_service(), _anonymous_fetcher(), find_private_metadata
        ),
    ):
        read += 1
        for finding in wrong:
            if not (finding.kind == "location" and app_context().config.keep_location):
                click.echo(f"{finding.kind}: {finding.what}")
                findings += 1
    click.echo(f"{read} objects read: {findings} findings.")
    if findings:
        raise SystemExit(1)


def _check(records: bool, stopped: bool, settle: float) -> maintenance.IntegrityCheck:  # noqa: FBT001  the options as they come
    uploading = timedelta(0) if stopped else maintenance.UPLOAD_GRACE
    settle = 0 if stopped else settle
    return maintenance.IntegrityCheck(
        photo_service(),
        settle=settle,
        uploading=uploading,
        records=records,
        watch=with_progress,
        sleep=sleep_with_notice,
    )


def _findings(checked: maintenance.IntegrityCheck, *, deep: bool) -> Iterator[maintenance.Finding]:
    yield from checked
    if deep:
        from app.imaging.verify import is_decodable  # noqa: PLC0415  Pillow again

        yield from maintenance.find_undecodable(
            photo_service(),
            with_progress("photos read", photo_service().catalog.photos()),
            is_decodable,
        )


def _summary(done: int, left: int, *, apply: bool) -> str:
    if not (done or left):
        return "Everything is in its place."
    return (
        f"{done} repaired, {left} left."
        if apply
        else f"{left} to be looked at. To repair: repair --apply"
    )


def _anonymous_fetcher() -> Callable[[str], bytes]:
    """Reads an object's address without any credentials: over the network, or where the app serves it itself."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  for other threads

    def fetch(url: str) -> bytes:
        if urlsplit(url).netloc:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  http and https alone are configured
                return bytes(answer.read())
        response = app.test_client().get(url, buffered=True)
        if response.status_code != OK:
            raise OSError(response.status)
        return bytes(response.data)

    return fetch
