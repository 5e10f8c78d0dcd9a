"""The part that all listings have in common that are newest first."""

from typing import Any

from app.domain.pages import Neighbors
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.web.listings.cursors import PHOTO_IDS, Cursors


class NewestFirst:
    """A listing that is newest first. In the order of upload, its cursors are photo ids."""

    __slots__ = ()

    is_newest_first = True

    @property
    def cursors(self) -> Cursors:
        """The cursors of the listing."""
        return PHOTO_IDS

    def is_cursor(self, text: str) -> bool:
        """Return whether the text may be a cursor."""
        return self.cursors.is_cursor(text)

    def cursor_at(self, summary: PhotoSummary) -> str:
        """Return the cursor at a photo."""
        return self.cursors.of(summary)

    def page_ending_with(
        self,
        photo: Photo,  # noqa: ARG002  other listings need it
        neighbors: Neighbors,
    ) -> dict[str, Any]:
        """Return the cursor of the page that ends with a photo. The first page has none."""
        if neighbors.newer is None:
            return {}
        older = neighbors.older
        return {"after": self.cursors.of(older) if older else self.cursors.first}

    def cursor_before(
        self,
        photo: Photo,  # noqa: ARG002  other listings need it
        neighbors: Neighbors,
    ) -> str | None:
        """Return the cursor of the page that begins with a photo. The first page has none."""
        return self.cursors.of(neighbors.newer) if neighbors.newer else None
