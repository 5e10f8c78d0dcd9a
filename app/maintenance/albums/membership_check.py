"""Compare the albums that a photo names with the records of these albums."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domain import object_keys
from app.domain.albums.memberships import Membership
from app.domain.photo import Photo
from app.maintenance.albums.snapshot import find_album
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.snapshot import find_or_none
from app.services.ports import Backend


@dataclass(frozen=True, slots=True)
class MembershipMismatch:
    """A photo that names an album that does not exist, or is wrongly marked as a cover.

    Attributes:
        photo: The photo.
        albums: Its memberships as they should be.
        findings: The mismatches.
    """

    photo: Photo
    albums: tuple[Membership, ...]
    findings: tuple[Finding, ...]


def find_membership_mismatch(backend: Backend, photo_id: str) -> MembershipMismatch | None:
    """Return the mismatches of the memberships of a photo, None if there are none."""
    photo = find_or_none(backend.catalog, photo_id)
    if photo is None:
        return None
    right = tuple(_right_memberships(backend, photo))
    findings = tuple(_findings(photo, right))
    return MembershipMismatch(photo, right, findings) if findings else None


def _right_memberships(backend: Backend, photo: Photo) -> Iterator[Membership]:
    for membership in photo.albums:
        album = find_album(backend, membership.album_id)
        if album is None:
            if backend.objects.exists(object_keys.album_sidecar(membership.album_id)):
                yield membership  # the album may come back
            continue
        is_cover = album.cover == photo.photo_id
        yield replace(membership, cover=album.visibility if is_cover else None)


def _findings(photo: Photo, right: tuple[Membership, ...]) -> Iterator[Finding]:
    expected = {membership.album_id: membership for membership in right}
    for membership in photo.albums:
        album_id = membership.album_id
        detail = f"{photo.photo_id} in album {album_id}"
        if album_id not in expected:
            yield Finding(FindingKind.UNKNOWN_ALBUM, detail, photo.photo_id)
        elif membership != expected[album_id]:
            shown, right_cover = (it.cover or "none" for it in (membership, expected[album_id]))
            wrong = f"{detail}: cover is {shown}, expected {right_cover}"
            yield Finding(FindingKind.COVER_MISMATCH, wrong, photo.photo_id)
