"""The covers of albums among the records of photos."""

from collections.abc import Iterable, Sequence

from app.domain.albums.album import Album
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary


def covers_of(albums: Sequence[Album], photos: Iterable[Photo]) -> dict[str, PhotoSummary]:
    """Return the covers of albums by album id, for their owner. Each is a photo of its album."""
    by_id = {photo.photo_id: photo for photo in photos if photo.state.is_in_albums}
    return {album.album_id: by_id[album.cover].summary for album in albums if album.cover in by_id}
