"""What people do with a photo, so that it can be done again: what goes before, what is sent, what is wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.photo import Photo, State
from tests.faults.restartable_site import Answer, Rig

WORDS = {"title": "Pier", "tags": "sea", "description": "", "alt": ""}


Send = Callable[[], Answer]


@dataclass(frozen=True)
class Deed:
    """`arrange` makes what goes before and gives the photo's id, `prepare` opens the form and gives what sends it."""

    name: str
    arrange: Callable[[Rig], str]
    prepare: Callable[[Rig, str], Send]
    is_done: Callable[[Sequence[Photo]], bool]
    is_undone: Callable[[Sequence[Photo]], bool]
    typed: str = ""  # what must not have to be typed again

    def __str__(self) -> str:
        return self.name


def _nothing(_: Rig) -> str:
    return ""


def _public(rig: Rig) -> str:
    assert _upload(rig, "")().ok
    (photo,) = rig.photos()
    return photo.photo_id


def _hidden(rig: Rig) -> str:
    photo_id = _public(rig)
    assert _posting("hide")(rig, photo_id)().ok
    return photo_id


def _trashed(rig: Rig) -> str:
    photo_id = _public(rig)
    assert _posting("delete")(rig, photo_id)().ok
    return photo_id


def _expired(rig: Rig) -> str:
    photo_id = _trashed(rig)
    trashed = rig.home.catalog.get(photo_id)
    rig.home.catalog.revise(trashed, trashed.revised(expires_at=1_000_000_000))
    return photo_id


def _upload(rig: Rig, _photo_id: str) -> Send:
    fields = rig.fields("/upload") | WORDS
    return lambda: rig.post("/upload", fields, b"a photo")


def _edit(rig: Rig, photo_id: str) -> Send:
    path = f"/photos/{photo_id}/edit"
    fields = rig.fields(path) | {"title": "Mole", "tags": "land"}
    return lambda: rig.post(path, fields)


def _posting(verb: str) -> Callable[[Rig, str], Send]:
    def prepare(rig: Rig, photo_id: str) -> Send:
        fields = {"csrf_token": rig.fields("/upload")["csrf_token"]}
        return lambda: rig.post(f"/photos/{photo_id}/{verb}", fields)

    return prepare


def _purge(rig: Rig, _photo_id: str) -> Send:
    return rig.purge


def _states(*states: State) -> Callable[[Sequence[Photo]], bool]:
    return lambda photos: [photo.state for photo in photos] == list(states)


def _words(title: str, *tags: str) -> Callable[[Sequence[Photo]], bool]:
    return lambda photos: [(photo.title, photo.tags, photo.state) for photo in photos] == [(title, tags, State.PUBLIC)]


def _gone(photos: Sequence[Photo]) -> bool:
    return not photos


_is_public, _is_hidden, _is_trashed = (_states(state) for state in State)
_as_sent = _words("Pier", "sea")
_edited = _words("Mole", "land")

DEEDS = (
    Deed("publish", _nothing, _upload, _as_sent, _gone, "Pier"),
    Deed("revise", _public, _edit, _edited, _as_sent, "Mole"),
    Deed("hide", _public, _posting("hide"), _is_hidden, _is_public),
    Deed("show", _hidden, _posting("show"), _is_public, _is_hidden),
    Deed("delete", _public, _posting("delete"), _is_trashed, _is_public),
    Deed("restore", _trashed, _posting("restore"), _is_public, _is_trashed),
    Deed("purge", _expired, _purge, _gone, _is_trashed),
)
