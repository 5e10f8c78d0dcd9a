"""Search the public objects for private metadata."""

from collections.abc import Callable, Iterable, Iterator

from app.domain.photo import PhotoState
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding
from app.services.ports import Backend


def scan_public_objects(
    backend: Backend,
    fetch: Callable[[str], bytes],
    find_private_metadata: Callable[[bytes], Iterable[str]],
) -> Iterator[tuple[str, list[Finding]]]:
    """Read every public object by its URL. Yield each key with its findings.

    Args:
        backend: The catalog and the object store.
        fetch: Reads a URL without credentials; raises OSError.
        find_private_metadata: Returns the kinds of private metadata in an image file.
    """

    def scan(key: str) -> tuple[str, list[Finding]]:
        try:
            kinds = find_private_metadata(fetch(backend.objects.url(key)))
        except OSError as error:
            return key, [Finding("unreadable", f"{key}: {error}")]
        return key, [Finding(kind, key) for kind in sorted(kinds)]

    return map_concurrently(scan, _public_keys(backend))


def _public_keys(backend: Backend) -> Iterator[str]:
    for photo in backend.catalog.photos():
        if photo.state is not PhotoState.TRASHED:
            yield from photo.object_keys
