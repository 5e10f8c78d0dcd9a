"""The operator's commands: `flask --app app …`."""

import click

from app.cli import audit, backup, integrity, provisioning

COMMANDS: tuple[click.Command, ...] = (
    provisioning.limits,
    provisioning.provision,
    provisioning.destroy,
    integrity.check,
    integrity.repair,
    integrity.purge,
    audit.audit,
    backup.rebuild,
    backup.export,
    backup.import_,
)
