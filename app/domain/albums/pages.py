"""Pages of an album, and of lists of albums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

from app.domain.albums.album import Album
from app.domain.photo_summary import PhotoSummary

Placed: TypeAlias = tuple[str, PhotoSummary]  # a position in an album, and the photo there


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """One page of an album.

    Attributes:
        album: The album.
        cover: The cover. None if it is not public, or if this is not the first page.
        summaries: The photos, in the order of the album.
        next: The position after which the next page starts, None if there is none.
        previous: The position before which the previous page ends, None if there is none.
        positions: The positions of the photos.
    """

    album: Album
    cover: PhotoSummary | None
    summaries: tuple[PhotoSummary, ...]
    next: str | None
    previous: str | None
    positions: tuple[str, ...]

    @classmethod
    def of(
        cls,
        album: Album,
        cover: PhotoSummary | None,
        found: Sequence[Placed],
        limit: int,
        *,
        before: str | None,
        after: str | None,
    ) -> Self:
        """Return the page of the photos next to a cursor.

        Args:
            album: The album.
            cover: The cover.
            found: The photos, nearest first. There is one more than `limit` if there are more.
            limit: The size of the page.
            before: The cursor of a page of earlier photos. It takes precedence.
            after: The cursor of a page of later photos.
        """
        shown = found[:limit]
        positions = tuple(position for position, _ in shown)
        summaries = tuple(summary for _, summary in shown)
        furthest = positions[-1] if len(found) > limit else None
        nearest = positions[0] if positions and (before or after) else None
        if before:
            return cls(album, cover, summaries[::-1], nearest, furthest, positions[::-1])
        return cls(album, cover, summaries, furthest, nearest, positions)


@dataclass(frozen=True, slots=True)
class AlbumTile:
    """An album and its cover. It has no cover if the album has no photo that is public."""

    album: Album
    cover: PhotoSummary | None


@dataclass(frozen=True, slots=True)
class AlbumList:
    """One page of a list of albums, newest first.

    Attributes:
        tiles: The albums.
        older: The id of the last album of the page, None if there is no next page.
    """

    tiles: tuple[AlbumTile, ...]
    older: str | None

    @classmethod
    def of(cls, albums: Sequence[Album], covers: Mapping[str, PhotoSummary], limit: int) -> Self:
        """Return the page of the first `limit` albums. There is one more if there are more.

        Args:
            albums: The albums, newest first.
            covers: The covers by the id of the album.
            limit: The size of the page.
        """
        shown = albums[:limit]
        tiles = tuple(AlbumTile(album, covers.get(album.album_id)) for album in shown)
        return cls(tiles, shown[-1].album_id if len(albums) > limit else None)

    def with_covers(self, covers: Mapping[str, PhotoSummary]) -> "AlbumList":
        """Return the page with other covers, by the id of the album."""
        tiles = tuple(AlbumTile(tile.album, covers.get(tile.album.album_id)) for tile in self.tiles)
        return replace(self, tiles=tiles)
