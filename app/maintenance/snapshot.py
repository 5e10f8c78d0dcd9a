"""All that there is of one photo at this moment: its record, its objects, its sidecars, its listings."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.domain import object_keys
from app.domain.errors import ObjectNotFound, PhotoNotFound
from app.domain.photo import Photo, PhotoState, PhotoSummary
from app.services.photo_service import PhotoService
from app.services.ports import ObjectStore, StoredObject

_TRIES = 3


@dataclass(frozen=True, slots=True)
class PhotoSnapshot:
    """One photo as it is in both stores; `photo` is None where the catalog has no record."""

    photo_id: str
    photo: Photo | None
    sizes: Mapping[str, int]  # bytes, of every object under one of its keys
    sidecars: Mapping[
        str, Photo | None
    ]  # what each record sidecar tells, None where it can't be read
    listed: Mapping[str, PhotoSummary]  # the summary that each listing shows

    @property
    def latest_sidecar(self) -> Photo | None:
        """What the sidecars tell: the latest of them."""
        return latest_version(self.sidecars.values())

    def has_public_or_trashed(self, public_key: str) -> bool:
        """Whether the object is where the public sees it or in the trash."""
        return public_key in self.sizes or object_keys.trashed(public_key) in self.sizes

    def is_complete(self, photo: Photo) -> bool:
        """Whether no object of `photo` is missing, wherever they are."""
        return all(map(self.has_public_or_trashed, photo.object_keys))


def take_snapshot(
    service: PhotoService, photo_id: str, listings: Iterable[str] = ()
) -> PhotoSnapshot | None:
    """One photo, `listings` being where else it may be listed; None while others keep changing it."""
    for _ in range(_TRIES):
        photo = find_or_none(service, photo_id)
        # The public place first: what a deletion moves is then seen in one of the two.
        sizes = {found.key: found.size for found in _objects_of(service.objects, photo_id)}
        told = {key: read_sidecar(service.objects, key) for key in sidecar_keys(photo_id)}
        sidecars = {key: record for key, (is_there, record) in told.items() if is_there}
        everywhere = {*listings, *(photo.listings if photo else ())}
        listed = {
            listing: summary
            for listing in sorted(everywhere)
            if (summary := _listed(service, listing, photo_id))
        }
        if find_or_none(service, photo_id) == photo:
            return PhotoSnapshot(
                photo_id, photo, sizes | dict.fromkeys(sidecars, 0), sidecars, listed
            )
    return None


def find_or_none(service: PhotoService, photo_id: str) -> Photo | None:
    """The record in whatever state, None where there is none."""
    try:
        return service.get_any_state(photo_id)
    except PhotoNotFound:
        return None


def sidecar_keys(photo_id: str) -> tuple[str, str]:
    """Where a photo's sidecar may be."""
    return object_keys.sidecar(photo_id), object_keys.trashed_sidecar(photo_id)


def sidecar_key(photo: Photo) -> str:
    """Where its sidecar belongs."""
    of_shown, of_trashed = sidecar_keys(photo.photo_id)
    return of_trashed if photo.state is PhotoState.TRASHED else of_shown


def stored_keys(photo: Photo) -> tuple[str, ...]:
    """Where the objects of a photo are when nothing is wrong or under way, its sidecar left out."""
    return (
        tuple(map(object_keys.trashed, photo.object_keys))
        if photo.state is PhotoState.TRASHED
        else photo.object_keys
    )


def read_sidecar(objects: ObjectStore, key: str) -> tuple[bool, Photo | None]:
    """Whether there is a sidecar, and the photo it tells of: None where it is no record of this photo."""
    try:
        photo = Photo.from_dict(json.loads(objects.get(key)))
    except ObjectNotFound:
        return False, None
    except (ValueError, KeyError, TypeError, AttributeError):
        return True, None
    return True, photo if photo.photo_id == object_keys.photo_id_of(key) else None


def latest_version(told: Iterable[Photo | None]) -> Photo | None:
    """The photo at the highest version."""
    return max((photo for photo in told if photo), key=lambda photo: photo.version, default=None)


def _objects_of(objects: ObjectStore, photo_id: str) -> Iterator[StoredObject]:
    for prefix in (object_keys.PUBLIC_PREFIX, object_keys.TRASH_PREFIX):
        yield from objects.list(f"{prefix}{photo_id}/")


def _listed(service: PhotoService, listing: str, photo_id: str) -> PhotoSummary | None:
    summaries = service.page(
        listing, 1, before=f"{photo_id}0"
    ).summaries  # nothing sorts between an id and the id with a 0
    return summaries[0] if summaries and summaries[0].photo_id == photo_id else None
