"""Notice that the catalog was lost: photos have sidecars, and no record."""

from app.domain import object_keys
from app.services.ports import Backend, ObjectSource


def has_sidecars(source: ObjectSource) -> bool:
    """Return whether `source` holds photos or albums with sidecars, as an export does."""
    if any(source.list(object_keys.RECORD_PREFIX)):
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


def _has_private_sidecars(source: ObjectSource, prefixes: tuple[str, ...]) -> bool:
    return any(
        object_keys.is_private_sidecar(stored.key)
        for prefix in prefixes
        if prefix != object_keys.PUBLIC_PREFIX
        for stored in source.list(prefix)
    )
