"""The operator's commands: `flask --app app …`."""

import sys
import urllib.request
from collections.abc import Callable
from http.client import OK
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import caretaker
from app.config import Config
from app.domain.errors import StorageError
from app.web.site import library, site

if TYPE_CHECKING:
    from app.adapters.provision import Outcome, Provisioner, Step


@click.command()
@with_appcontext
def limits() -> None:
    """Print the limits that a web server in front has to know, one NAME=value a line."""
    click.echo(f"MAX_FORM_MB={site().config.max_form_mb}")


@click.command()
@click.option("--plan", is_flag=True, help="Print what would be done and the IAM actions it needs; touch nothing.")
@with_appcontext
def provision(*, plan: bool) -> None:
    """Make bucket and tables fit for Shoebox. Run it as often as you like: what is there already stays."""
    provisioner = _provisioner(site().config)
    if plan:
        for step in provisioner.steps():
            click.echo(step.title)
        click.echo("\nIAM actions needed:\n  " + "\n  ".join(provisioner.actions()))
        return
    outcomes = [_run(step) for step in provisioner.steps()]
    if not all(outcome.ok for outcome in outcomes):
        raise SystemExit(1)


@click.command()
@click.option("--records", is_flag=True, help="Read every record sidecar too: one read a photo.")
@with_appcontext
def check(*, records: bool) -> None:
    """Name photos without objects, objects without a photo, and listings that drifted. Exit 1 if there is one."""
    found = 0
    findings: list[Any] = [caretaker.Check(library())]
    if records:
        findings.append(caretaker.stale_records(library(), library().catalog.photos()))
    for finding in (finding for source in findings for finding in source):
        click.echo(f"{finding.kind}: {finding.what}")
        found += 1
    click.echo("Everything is in its place." if not found else f"{found} findings.")
    if found:
        raise SystemExit(1)


@click.command()
@with_appcontext
def audit() -> None:
    """Read every public object as a stranger does, and name those that tell a place or a serial number.

    Exit 1 if there is one. A place is fine where KEEP_LOCATION is on.
    """
    from app.adapters.auditing import private_facts  # noqa: PLC0415  Pillow's only user among the commands

    read = findings = 0
    for key, wrong in caretaker.audit(library(), _fetcher(), private_facts):
        read += 1
        for finding in wrong:
            if not (finding.kind == "location" and site().config.keep_location):
                click.echo(f"{finding.kind}: {finding.what}")
                findings += 1
        if sys.stderr.isatty():
            click.echo(f"\r{read} objects read, at {key} ", nl=False, err=True)
    click.echo(f"{read} objects read: {findings} findings.")
    if findings:
        raise SystemExit(1)


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def import_(folder: Path) -> None:
    """Publish every photo below FOLDER. Run it again to go on: what is there already is skipped."""
    paths = caretaker.files_in(folder)
    outcomes = []
    with click.progressbar(paths, label="Importing", item_show_func=lambda path: path.name if path else "") as bar:
        outcomes = [caretaker.import_file(library(), path) for path in bar]
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(f"{outcome.path}: {outcome.error}", err=True)
    skipped = sum(outcome.earlier for outcome in outcomes)
    click.echo(f"{len(outcomes) - skipped - len(failed)} added, {skipped} here already, {len(failed)} failed.")
    if failed:
        raise SystemExit(1)


def _fetcher() -> Callable[[str], bytes]:
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


def _provisioner(config: Config) -> "Provisioner":
    if not (config.photo_bucket and config.photo_table and config.aws_region):
        raise click.UsageError("There is nothing to provision here: set PHOTO_BUCKET, PHOTO_TABLE and AWS_REGION.")
    from app.adapters import aws, s3  # noqa: PLC0415  the embedded home does without boto3
    from app.adapters.provision import Provisioner  # noqa: PLC0415

    clients = aws.provisioning_clients(config.aws_region, config.aws_endpoint_url)
    return Provisioner(
        s3=clients.s3,
        dynamodb=clients.dynamodb,
        s3control=clients.s3control,
        sts=clients.sts,
        bucket=config.photo_bucket,
        table=config.photo_table,
        region=config.aws_region,
        base_url=s3.public_base_url(config.photo_bucket, config.aws_region, config.aws_endpoint_url, None),
        custom_endpoint=config.aws_endpoint_url is not None,
    )


def _run(step: "Step") -> "Outcome":
    click.echo(f"{step.title} … ", nl=False)
    try:
        outcome = step.run()
    except StorageError as error:
        click.echo("failed")
        raise click.ClickException(str(error)) from error
    click.echo(f"{outcome.effect}. {outcome.detail}".rstrip())
    return outcome


COMMANDS: tuple[click.Command, ...] = (limits, provision, check, audit, import_)
