"""The port of sessions and links that have ended, and of the valid cookies of contributors.

Over are sessions that were logged out, one-time links that were used, and albums that were deleted.
"""

from typing import Protocol


class SessionRevocations(Protocol):
    """The ids of sessions that were logged out, of used one-time links, and of deleted albums.

    Raises StorageUnavailable and StorageRefused as an object store does.
    """

    def revoke(self, session_id: str, until: int) -> bool:
        """Revoke the session, link or album until it expires by itself.

        Args:
            session_id: The random id of the session or link, or that of an album with a prefix.
            until: Unix time, in seconds, after which the revocation may be deleted.

        Returns:
            Whether this call revoked it. Of several calls, at the same time or later, one does.
        """

    def is_revoked(self, session_id: str) -> bool:
        """Return whether the session or link is revoked, with one read."""

    def generation_of(self, owner: str) -> str | None:
        """Return the only generation of a contributor's cookies that is valid, with one read.

        None if every one is valid: the contributor has never signed out other browsers.
        """

    def set_generation(self, owner: str, generation: str) -> None:
        """Let no cookie of a contributor be valid but those of this generation."""
