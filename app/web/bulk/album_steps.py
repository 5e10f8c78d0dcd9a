"""Change all photos of an album, at most 100 in a request.

Each change may be repeated, so a form that is sent twice does no harm. A photo that a change moves
to another place of the album may be changed a second time, which leaves it as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.albums.album import Album
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_ids import MIN_ID
from app.web.bulk.each_photo import ItemError, apply_to_each
from app.web.bulk.steps import last_tried, while_time_remains
from app.web.context import album_links, album_service, review_service

MAX_PHOTOS = 100  # in a request
_START = f"0-{MIN_ID}"  # a position before all photos


@dataclass(frozen=True, slots=True)
class AlbumStep:
    """The result of one request.

    Attributes:
        after: The position after which the next request continues, None at the end of the album.
        done: The number of photos that were changed so far.
        errors: The photos that were not changed. Photos that are gone are not among them.
        has_progress: Whether a photo was tried, so that the next request does not repeat this one.
    """

    after: str | None
    done: int
    errors: list[ItemError]
    has_progress: bool

    @property
    def is_last(self) -> bool:
        """Whether every photo of the album is changed or gone."""
        return not (self.after or self.errors)


def sort_photos(album: Album, after: str | None, done: int) -> AlbumStep:
    """Give the next photos the keys of the order of the album."""
    return _run_step(album, lambda photo: album_service().sort(album, photo), after, done)


def settle_photos(album: Album, after: str | None, done: int) -> AlbumStep:
    """Let the next photos follow the links of their albums."""
    return _run_step(album, album_links().settle, after, done)


def remove_photos(album: Album, after: str | None, done: int) -> AlbumStep:
    """Remove the next photos from the album, and at its end those that wait for review."""

    def remove(photo: Photo) -> Photo:
        return album_service().remove(album.album_id, photo.photo_id)

    step = _run_step(album, remove, after, done)
    return _remove_pending(album, remove, step) if step.is_last else step


def _remove_pending(album: Album, remove: Callable[[Photo], Photo], shown: AlbumStep) -> AlbumStep:
    """Remove the next photos that wait for review, which no longer wait in this album then.

    Args:
        album: The album.
        remove: Removes one photo.
        shown: The step that has removed the last photos which the album shows.
    """
    page = review_service().pending(album.album_id, MAX_PHOTOS)
    photo_ids = [photo.photo_id for photo in page.photos]
    result = apply_to_each(while_time_remains(photo_ids), remove, require=lambda _photo: None)
    is_complete = page.older is None and last_tried(photo_ids, result) in {None, *photo_ids[-1:]}
    return AlbumStep(
        after=None if is_complete and not result.errors else _START,
        done=shown.done + len(result.changed),
        errors=[item for item in result.errors if not isinstance(item.error, PhotoNotFound)],
        has_progress=bool(result.changed) or shown.has_progress,
    )


def _run_step(
    album: Album, change: Callable[[Photo], Photo], after: str | None, done: int
) -> AlbumStep:
    """Change the next photos, until little time is left or the storage fails.

    Who may change the album may change which place the photos of others have in it.
    """
    page = album_service().page(album.album_id, MAX_PHOTOS, after=after)
    photo_ids = [summary.photo_id for summary in page.summaries]
    result = apply_to_each(while_time_remains(photo_ids), change, require=lambda _photo: None)
    last = last_tried(photo_ids, result)
    is_complete = not photo_ids or last == photo_ids[-1]  # else the storage or the time ended it
    reached = page.positions[photo_ids.index(last)] if last else after
    return AlbumStep(
        after=page.next if is_complete else reached or _START,
        done=done + len(result.changed),
        errors=[item for item in result.errors if not isinstance(item.error, PhotoNotFound)],
        has_progress=last is not None,
    )
