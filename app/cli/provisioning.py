"""Commands for the deployment: `limits`, `provision`, `destroy`."""

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from app.backends import aws_endpoints, aws_region
from app.cli.catalog import LOST
from app.config import Config
from app.domain.errors import StorageError
from app.maintenance import require_current_keys
from app.services.operations.lost_catalog import is_catalog_lost
from app.web.context import app_context, storage_backend

if TYPE_CHECKING:
    from app.provisioning import Destroyer, Provisioner, ProvisioningStep, StepResult


@click.command()
@with_appcontext
def limits() -> None:
    """Print the settings that deploy/install needs, one NAME=value per line."""
    config = app_context().config
    click.echo(f"MAX_REQUEST_MB={config.max_request_mb}")
    click.echo(f"WEEKLY_CHECK={'yes' if config.operations.weekly_check else 'no'}")


@click.command()
@click.option("--plan", is_flag=True, help="Print the steps and the IAM actions; change nothing.")
@with_appcontext
def provision(*, plan: bool) -> None:
    """Create and configure the bucket and the tables. It is safe to run this again."""
    provisioner = _provisioner(app_context().config)
    if plan:
        for step in provisioner.steps():
            click.echo(step.title)
        click.echo("\nIAM actions needed:\n  " + "\n  ".join(provisioner.actions()))
        return
    results = [_run_step(step) for step in provisioner.steps()]
    effects = {result.effect for result in results}
    if {"created", "not checked"} <= effects:
        raise click.ClickException(
            "The bucket or a table is new, and the settings that were not checked are not made. "
            "Attach policies/provisioning_policy.json to the role and run this again."
        )
    if "created" in effects and is_catalog_lost(storage_backend()):
        click.echo(LOST)
    _check_keys()
    if not all(result.ok for result in results):
        raise SystemExit(1)


@click.command()
@click.option("--unprotect", is_flag=True, help="Turn off the tables' deletion protection.")
@with_appcontext
def destroy(*, unprotect: bool) -> None:
    """Permanently delete all photos, the tables and the bucket.

    The command first asks for the name of the bucket.
    """
    config = app_context().config
    destroyer = _destroyer(config)
    try:
        inventory = destroyer.inventory()
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    click.echo("This permanently deletes:\n  " + "\n  ".join(inventory.lines))
    if inventory.protected and not unprotect:
        raise click.ClickException(
            "The tables have deletion protection. To delete them anyway: --unprotect"
        )
    name = click.prompt("Enter the bucket's name to confirm", default="", show_default=False)
    if name != config.photo_bucket:
        raise click.ClickException("That is not the bucket's name. Nothing was deleted.")
    for step in destroyer.steps():
        _run_step(step)


def _check_keys() -> None:
    """End the command if this version cannot read the keys: `upgrade` then stops no server."""
    try:
        require_current_keys(storage_backend().objects)
    except StorageError as error:
        raise click.ClickException(str(error)) from error


def _provisioner(config: Config) -> "Provisioner":
    if not (config.photo_bucket and config.photo_table):
        raise click.UsageError(
            "There is nothing to provision: set PHOTO_BUCKET, PHOTO_TABLE and AWS_REGION."
        )
    from app.provisioning import BucketAccess, Provisioner  # noqa: PLC0415  needs boto3
    from app.storage.aws import client_factory, s3  # noqa: PLC0415  needs boto3

    region, endpoints = aws_region(config), aws_endpoints(config)
    clients = client_factory.create_provisioning_clients(region, endpoints)
    is_public = config.operations.public_bucket
    cdn_url = None if is_public else config.media_base_url
    access = BucketAccess(None if is_public else config.cloudfront_distribution_id)
    return Provisioner(
        s3=clients.s3,
        dynamodb=clients.dynamodb,
        s3control=clients.s3control,
        sts=clients.sts,
        bucket=config.photo_bucket,
        table=config.photo_table,
        region=region,
        base_url=s3.public_base_url(clients.s3, config.photo_bucket, endpoints.s3, cdn_url),
        access=access,
        custom_endpoint=endpoints != client_factory.AWS,
    )


def _destroyer(config: Config) -> "Destroyer":
    if not (config.photo_bucket and config.photo_table):
        raise click.UsageError(
            f"There is nothing on AWS to destroy. The site is in {config.photo_dir}"
            f"{f' and in the bucket {config.photo_bucket}' if config.photo_bucket else ''}."
        )
    from app.provisioning import Destroyer  # noqa: PLC0415  needs boto3
    from app.storage.aws import client_factory  # noqa: PLC0415  needs boto3

    clients = client_factory.create_provisioning_clients(aws_region(config), aws_endpoints(config))
    return Destroyer(
        s3=clients.s3,
        dynamodb=clients.dynamodb,
        bucket=config.photo_bucket,
        table=config.photo_table,
    )


def _run_step(step: "ProvisioningStep") -> "StepResult":
    click.echo(f"{step.title} … ", nl=False)
    try:
        result = step.run()
    except StorageError as error:
        click.echo("failed")
        raise click.ClickException(str(error)) from error
    click.echo(f"{result.effect}. {result.detail}".rstrip())
    return result
