"""Define the form that continues to move the photos of an album after a change of its link."""

from wtforms import HiddenField

from app.domain.albums.album import Album
from app.web.album_forms import AlbumStepForm
from app.web.context import album_links


class LinkStepForm(AlbumStepForm):
    """The last photo that has followed the link of an album, and the change that it followed."""

    link_change = HiddenField()

    @property
    def continues(self) -> bool:
        """Whether the form continues a change of the link that an earlier request made."""
        return self.position is not None or bool(self.link_change.data)

    def is_of(self, album: Album) -> bool:
        """Return whether the link is unchanged since the first photo followed."""
        return self.link_change.data == change_of(album)


def change_of(album: Album) -> str:
    """Return a name for the last change of the link. Reaching its end is also a change."""
    state = "open" if album_links().is_open(album) else "closed"
    return f"{state} {album.ends_at} {album.settle_at}"
