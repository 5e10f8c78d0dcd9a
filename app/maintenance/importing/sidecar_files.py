"""Read sidecars of any origin: a limited number of bytes, and values of any type."""

import json
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any, BinaryIO, Protocol

from app.domain.errors import InvalidUpload, ObjectNotFound
from app.domain.file_sizes import to_megabytes
from app.services.ports import StoredObject

MAX_SIDECAR_BYTES = 2_000_000  # a photo with a thousand comments has less
MAX_ALBUMS_BYTES = 8_000_000  # the ids of 500 000 photos
_MAX_FIELD_NAME = 60  # characters that are reported


class PhotoFolder(Protocol):
    """A folder whose files are imported."""

    @property
    def name(self) -> str:
        """The name of the folder itself."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the files whose path starts with `prefix`, sorted by path."""

    def open(self, path: str) -> BinaryIO:
        """Open a file. Raises InvalidUpload or ObjectNotFound."""


class UnusableSidecar(Exception):
    """A sidecar cannot be read. The text is the reason."""


def read_bytes(folder: PhotoFolder, path: str, most: int = MAX_SIDECAR_BYTES) -> bytes:
    """Return a file of at most `most` bytes. Raises UnusableSidecar."""
    try:
        with folder.open(path) as file:
            data = file.read(most + 1)
    except (InvalidUpload, ObjectNotFound) as error:
        raise UnusableSidecar(str(error)) from error
    except OSError as error:
        raise UnusableSidecar(str(error.strerror)) from error
    if len(data) > most:
        raise UnusableSidecar(f"This has more than {to_megabytes(most):g} MB.")
    return data


def read_object(folder: PhotoFolder, path: str, most: int = MAX_SIDECAR_BYTES) -> Mapping[str, Any]:
    """Return the JSON object in a file of at most `most` bytes. Raises UnusableSidecar."""
    data = read_bytes(folder, path, most)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnusableSidecar("This is not valid JSON.") from error
    if not isinstance(value, dict):
        raise UnusableSidecar("This is not a JSON object.")
    return value


def text_in(values: Mapping[str, Any], name: str) -> str:
    """Return the text in a field without the character references of HTML, which exports have."""
    return unescape(html_in(values, name))


def html_in(values: Mapping[str, Any], name: str) -> str:
    """Return the text in a field as it is; empty if the field has no text."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def objects_in(values: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in the array in a field."""
    return (value for value in _array(values, name) if isinstance(value, dict))


def texts_in(values: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield the texts and the whole numbers in the array in a field, as texts."""
    return (str(value) for value in _array(values, name) if isinstance(value, str | int))


def unused_names(values: Mapping[str, Any], used: Iterable[str]) -> frozenset[str]:
    """Return the names of the fields that have a value and are not `used`, cut where too long."""
    filled = (name[:_MAX_FIELD_NAME] for name, value in values.items() if value)
    return frozenset(filled) - frozenset(used)


def _array(values: Mapping[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []
