"""What can be wrong, and what is wrong with one photo that has been looked at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain import object_keys, photo_ids
from app.domain.photo import Card, Photo, State
from app.maintenance.snapshot import Look

UPLOADING = timedelta(minutes=15)  # an upload may be under way for this long: its objects come before its record
EXPIRING = timedelta(
    days=4
)  # AWS takes its time to remove what has expired: lifecycle rules run daily, TTL within days


class Kind(StrEnum):
    """The kinds of findings; docs/operations.md says what each means and what to do."""

    MISSING = "missing object"
    WRONG_SIZE = "wrong size"
    DAMAGED = "damaged object"
    HALF_DELETED = "half deleted"
    ORPHAN = "object without photo"
    UNRECORDED = "photo without record"
    EXPIRED = "expired trash"
    STALE = "stale record"
    NEWER = "newer record"
    DRIFT = "listing drift"
    UNLISTABLE = "listing without photo"
    MISCOUNTED = "tag count"
    MISRECKONED = "usage count"


# No change under way looks like these: a look finds the same version before and after, and objects come before records.
CERTAIN = frozenset({Kind.MISSING, Kind.WRONG_SIZE, Kind.DAMAGED, Kind.DRIFT, Kind.UNLISTABLE})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: `kind` in a word or two, `what` names it."""

    kind: str
    what: str
    photo_id: str = ""


def findings_of(look: Look, now: datetime, uploading: timedelta = UPLOADING) -> tuple[Finding, ...]:
    """What is wrong with one photo.

    What could be an upload begun less than `uploading` ago is not; where that is 0 nothing at all is under way.
    """
    photo = look.photo
    if photo is None:
        found: Iterable[tuple[Kind, str]] = _of_no_photo(look, now, uploading)
    elif photo.state is State.TRASHED:
        found = _of_trashed(look, photo, now) if not uploading or not _is_moving(photo, now) else ()
    else:
        found = _of_shown(look, photo)
    return tuple(Finding(kind, what, look.photo_id) for kind, what in (*found, *_drift(look, now)))


_Found = Iterator[tuple[Kind, str]]


def _of_no_photo(look: Look, now: datetime, uploading: timedelta) -> _Found:
    if not look.sizes or (photo_ids.is_photo_id(look.photo_id) and photo_ids.made_at(look.photo_id) > now - uploading):
        return
    told = look.told
    outside = sorted(key for key in look.sizes if not key.startswith(object_keys.TRASH_PREFIX))
    if outside or told is None:
        yield from ((Kind.ORPHAN, key) for key in outside or sorted(look.sizes))
    elif has_expired(told, now - EXPIRING):
        yield Kind.EXPIRED, look.photo_id
    elif look.is_whole(told) and not has_expired(told, now):
        yield Kind.UNRECORDED, look.photo_id


def _of_trashed(look: Look, photo: Photo, now: datetime) -> _Found:
    half = {key for key in look.sizes if not key.startswith(object_keys.TRASH_PREFIX)}
    if half or photo.moving_until is not None:
        yield Kind.HALF_DELETED, look.photo_id
    if has_expired(photo, now):
        return
    yield from ((Kind.MISSING, object_keys.trashed(key)) for key in photo.object_keys if not look.has_anywhere(key))
    if not half and photo.moving_until is None:
        yield from _of_record(look, photo, object_keys.trashed_record(photo.photo_id))
    known = {*map(object_keys.trashed, photo.object_keys), object_keys.trashed_record(photo.photo_id)}
    yield from ((Kind.ORPHAN, key) for key in sorted(look.sizes.keys() - known - half))


def _of_shown(look: Look, photo: Photo) -> _Found:
    yield from ((Kind.MISSING, key) for key in photo.object_keys if key not in look.sizes)
    if look.sizes.get(original := photo.object_keys[-1], photo.bytes) != photo.bytes:
        yield Kind.WRONG_SIZE, f"{original}: {look.sizes[original]} bytes, {photo.bytes} were stored"
    yield from _of_record(look, photo, object_keys.record(photo.photo_id))
    extra = look.sizes.keys() - {*photo.object_keys, object_keys.record(photo.photo_id)}
    # What the trash has of a photo that was restored stays there until it expires.
    yield from ((Kind.ORPHAN, key) for key in sorted(extra) if not key.startswith(object_keys.TRASH_PREFIX))


def _of_record(look: Look, photo: Photo, key: str) -> _Found:
    if key not in look.sizes:
        yield Kind.STALE, f"{key} (it is missing)"
    elif (told := look.sidecars[key]) is not None and told.version > photo.version:
        yield Kind.NEWER, key
    elif told != photo:
        yield Kind.STALE, key


def _drift(look: Look, now: datetime) -> _Found:
    if look.photo is None:
        listed = (feed for feed, card in look.listed.items() if not _is_going(card, now))
        yield from ((Kind.UNLISTABLE, f"{look.photo_id} in {feed}") for feed in sorted(listed))
        return
    wanted = dict.fromkeys(look.photo.feeds, look.photo.card)
    gone = wanted.keys() - look.listed.keys() if has_expired(look.photo, now) else frozenset[str]()
    for feed in sorted({*wanted, *look.listed} - gone):
        if wanted.get(feed) != look.listed.get(feed):
            yield Kind.DRIFT, f"{look.photo_id} in {feed}"


def _is_moving(photo: Photo, now: datetime) -> bool:
    """Whether a deletion or its undo may be under way."""
    return photo.moving_until is not None and now.timestamp() < photo.moving_until


def _is_going(card: Card, now: datetime) -> bool:
    """Whether AWS is about to remove the listing as it has removed the record."""
    return has_expired(card, now) and not has_expired(card, now - EXPIRING)


def has_expired(photo: Photo | Card, now: datetime) -> bool:
    """Whether the photo is trashed and its time is over."""
    return photo.expires_at is not None and photo.expires_at < now.timestamp()
