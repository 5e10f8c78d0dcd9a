"""Moves of photos that no request waits for: interrupted ones, and the emptying of the trash."""

import logging
from collections.abc import Iterable
from contextlib import suppress

from app.domain import object_keys
from app.domain.errors import EditConflict, PhotoBusy, PhotoNotFound, StorageError
from app.domain.photo import Photo
from app.services.photo_moves import PhotoMoves
from app.services.ports import Catalog

log = logging.getLogger(__name__)

_PAGE = 100  # photos in one read


def finish_moves(catalog: Catalog, moves: PhotoMoves) -> int:
    """Complete moves that were interrupted, and return their number.

    An interrupted restore leaves the photo deleted, and an interrupted `unhide` hidden.
    """
    finished = 0
    page = catalog.page(object_keys.MOVING_LISTING, _PAGE)
    while True:
        for summary in page.summaries:
            finished += _finish_move(catalog, moves, summary.photo_id)
        if page.older is None:
            return finished
        page = catalog.page(object_keys.MOVING_LISTING, _PAGE, before=page.older)


def purge(moves: PhotoMoves, photos: Iterable[Photo]) -> int:
    """Delete expired photos permanently, and return their number."""
    purged = 0
    for photo in photos:
        with suppress(PhotoBusy, EditConflict):  # a concurrent request restores it
            moves.purge(photo)
            purged += 1
    return purged


def _finish_move(catalog: Catalog, moves: PhotoMoves, photo_id: str) -> bool:
    """Complete the move of one photo. Return whether this call did it."""
    try:
        photo = catalog.get(photo_id)
    except PhotoNotFound:
        return False
    if not moves.is_interrupted(photo):
        return False
    try:
        moves.complete(photo)
    except (PhotoBusy, EditConflict):
        return False  # another process was faster
    except PhotoNotFound:
        return True  # it was a permanent deletion
    except StorageError:
        log.exception("the move of photo %s cannot be completed", photo_id)
        return False
    return True
