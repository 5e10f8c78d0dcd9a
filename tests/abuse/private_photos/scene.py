"""A pending, an unlisted and a public photo of a guest, and the addresses of one of them."""

from dataclasses import dataclass
from urllib.parse import quote

from app.domain.albums.album import Album
from app.domain.photo import Photo
from app.web.auth.contributor_cookie import owner_hash

HOST = owner_hash("the host")
GUEST = owner_hash("the guest")
PENDING, UNLISTED, PUBLIC = "Quokka", "Wombat", "Heron"
TAKEN = {PENDING: "1987-03-01", UNLISTED: "1986-02-01", PUBLIC: "2026-11-01"}


@dataclass(frozen=True)
class Scene:
    """A pending, an unlisted and a public photo of a guest, in one album of a host."""

    album: Album
    photos: dict[str, Photo]
    bodies: dict[str, bytes]

    @property
    def inside(self) -> tuple[str, ...]:
        """The parts of the addresses that only those know who may open the album."""
        return (f"/albums/{self.album.album_id}", f"album:{self.album.album_id}")

    def is_inside(self, path: str) -> bool:
        """Return whether the path names the album."""
        return any(part in path or quote(part, safe="") in path for part in self.inside)


def is_of(scene: Scene, name: str, path: str) -> bool:
    """Return whether the path is that of one photo. Thanks for a report are the same for all."""
    is_thanks = path.endswith("/report/thanks")
    return path.startswith(f"/photos/{scene.photos[name].photo_id}") and not is_thanks
