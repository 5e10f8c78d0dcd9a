"""Tell an edit of a record from a change that no form shows.

A record of which another request changes only the checksum, the state or the cover gets a new
version too. A form that was opened before does not conflict with such a change.
"""

from collections.abc import Iterable
from typing import Protocol


class Versioned(Protocol):
    """The record of a photo or an album."""

    @property
    def version(self) -> int:
        """The number of the version. Each change of the record adds one."""

    @property
    def edited_version(self) -> int | None:
        """The version of the last edit. None if that is this version."""


def last_edit(record: Versioned) -> int:
    """Return the version since which the fields of the form are as they are now."""
    return record.version if record.edited_version is None else record.edited_version


def last_edit_before(before: Versioned, after: Versioned, form_fields: Iterable[str]) -> int | None:
    """Return the `edited_version` of the version `after`, which follows `before`."""
    is_edit = any(getattr(before, name) != getattr(after, name) for name in form_fields)
    return None if is_edit else last_edit(before)


def is_edit(after: Versioned) -> bool:
    """Return whether a version differs from the one before it in a field of the form."""
    return after.edited_version is None


def is_conflict(version: int, current: Versioned, after: Versioned) -> bool:
    """Return whether a form would undo an edit that it does not show.

    A form that is sent twice changes nothing the second time, so it does not conflict with itself.

    Args:
        version: The version that the form was filled from. One that does not exist yet is forged.
        current: The record as it is now.
        after: The next version, with the content of the form.
    """
    if not 0 < version <= current.version:
        return True
    return is_edit(after) and version < last_edit(current)
