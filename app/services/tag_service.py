"""The use cases of tags: list them, find them by their beginning, and show a photo of each."""

from collections.abc import Iterable, Mapping

from app.domain.photo_summary import PhotoSummary
from app.domain.tags import TagCount, TagPage, alphabetical, normalize_tag
from app.services.listings.tag_reader import TagReader
from app.services.ports import Catalog


class TagService:
    """The use cases of tags."""

    def __init__(self, catalog: Catalog, reader: TagReader) -> None:
        self._catalog = catalog
        self._reader = reader

    def most_used(self, limit: int) -> tuple[TagCount, ...]:
        """Return tags with their numbers of public photos, most used first, then by name."""
        found = self._catalog.most_used_tags(limit)
        return tuple(sorted(found, key=_by_use))

    def page(self, start: str, limit: int) -> TagPage:
        """Return tags with their numbers of public photos by code points: see `Catalog.tags`."""
        return self._catalog.tags(start, limit)

    def starting_with(self, text: str, limit: int) -> tuple[TagCount, ...]:
        """Return at most `limit` tags that are `text` or begin with it, by name.

        Of more, they are the first ones by code points.
        """
        beginning = normalize_tag(text)
        if not beginning:
            return ()
        found = self._catalog.tags(beginning, limit).tags
        matching = [counted for counted in found if counted.tag.startswith(beginning)]
        return tuple(sorted(matching, key=lambda counted: alphabetical(counted.tag)))

    def count(self, tag: str) -> int:
        """Return the number of public photos that have the tag."""
        return self._reader.count(tag)

    def covers(self, tags: Iterable[TagCount]) -> Mapping[str, PhotoSummary]:
        """Return a photo of each tag that has any: see `TagReader.covers`."""
        return self._reader.covers([counted.tag for counted in tags])


def _by_use(counted: TagCount) -> tuple[int, tuple[str, str]]:
    return -counted.count, alphabetical(counted.tag)
