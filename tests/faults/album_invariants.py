"""Invariants of albums after a fault or a race."""

from functools import partial

from app.domain.errors import AlbumNotFound, PhotoBusy
from app.domain.photo_summary import PhotoState
from app.maintenance import Repair
from app.maintenance.findings import FindingKind
from app.services.ports import Backend
from tests.faults import invariants
from tests.faults.album_operations import AlbumOperation, Scene
from tests.faults.restartable_site import RestartableSite

# Besides those of photos. A cover may be marked before its album names it, or afterwards.
REPAIRABLE = invariants.REPAIRABLE | {FindingKind.COVER_MISMATCH, FindingKind.UNKNOWN_ALBUM}


def assert_albums_show_their_public_photos(backend: Backend) -> None:
    """Each album shows all of its public photos as they are now, and no other photo."""
    photos = list(backend.catalog.photos())
    for album in backend.albums.all():
        page = backend.albums.page(album.album_id, 99)
        members = [
            photo.summary
            for photo in photos
            if photo.state is PhotoState.PUBLIC and photo.membership_in(album.album_id)
        ]
        shown = sorted(page.summaries, key=lambda summary: summary.photo_id)
        assert shown == sorted(members, key=lambda summary: summary.photo_id)
        assert page.cover is None or page.cover in members
        if album.guest_code:
            assert backend.albums.with_guest_code(album.guest_code) == album
    for tile in backend.albums.public(99).tiles:
        assert tile.album.is_public
        assert tile.album == backend.albums.get(tile.album.album_id)


def assert_nothing_is_lost(site: RestartableSite, scene: Scene) -> None:
    """Every photo is there, and no album is gone but the one that is to be deleted."""
    photos = {photo.photo_id for photo in site.backend.catalog.photos()}
    assert photos == {scene.cover, scene.second, scene.other}
    albums = {album.album_id for album in site.backend.albums.all()}
    assert {scene.album_id, scene.empty_id} - albums <= {scene.album_id}


def assert_repairable(site: RestartableSite) -> None:
    """One repair corrects everything. Albums that have a cover have one."""
    if site.is_known("clean albums"):
        return
    steps = [(step.findings, step.run()) for step in Repair(invariants.check(site))]
    assert [problem for _, problem in steps if problem] == []
    assert {finding.kind for findings, _ in steps for finding in findings} <= REPAIRABLE, steps
    if steps and not site.is_known("clean albums"):
        assert list(invariants.check(site)) == []
    invariants.assert_only_public_photos_are_public(site)
    assert_albums_show_their_public_photos(site.backend)
    photos = list(site.backend.catalog.photos())
    for album in site.backend.albums.all():
        memberships = {photo.photo_id: photo.membership_in(album.album_id) for photo in photos}
        covers = {name: it.cover for name, it in memberships.items() if it and it.cover}
        assert covers == ({album.cover: album.visibility} if album.cover else {})
    site.note("clean albums")


def assert_recovers(
    site: RestartableSite, operation: AlbumOperation, scene: Scene, *, repair_first: bool
) -> None:
    """Restart, repair and do it again, or in the other order."""
    assert_albums_show_their_public_photos(site.backend)
    assert_nothing_is_lost(site, scene)
    if repair_first:
        assert_repairable(site)
    quality = f"{operation} can be done again"
    if not site.is_known(quality):  # most repaired states are equal
        site.note(quality, partial(_assert_done_again, site, operation, scene))


def _assert_done_again(site: RestartableSite, operation: AlbumOperation, scene: Scene) -> None:
    was_done = operation.is_done(site.backend, scene)
    try:
        operation.run(site.services, scene)
    except PhotoBusy:  # a lease of a process that was killed
        site.later += invariants.LEASE
        operation.run(site.services, scene)
    except AlbumNotFound:
        assert was_done
    assert operation.is_done(site.backend, scene)
    assert_repairable(site)
    assert_nothing_is_lost(site, scene)
