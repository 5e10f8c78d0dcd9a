"""The operator's commands: `flask --app app …`."""

import click

from app.cli import audit, backup, import_command, integrity, provisioning

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
    import_command.import_,
)
