"""The command `weekly`: check the site, for a timer or cron."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.advisories import advisories
from app.cli.audit import audit
from app.cli.integrity import check, repair
from app.cli.progress import report_storage_errors
from app.services.operations.run_results import RunKind, last_results
from app.web.context import app_context, storage_backend

_PAUSE = timedelta(days=1)  # another instance of the site has done it


@click.command()
@click.option("--force", is_flag=True, help="Run even if the site was checked less than a day ago.")
@report_storage_errors()
@with_appcontext
@click.pass_context
def weekly(context: click.Context, *, force: bool) -> None:
    """Run `check`, `audit` and `advisories`, and store their results for the admin's page.

    With CHECK_REPAIR, the command runs `repair --apply` instead of `check`. The exit status is 1 if
    one of the commands exits with 1.
    """
    if not force and _ran_lately():
        click.echo("The site was checked less than a day ago. To check it now: weekly --force")
        return
    steps: list[tuple[click.Command, dict[str, Any]]] = [(check, {})]
    if app_context().config.operations.check_repair:
        steps = [(repair, {"apply": True})]
    steps += [(audit, {}), (advisories, {})]
    results = [_succeeds(context, command, options) for command, options in steps]
    if not all(results):
        raise SystemExit(1)


def _ran_lately() -> bool:
    """Return whether check and audit both reached their end, here or on another instance."""
    last = last_results(storage_backend().run_results)
    runs = [last.get(kind) for kind in (RunKind.CHECK, RunKind.AUDIT)]
    now = datetime.now(UTC)
    return all(run and run.is_complete and run.is_within(_PAUSE, now) for run in runs)


def _succeeds(context: click.Context, command: click.Command, options: dict[str, Any]) -> bool:
    """Run a command. A command that fails must not stop the next one."""
    click.echo(f"{command.name}:")
    try:
        context.invoke(command, **options)
    except click.ClickException as error:
        error.show()
        return False
    except SystemExit as end:
        return not end.code
    return True
