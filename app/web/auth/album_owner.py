"""Whether the visitor owns the album of a photo."""

from contextlib import suppress

from app.domain.albums.memberships import Membership
from app.domain.errors import AlbumNotFound
from app.web.auth import contributor_cookie
from app.web.context import album_service


def is_album_owner(membership: Membership) -> bool:
    """Return whether the visitor owns the album of a membership, with one read."""
    with suppress(AlbumNotFound):
        return contributor_cookie.owns(album_service().get(membership.album_id))
    return False
