"""Move the photos of albums whose links have ended or opened, for the background task.

Albums take turns, one page at a time, so a large album does not delay the others. Each process of
the site runs the task in random order, so that two processes seldom wait for the same photo.
"""

import logging
import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from app.domain.albums.album import Album
from app.domain.errors import AlbumNotFound, Busy, EditConflict, PhotoNotFound
from app.domain.photo_summary import PhotoState
from app.services.albums.catalog import AlbumCatalog
from app.services.moves.unlisted_photos import UnlistedPhotos

log = logging.getLogger(__name__)

_ALBUMS = 100  # in one run
_PHOTOS = 100  # in one turn
MOVES_AT_ONCE = 4  # photos; the threads that move their objects also serve uploads


@dataclass(slots=True)
class _Walk:
    """How many photos of an album have followed its link."""

    album: Album
    began: datetime
    after: str | None = None  # the position of the last photo
    is_complete: bool = True  # whether all photos up to there have followed


class DueLinks:
    """Moves photos, several in parallel.

    Args:
        albums: The records of the albums.
        photos: Makes single photos private or unlisted.
        finish: Records that all photos of an album have followed its link since a time.
        now: The clock.
        at_once: Photos that are moved at the same time.
    """

    def __init__(
        self,
        albums: AlbumCatalog,
        photos: UnlistedPhotos,
        finish: Callable[[Album, datetime], None],
        now: Callable[[], datetime],
        at_once: int,
    ) -> None:
        self._albums = albums
        self._photos = photos
        self._finish = finish
        self._now = now
        self._at_once = at_once

    def settle(self) -> int:
        """Let the photos of all due albums follow: one read if there is none.

        Return the number of albums whose photos all have.
        """
        due = self._albums.to_settle(self._now(), _ALBUMS)
        if not due:
            return 0
        in_turn = deque(_Walk(album, self._now()) for album in random.sample(due, len(due)))
        finished = 0
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="links") as pool:
            while in_turn:
                walk = in_turn.popleft()
                is_last = self._take_turn(walk, pool)
                if is_last:
                    finished += walk.is_complete
                else:
                    in_turn.append(walk)
        return finished

    def _take_turn(self, walk: _Walk, pool: ThreadPoolExecutor) -> bool:
        """Move the next photos of an album. Return whether they are the last ones.

        If the storage seems to fail for all of them, the next run continues.
        """
        try:
            self._settle_page(walk, pool)
            if walk.after is None and walk.is_complete:
                self._finish(walk.album, walk.began)
        except AlbumNotFound:
            return True
        except Exception:  # an error of this album must not stop the others
            log.exception("the photos of album %s follow its link later", walk.album.album_id)
            walk.is_complete = False
            return True
        return walk.after is None

    def _settle_page(self, walk: _Walk, pool: ThreadPoolExecutor) -> None:
        page = self._albums.page(walk.album.album_id, _PHOTOS, after=walk.after)
        is_open = walk.album.is_open(walk.began)
        wrong_state = PhotoState.PRIVATE if is_open else PhotoState.UNLISTED
        to_move = [photo.photo_id for photo in page.summaries if photo.state is wrong_state]
        settled = list(pool.map(self._settle_photo, random.sample(to_move, len(to_move))))
        walk.is_complete = walk.is_complete and all(settled)
        storage_fails = len(settled) > 1 and not any(settled)
        walk.after = None if storage_fails else page.next

    def _settle_photo(self, photo_id: str) -> bool:
        """Make a photo private or unlisted. Return False if the next run has to try again."""
        try:
            self._photos.settle(photo_id)
        except PhotoNotFound:
            return True
        except (Busy, EditConflict):
            return False
        except Exception:  # an error of this photo must not stop the others
            log.exception("photo %s follows the link of its album later", photo_id)
            return False
        return True
