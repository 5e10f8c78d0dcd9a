"""The fields that every line of the log has, and texts without personal data."""

import re
from datetime import UTC, datetime
from enum import StrEnum

# Bounded, so that a long text takes linear time.
_E_MAIL_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


class ActorRole(StrEnum):
    """The roles in the log, from the least to the most powerful one."""

    VISITOR = "visitor"
    GUEST = "guest"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    TASK = "task"  # a command or a background task, outside of any request


RANKS = {role: rank for rank, role in enumerate(ActorRole)}


def timestamp(seconds: float) -> str:
    """Return a Unix time as an ISO time in UTC, with milliseconds."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def without_addresses(text: str) -> str:
    """Return a text without e-mail addresses, which a visitor may type into a URL."""
    return _E_MAIL_ADDRESS.sub("…@…", text)
