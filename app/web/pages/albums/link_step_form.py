"""Define the form that continues to move the photos of an album after its link has changed."""

from wtforms import HiddenField

from app.domain.albums.album import Album
from app.web.album_forms import AlbumStepForm
from app.web.context import album_links


class LinkStepForm(AlbumStepForm):
    """How far the photos of an album have followed its link, and which change they follow."""

    link_change = HiddenField()

    @property
    def continues(self) -> bool:
        """Whether the form goes on with a change that was made before, and makes none."""
        return self.position is not None or bool(self.link_change.data)

    def is_of(self, album: Album) -> bool:
        """Return whether the link has not changed since the first photo followed."""
        return self.link_change.data == change_of(album)


def change_of(album: Album) -> str:
    """Return a name for the last change of the link. The end of its time is one too."""
    state = "open" if album_links().is_open(album) else "closed"
    return f"{state} {album.ends_at} {album.settle_at}"
