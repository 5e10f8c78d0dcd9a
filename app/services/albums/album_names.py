"""Find the photos of an album that were added under one name."""

from app.domain.albums.pages import AlbumPage, Placed
from app.services.albums.catalog import AlbumCatalog

PHOTOS_AT_ONCE = 100  # of one read
MAX_READS = 5  # for one page


def page_by(
    albums: AlbumCatalog, album_id: str, name: str, limit: int, after: str | None
) -> AlbumPage:
    """Return at most `limit` photos of an album that were added under a name.

    The page may have fewer photos, or none, even if the album has more: then it has a next page.
    This bounds the cost of a page of a long album.

    Args:
        albums: The albums.
        album_id: The album.
        name: The name of the contributor, as in the records of photos.
        limit: The size of the page.
        after: `next` of another page.

    Raises:
        AlbumNotFound: There is no such album.
    """
    found: list[Placed] = []
    for _ in range(MAX_READS):
        page = albums.page(album_id, PHOTOS_AT_ONCE, after=after)
        placed = zip(page.positions, page.summaries, strict=True)
        found += [(at, photo) for at, photo in placed if photo.contributor_name == name]
        after = page.next
        if after is None or len(found) > limit:
            break
    shown = found[:limit]
    cursor = shown[-1][0] if len(found) > limit else after
    return AlbumPage(
        album=page.album,
        cover=None,
        summaries=tuple(photo for _, photo in shown),
        next=cursor,
        previous=None,
        positions=tuple(at for at, _ in shown),
    )
