"""Notice that the catalog was lost: photos have sidecars, and no record."""

from app.domain import object_keys, photo_ids
from app.services.ports import Backend, ObjectSource, StoredObject


def has_sidecars(source: ObjectSource) -> bool:
    """Return whether `source` holds photos or albums with sidecars, as an export does."""
    if any(map(_is_record, source.list(object_keys.RECORD_PREFIX))):
        return True
    return _has_private_sidecars(source, object_keys.PHOTO_PREFIXES)


def is_catalog_lost(backend: Backend) -> bool:
    """Return whether no photo has a record, although there are sidecars outside the trash.

    A new upload of an empty site looks so for a moment. In the trash, records expire before the
    sidecars. It costs one read of one record, and one listing of objects if there is no record.
    """
    if backend.catalog.has_photos():
        return False
    objects = backend.objects
    records = (stored.key for stored in objects.list(object_keys.RECORD_PREFIX))
    if any(not key.startswith(object_keys.ALBUM_PREFIX) for key in records):
        return True
    return _has_private_sidecars(objects, object_keys.PREFIXES_OUTSIDE_TRASH)


def _is_record(stored: StoredObject) -> bool:
    """Return whether the name is that of a sidecar: a folder of photos may be named `records`."""
    name, _, extension = object_keys.name_of(stored.key).rpartition(".")
    return extension == "json" and photo_ids.is_photo_id(name)


def _has_private_sidecars(source: ObjectSource, prefixes: tuple[str, ...]) -> bool:
    return any(
        object_keys.is_private_sidecar(stored.key)
        for prefix in prefixes
        if prefix != object_keys.PUBLIC_PREFIX
        for stored in source.list(prefix)
    )
