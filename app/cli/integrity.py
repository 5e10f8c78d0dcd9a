"""Commands that check and repair a site: `check`, `repair`, `purge`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial

import click
from flask.cli import with_appcontext

from app import maintenance
from app.cli.catalog import require_catalog
from app.cli.progress import report_storage_errors, sleep_with_notice, with_progress
from app.cli.recording import RunTally, recorded
from app.services.operations.run_results import RunKind
from app.web.context import photo_service, storage_backend

_site_stopped_option = click.option(
    "--stopped", is_flag=True, help="Do not wait for changes in progress: the site is stopped."
)
_recheck_option = click.option(
    "--recheck-after",
    default=30.0,
    show_default=True,
    help="Seconds to wait before checking again what a change in progress could explain.",
)
_sidecars_option = click.option(
    "--sidecars", is_flag=True, help="Also read every sidecar, with one read for each photo."
)


@click.command()
@_sidecars_option
@click.option("--deep", is_flag=True, help="Also read and decode every object, even in the trash.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@_site_stopped_option
@_recheck_option
@report_storage_errors()
@with_appcontext
def check(
    *, sidecars: bool, deep: bool, as_json: bool, stopped: bool, recheck_after: float
) -> None:
    """Compare records, objects, listings, counters and albums.

    You can run this command while the site is running. The exit status is 1 if there is a finding.
    """
    with recorded(RunKind.CHECK) as tally:
        require_catalog()
        for finding in _findings(_integrity_check(sidecars, stopped, recheck_after), deep=deep):
            tally.findings[finding.kind] += 1
            line = f"{finding.kind}: {finding.detail}"
            click.echo(json.dumps(asdict(finding)) if as_json else line)
    found = tally.findings.total()
    if not as_json:
        click.echo("No problems found." if not found else f"{found} findings.")
    if found:
        raise SystemExit(1)


@click.command()
@click.option("--apply", is_flag=True, help="Make the changes instead of only printing them.")
@_sidecars_option
@click.option("--hide-broken", is_flag=True, help="Hide photos whose objects are lost.")
@click.option(
    "--all-orphans",
    is_flag=True,
    help="Move photos without a record to the trash, even if a table seems lost.",
)
@_site_stopped_option
@_recheck_option
@report_storage_errors()
@with_appcontext
def repair(
    *,
    apply: bool,
    sidecars: bool,
    hide_broken: bool,
    all_orphans: bool,
    stopped: bool,
    recheck_after: float,
) -> None:
    """Repair the findings of `check`. No repair loses a photo.

    Without --apply, the command only prints the repairs. The exit status is 1 if a problem remains.
    """
    check = _integrity_check(sidecars, stopped, recheck_after)
    repaired = remaining = 0
    with recorded(RunKind.CHECK, is_stored=apply) as tally:
        maintenance.require_current_keys(storage_backend().objects)
        if not all_orphans:
            require_catalog()
        for action in maintenance.Repair(check, hide_broken=hide_broken, all_orphans=all_orphans):
            if _report_and_run(action, tally, apply=apply):
                repaired += 1
            else:
                remaining += 1
    click.echo(_summary(repaired, remaining, apply=apply))
    if remaining:
        raise SystemExit(1)


@click.command()
@click.option("--apply", is_flag=True, help="Make the changes instead of only printing them.")
@report_storage_errors()
@with_appcontext
def purge(*, apply: bool) -> None:
    """Permanently delete photos that have been in the trash for 30 days.

    This also happens without the command. With SQLite, the site deletes these photos when it starts
    and once a day. On AWS, rules of S3 and DynamoDB delete them.
    """
    maintenance.require_current_keys(storage_backend().objects)
    if apply:
        purged = photo_service().purge(partial(with_progress, "photos deleted"))
        click.echo(f"{purged} photos deleted permanently.")
        return
    now = int(datetime.now(UTC).timestamp())
    expired = sum(1 for _ in storage_backend().catalog.expired(now))
    click.echo(f"{expired} photos have been in the trash for 30 days. To delete: purge --apply")


def _report_and_run(action: maintenance.RepairAction, tally: RunTally, *, apply: bool) -> bool:
    """Print an action and its findings. Return whether it has repaired them."""
    for finding in action.findings:
        tally.findings[finding.kind] += 1
        click.echo(f"{finding.kind}: {finding.detail}")
    problem = action.run() if apply else ""
    reason = f" ({problem})" if problem and action.apply else ""
    click.echo(f"  → {action.description}{reason}")
    is_repaired = apply and not problem
    if is_repaired:
        tally.repaired += len(action.findings)
    return is_repaired


def _integrity_check(
    sidecars: bool,  # noqa: FBT001  the command's options, in order
    stopped: bool,  # noqa: FBT001
    recheck_after: float,
) -> maintenance.IntegrityCheck:
    return maintenance.IntegrityCheck(
        storage_backend(),
        recheck_after=0 if stopped else recheck_after,
        upload_grace=timedelta(0) if stopped else maintenance.UPLOAD_GRACE,
        sidecars=sidecars,
        progress=with_progress,
        sleep=sleep_with_notice,
    )


def _findings(check: maintenance.IntegrityCheck, *, deep: bool) -> Iterator[maintenance.Finding]:
    yield from check
    if deep:
        from app.imaging.verify import decodability_check  # noqa: PLC0415  needs Pillow

        photos = with_progress("photos read", storage_backend().catalog.photos())
        with decodability_check(maintenance.PHOTOS_AT_ONCE) as is_decodable:
            yield from maintenance.find_undecodable(storage_backend(), photos, is_decodable)


def _summary(repaired: int, remaining: int, *, apply: bool) -> str:
    if not (repaired or remaining):
        return "No problems found."
    if apply:
        return f"{repaired} repaired, {remaining} not repaired."
    return f"{remaining} problems. To repair them: repair --apply"
