"""The operations on a photo: preparation, form, and expected result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.domain.albums.album import Album
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from tests.faults.restartable_site import Answer, RestartableSite
from tests.maintenance.conftest import upload

TEXT = {"title": "Pier", "tags": "sea", "description": "", "alt": ""}


Send = Callable[[], Answer]


@dataclass(frozen=True)
class Operation:
    """An operation on a photo.

    `arrange` creates the photo and returns its id. `prepare` opens the form and returns a function
    that sends it.
    """

    name: str
    arrange: Callable[[RestartableSite], str]
    prepare: Callable[[RestartableSite, str], Send]
    is_done: Callable[[Sequence[Photo]], bool]
    is_undone: Callable[[Sequence[Photo]], bool]
    typed: str = ""  # text that an error page must keep

    def __str__(self) -> str:
        return self.name

    def opened(self, site: RestartableSite) -> Send:
        """Create the photo and open the form."""
        return self.prepare(site, self.arrange(site))


def _nothing(_: RestartableSite) -> str:
    return ""


def _public(site: RestartableSite) -> str:
    assert _upload(site, "")().ok
    (photo,) = site.photos()
    return photo.photo_id


def _hidden(site: RestartableSite) -> str:
    photo_id = _public(site)
    assert _posting("hide")(site, photo_id)().ok
    return photo_id


def _trashed(site: RestartableSite) -> str:
    photo_id = _public(site)
    assert _posting("delete")(site, photo_id)().ok
    return photo_id


def _expired(site: RestartableSite) -> str:
    photo_id = _trashed(site)
    trashed = site.backend.catalog.get(photo_id)
    site.backend.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))
    return photo_id


def _pending(site: RestartableSite) -> str:
    """Add a photo of a guest to an album of the visitor, who reviews it."""
    album = _own_album(site, "public")
    membership = site.services.albums.new_membership(album)
    guest_upload = replace(upload("of a guest"), albums=(membership,), awaiting_review=True)
    return site.services.uploads.publish(guest_upload).photo.photo_id


def _unlisted(site: RestartableSite) -> str:
    assert _upload_unlisted(site, "")().ok
    (photo,) = site.photos()
    return photo.photo_id


def _hidden_unlisted(site: RestartableSite) -> str:
    photo_id = _unlisted(site)
    assert _posting("hide")(site, photo_id)().ok
    return photo_id


def _private(site: RestartableSite) -> str:
    photo_id = _unlisted(site)
    assert _change_link("end")(site, photo_id)().ok
    return photo_id


def _change_link(verb: str) -> Callable[[RestartableSite, str], Send]:
    """End the link of the only album that has the photo, or open it again."""

    def prepare(site: RestartableSite, photo_id: str) -> Send:
        (membership,) = site.backend.catalog.get(photo_id).albums
        path = f"/albums/{membership.album_id}/link"
        fields = site.fields(path)
        return lambda: site.post(f"{path}/{verb}", fields)

    return prepare


def _own_album(site: RestartableSite, visibility: str) -> Album:
    """Make an album of the visitor that has a cover."""
    fields = site.fields("/albums/new") | {"title": "Party", "visibility": visibility}
    assert site.post("/albums/new", fields).ok
    (album,) = [entry.album for entry in site.backend.albums.entries() if entry.is_record]
    site.other_photo = site.services.albums.add(album.album_id, site.other_photo.photo_id)
    return site.services.albums.get(album.album_id)


def _upload_unlisted(site: RestartableSite, _photo_id: str) -> Send:
    album = _own_album(site, "unlisted")
    fields = site.fields(f"/upload?album={album.album_id}") | TEXT
    return lambda: site.post("/upload", fields, b"a photo")


def _upload(site: RestartableSite, _photo_id: str) -> Send:
    fields = site.fields("/upload") | TEXT
    return lambda: site.post("/upload", fields, b"a photo")


def _edit(site: RestartableSite, photo_id: str) -> Send:
    path = f"/photos/{photo_id}/edit"
    fields = site.fields(path) | {"title": "Mole", "tags": "land", "taken_year": "1980"}
    return lambda: site.post(path, fields)


def _license(site: RestartableSite, photo_id: str) -> Send:
    path = f"/photos/{photo_id}/edit"
    fields = site.fields(path) | {"title": "Mole", "credit": "Anna", "license": "cc-by"}
    return lambda: site.post(path, fields)


def _posting(verb: str) -> Callable[[RestartableSite, str], Send]:
    def prepare(site: RestartableSite, photo_id: str) -> Send:
        fields = {"csrf_token": site.csrf_token()}
        return lambda: site.post(f"/photos/{photo_id}/{verb}", fields)

    return prepare


def _rotate(site: RestartableSite, photo_id: str) -> Send:
    fields = {"csrf_token": site.csrf_token(), "direction": "right", "revision": "0"}
    return lambda: site.post(f"/photos/{photo_id}/rotate", fields)


def _purge(site: RestartableSite, _photo_id: str) -> Send:
    return site.purge


def _states(*states: PhotoState) -> Callable[[Sequence[Photo]], bool]:
    return lambda photos: [photo.state for photo in photos] == list(states)


def _text(
    title: str, *tags: str, state: PhotoState = PhotoState.PUBLIC
) -> Callable[[Sequence[Photo]], bool]:
    return lambda photos: (
        [(photo.title, photo.tags, photo.state) for photo in photos] == [(title, tags, state)]
    )


def _has_revision(revision: int, state: PhotoState) -> Callable[[Sequence[Photo]], bool]:
    return lambda photos: [(photo.revision, photo.state) for photo in photos] == [(revision, state)]


def _has_license(state: PhotoState, *expected: object) -> Callable[[Sequence[Photo]], bool]:
    """The text, the credit and the files change together."""
    return lambda photos: (
        [(*_credit_of(photo), photo.state) for photo in photos] == [(*expected, state)]
    )


def _credit_of(photo: Photo) -> tuple[object, ...]:
    creator = photo.credit.creator if photo.credit else None
    return (photo.title, creator, photo.credit_in_files, photo.revision)


def _gone(photos: Sequence[Photo]) -> bool:
    return not photos


_is_public, _is_unlisted, _is_private, _is_pending, _is_hidden, _is_trashed = map(
    _states, PhotoState
)
_as_sent = _text("Pier", "sea")
_as_sent_unlisted = _text("Pier", "sea", state=PhotoState.UNLISTED)
_edited = _text("Mole", "land")

OPERATIONS = (
    Operation("publish", _nothing, _upload, _as_sent, _gone, "Pier"),
    Operation("update", _public, _edit, _edited, _as_sent, "Mole"),
    Operation("hide", _public, _posting("hide"), _is_hidden, _is_public),
    Operation("unhide", _hidden, _posting("unhide"), _is_public, _is_hidden),
    Operation("delete", _public, _posting("delete"), _is_trashed, _is_public),
    Operation("delete-hidden", _hidden, _posting("delete"), _is_trashed, _is_hidden),
    Operation("restore", _trashed, _posting("restore"), _is_public, _is_trashed),
    Operation(
        "rotate",
        _public,
        _rotate,
        _has_revision(1, PhotoState.PUBLIC),
        _has_revision(0, PhotoState.PUBLIC),
    ),
    Operation(
        "rotate-hidden",
        _hidden,
        _rotate,
        _has_revision(1, PhotoState.HIDDEN),
        _has_revision(0, PhotoState.HIDDEN),
    ),
    Operation(
        "license",
        _public,
        _license,
        _has_license(PhotoState.PUBLIC, "Mole", "Anna", True, 1),
        _has_license(PhotoState.PUBLIC, "Pier", None, False, 0),
        "Mole",
    ),
    Operation(
        "license-hidden",
        _hidden,
        _license,
        _has_license(PhotoState.HIDDEN, "Mole", "Anna", True, 1),
        _has_license(PhotoState.HIDDEN, "Pier", None, False, 0),
        "Mole",
    ),
    Operation("publish-unlisted", _nothing, _upload_unlisted, _as_sent_unlisted, _gone, "Pier"),
    Operation("hide-unlisted", _unlisted, _posting("hide"), _is_hidden, _is_unlisted),
    Operation("unhide-unlisted", _hidden_unlisted, _posting("unhide"), _is_unlisted, _is_hidden),
    Operation("list", _unlisted, _posting("list"), _is_public, _is_unlisted),
    Operation("end-link", _unlisted, _change_link("end"), _is_private, _is_unlisted),
    Operation("open-link", _private, _change_link("open"), _is_unlisted, _is_private),
    Operation("approve", _pending, _posting("approve"), _is_public, _is_pending),
    Operation("refuse", _pending, _posting("refuse"), _is_trashed, _is_pending),
    Operation("purge", _expired, _purge, _gone, _is_trashed),
)
