"""The operator's commands: `flask --app app …`."""

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from app.cli import backup, integrity
from app.config import Config
from app.domain.errors import StorageError
from app.web.context import app_context

if TYPE_CHECKING:
    from app.provisioning import Destroyer, Provisioner, ProvisioningStep, StepResult


@click.command()
@with_appcontext
def limits() -> None:
    """Print the limits that a web server in front has to know, one NAME=value a line."""
    click.echo(f"MAX_REQUEST_MB={app_context().config.max_request_mb}")


@click.command()
@click.option(
    "--plan",
    is_flag=True,
    help="Print what would be done and the IAM actions it needs; touch nothing.",
)
@with_appcontext
def provision(*, plan: bool) -> None:
    """Make bucket and tables fit for Shoebox. Run it as often as you like: what is there already stays."""
    provisioner = _provisioner(app_context().config)
    if plan:
        for step in provisioner.steps():
            click.echo(step.title)
        click.echo("\nIAM actions needed:\n  " + "\n  ".join(provisioner.actions()))
        return
    outcomes = [_run_step(step) for step in provisioner.steps()]
    if not all(outcome.ok for outcome in outcomes):
        raise SystemExit(1)


@click.command()
@click.option(
    "--unprotect", is_flag=True, help="Go ahead although the tables are protected from deletion."
)
@with_appcontext
def destroy(*, unprotect: bool) -> None:
    """Delete every photo, both tables and the bucket, for good. Asks for the bucket's name before."""
    destroyer, bucket = _destroyer(app_context().config), app_context().config.photo_bucket
    try:
        inventory = destroyer.inventory()
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    click.echo("This deletes for good:\n  " + "\n  ".join(inventory.lines))
    if inventory.protected and not unprotect:
        raise click.ClickException(
            "The tables are protected from deletion. To delete them all the same: --unprotect"
        )
    if click.prompt("The bucket's name, to go ahead", default="", show_default=False) != bucket:
        raise click.ClickException("That is not its name. Nothing was deleted.")
    for step in destroyer.steps():
        _run_step(step)


def _provisioner(config: Config) -> "Provisioner":
    if not (config.photo_bucket and config.photo_table and config.aws_region):
        raise click.UsageError(
            "There is nothing to provision here: set PHOTO_BUCKET, PHOTO_TABLE and AWS_REGION."
        )
    from app.provisioning import Provisioner  # noqa: PLC0415
    from app.storage.aws import client_factory, s3  # noqa: PLC0415  the embedded home does without boto3

    clients = client_factory.create_provisioning_clients(config.aws_region, config.aws_endpoint_url)
    return Provisioner(
        s3=clients.s3,
        dynamodb=clients.dynamodb,
        s3control=clients.s3control,
        sts=clients.sts,
        bucket=config.photo_bucket,
        table=config.photo_table,
        region=config.aws_region,
        base_url=s3.public_base_url(
            config.photo_bucket, config.aws_region, config.aws_endpoint_url, None
        ),
        custom_endpoint=config.aws_endpoint_url is not None,
    )


def _destroyer(config: Config) -> "Destroyer":
    if not (config.photo_bucket and config.photo_table and config.aws_region):
        raise click.UsageError(
            f"There is nothing on AWS to destroy here. Photos are kept in {config.photo_dir}."
        )
    from app.provisioning import Destroyer  # noqa: PLC0415
    from app.storage.aws import client_factory  # noqa: PLC0415  the embedded home does without boto3

    clients = client_factory.create_provisioning_clients(config.aws_region, config.aws_endpoint_url)
    return Destroyer(
        s3=clients.s3,
        dynamodb=clients.dynamodb,
        bucket=config.photo_bucket,
        table=config.photo_table,
    )


def _run_step(step: "ProvisioningStep") -> "StepResult":
    click.echo(f"{step.title} … ", nl=False)
    try:
        outcome = step.run()
    except StorageError as error:
        click.echo("failed")
        raise click.ClickException(str(error)) from error
    click.echo(f"{outcome.effect}. {outcome.detail}".rstrip())
    return outcome


COMMANDS: tuple[click.Command, ...] = (
    limits,
    provision,
    destroy,
    integrity.check,
    integrity.repair,
    integrity.purge,
    integrity.audit,
    backup.rebuild,
    backup.export,
    backup.import_,
)
