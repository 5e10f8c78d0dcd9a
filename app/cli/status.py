"""The command `status`."""

import json
from collections.abc import Iterator
from datetime import datetime

import click
from flask.cli import with_appcontext

from app.cli.output import printable
from app.domain.file_sizes import to_megabytes
from app.domain.usage import Usage
from app.services.operations.machine import Machine
from app.services.operations.run_results import RunKind, RunResult
from app.services.operations.site_status import SiteStatus
from app.web.operations.status import read_status

_UNKNOWN = "unknown"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def status(*, as_json: bool) -> None:
    """Print version, health, storage, queues and the last results of maintenance.

    The exit status is 1 if something needs your attention.
    """
    found = read_status()
    if as_json:
        click.echo(json.dumps(found.to_dict()))
    else:
        for label, text in _lines(found):
            name = f"{label}:" if label else ""
            click.echo(printable(f"{name:<13}{text}"))
    if found.problems:
        raise SystemExit(1)


def _lines(found: SiteStatus) -> Iterator[tuple[str, str]]:
    machine = found.machine
    yield "health", "; ".join(found.problems) or "good"
    for cause in found.causes:
        yield "", cause
    yield "release", machine.release
    yield "backend", found.backend
    yield "photos", _storage(found.kept)
    yield "trash", _storage(found.trashed)
    yield "queues", _queues(found)
    yield "disk", f"{to_megabytes(machine.disk_free):g} MB free"
    yield "certificate", _certificate(machine)
    for kind in RunKind:
        yield kind, _result(found.last.get(kind))
        for note in found.last[kind].notes if kind in found.last else ():
            yield "", note


def _certificate(machine: Machine) -> str:
    if machine.lacks_certificate:
        return "missing"
    ends = machine.certificate_ends
    return f"until {_time(ends)}" if ends else "none"


def _storage(counted: Usage | None) -> str:
    if counted is None:
        return _UNKNOWN
    return f"{counted.photos}, {to_megabytes(counted.bytes):g} MB of originals"


def _queues(found: SiteStatus) -> str:
    queues = found.queues
    if queues is None:
        return _UNKNOWN
    return f"{queues.moving} moving, {queues.pending} to review, {queues.reports} reports"


def _result(result: RunResult | None) -> str:
    if result is None:
        return "never"
    kinds = ", ".join(f"{kind} {count}" for kind, count in result.findings.items())
    end = "" if result.is_complete else ", did not end"
    return f"{_time(result.ended_at)}, {kinds or 'no findings'}, {result.repaired} repaired{end}"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
