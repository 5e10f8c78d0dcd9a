"""Moves of photos that no request waits for: interrupted ones, and the emptying of the trash."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress

from app.domain import object_keys
from app.domain.errors import EditConflict, PhotoBusy, PhotoNotFound, StorageError
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.services.photo_moves import PhotoMoves
from app.services.ports import Backend, Catalog

log = logging.getLogger(__name__)

_PAGE = 100  # photos in one read


def finish_moves(catalog: Catalog, moves: PhotoMoves) -> int:
    """Complete moves that were interrupted, and return their number.

    An interrupted restore leaves the photo deleted, and an interrupted `unhide` hidden.
    """
    finished = 0
    for summary in _summaries(catalog, object_keys.MOVING_LISTING):
        photo = _find(catalog, summary.photo_id)
        if photo and moves.is_interrupted(photo):
            finished += _complete(moves, photo)
    return finished


def move_hidden(backend: Backend, moves: PhotoMoves) -> int:
    """Move photos that were hidden by 0.1.0-rc.1, and return their number.

    That version left the objects of hidden photos in the public prefix.
    """
    moved = 0
    stored = backend.objects.list(object_keys.HIDDEN_PREFIX)
    with_objects = {object_keys.photo_id_of(found.key) for found in stored}
    for summary in _summaries(backend.catalog, object_keys.HIDDEN_LISTING):
        if summary.photo_id in with_objects:
            continue
        photo = _find(backend.catalog, summary.photo_id)
        if photo and photo.state is PhotoState.HIDDEN and photo.lease_expires_at is None:
            moved += _complete(moves, photo)
    return moved


def purge(moves: PhotoMoves, photos: Iterable[Photo]) -> int:
    """Delete expired photos permanently, and return their number."""
    purged = 0
    for photo in photos:
        with suppress(PhotoBusy, EditConflict):  # a concurrent request restores it
            moves.purge(photo)
            purged += 1
    return purged


def _summaries(catalog: Catalog, listing: str) -> Iterator[PhotoSummary]:
    page = catalog.page(listing, _PAGE)
    yield from page.summaries
    while page.older:
        page = catalog.page(listing, _PAGE, before=page.older)
        yield from page.summaries


def _find(catalog: Catalog, photo_id: str) -> Photo | None:
    with suppress(PhotoNotFound):
        return catalog.get(photo_id)
    return None


def _complete(moves: PhotoMoves, photo: Photo) -> bool:
    """Complete the move of one photo. Return whether this call did it."""
    try:
        moves.complete(photo)
    except (PhotoBusy, EditConflict):
        return False  # another process was faster
    except PhotoNotFound:
        return True  # it was a permanent deletion
    except StorageError:
        log.exception("the move of photo %s cannot be completed", photo.photo_id)
        return False
    return True
