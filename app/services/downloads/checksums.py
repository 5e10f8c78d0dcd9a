"""Compute the CRC-32 of originals that earlier versions stored without it."""

from contextlib import closing

from app.domain.errors import StorageRefused
from app.domain.image.processed_image import measure
from app.domain.photo import Photo
from app.services.ports import ObjectStore
from app.services.record_writer import RecordWriter


class WrongSize(StorageRefused):
    """The original does not have the size that the record states."""


class Checksums:
    """Reads originals and stores their CRC-32 in the records."""

    def __init__(self, objects: ObjectStore, records: RecordWriter) -> None:
        self._objects = objects
        self._records = records

    def store(self, photo: Photo, checksum: int) -> Photo:
        """Write the CRC-32 of the original to the record, and return the new record.

        Raises:
            EditConflict: Another request has changed the photo.
        """
        return self._records.change(photo, crc32=checksum)

    def compute(self, photo: Photo) -> int:
        """Read the original and return its CRC-32. Raises ObjectNotFound and WrongSize."""
        key = photo.stored_keys[-1]
        with closing(self._objects.open(key)) as original:
            size, checksum = measure(original)
        if size != photo.bytes:
            raise WrongSize(f"{key} has {size} bytes, its record says {photo.bytes}.")
        return checksum
