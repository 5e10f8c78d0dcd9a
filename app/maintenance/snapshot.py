"""A consistent snapshot of one photo: its record, objects, sidecars and listing entries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.domain import object_keys, photo_ids
from app.domain.errors import PhotoNotFound
from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.photo import Photo
from app.maintenance.sidecars import latest_version, read_sidecars
from app.services.ports import Backend, Catalog, ObjectStore, StoredObject

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class PhotoSnapshot:
    """One photo in both stores. `photo` is None if the catalog has no record."""

    photo_id: str
    photo: Photo | None
    sizes: Mapping[str, int]  # bytes of each object, by key; a sidecar outside the trash counts 0
    sidecars: Mapping[str, Photo | None]  # by key; None if the sidecar is damaged
    listed: Mapping[EntryKey, ListingEntry]
    expected: Mapping[EntryKey, ListingEntry]  # the entries that the photo should have

    @property
    def latest_sidecar(self) -> Photo | None:
        """The photo in the sidecar with the highest version."""
        return latest_version(self.sidecars.values())

    @property
    def keys_outside_trash(self) -> list[str]:
        """The keys of the objects that are not in the trash, sorted."""
        return sorted(key for key in self.sizes if not key.startswith(object_keys.TRASH_PREFIX))

    def keys_outside(self, photo: Photo) -> list[str]:
        """Return the keys of the objects that belong to other states than that of `photo`.

        Objects in the trash are left out, since they expire.
        """
        return [
            key
            for key in self.keys_outside_trash
            if not key.startswith(photo.state.prefix) and key != photo.sidecar_key
        ]

    def has_object(self, key: str, prefixes: Iterable[str] = object_keys.PHOTO_PREFIXES) -> bool:
        """Return whether the object is under one of the prefixes."""
        return any(object_keys.moved(key, prefix) in self.sizes for prefix in prefixes)

    def is_complete(self, photo: Photo) -> bool:
        """Return whether every object of `photo` is under some prefix."""
        return all(map(self.has_object, photo.object_keys))


def take_snapshot(
    backend: Backend, photo_id: str, keys: Iterable[EntryKey] = ()
) -> PhotoSnapshot | None:
    """Return a snapshot of one photo, None if its record changes during every attempt.

    Args:
        backend: The catalog and the object store.
        photo_id: The photo.
        keys: Entries to read besides those that the record names.
    """
    for _ in range(_ATTEMPTS):
        photo = find_or_none(backend.catalog, photo_id)
        # Hiding and deleting copy first, so reading the prefixes in this order misses no object.
        sizes = {stored.key: stored.size for stored in _stored_objects(backend.objects, photo_id)}
        sidecars = read_sidecars(backend.objects, photo_id)
        expected = _by_key(backend.catalog.entries_of(photo) if photo else ())
        found = backend.catalog.find_entries(sorted({*keys, *expected}))
        listed = _by_key(found)
        if find_or_none(backend.catalog, photo_id) == photo:
            all_sizes = sizes | dict.fromkeys(sidecars, 0)
            return PhotoSnapshot(photo_id, photo, all_sizes, sidecars, listed, expected)
    return None


def find_or_none(catalog: Catalog, photo_id: str) -> Photo | None:
    """Return the photo's record in any state, None if there is none."""
    if not photo_ids.is_photo_id(photo_id):
        return None
    try:
        return catalog.get(photo_id)
    except PhotoNotFound:
        return None


def _stored_objects(objects: ObjectStore, photo_id: str) -> Iterator[StoredObject]:
    for prefix in object_keys.PHOTO_PREFIXES:
        yield from objects.list(object_keys.folder(photo_id, prefix))


def _by_key(entries: Iterable[ListingEntry]) -> dict[EntryKey, ListingEntry]:
    return {entry.key: entry for entry in entries}
