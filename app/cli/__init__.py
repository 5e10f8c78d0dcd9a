"""The operator's commands: `flask --app app …`."""

import click

from app.cli import (
    advisories,
    audit,
    backup,
    import_command,
    integrity,
    keys,
    provisioning,
    status,
    weekly,
)

COMMANDS: tuple[click.Command, ...] = (
    provisioning.limits,
    provisioning.provision,
    provisioning.destroy,
    integrity.check,
    integrity.repair,
    integrity.purge,
    audit.audit,
    advisories.advisories,
    weekly.weekly,
    status.status,
    backup.rebuild,
    backup.export,
    import_command.import_,
    keys.migrate_keys,
)
