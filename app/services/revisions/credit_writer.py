"""The port that writes credits into published files."""

from typing import BinaryIO, Protocol

from app.domain.image.credit import Credit
from app.domain.image.credited_file import CreditedFile


class CreditWriter(Protocol):
    """Replaces the credit in a published file."""

    def __call__(self, file: BinaryIO, /, *, credit: Credit) -> CreditedFile:
        """Return the file with the credit, if published files state it, and with no other one.

        Raises:
            InvalidUpload: The file is damaged.
            Busy: No image worker is free.
        """


def keep_file(file: BinaryIO, /, *, credit: Credit) -> CreditedFile:  # noqa: ARG001  as the port
    """Return the file as it is, for services without an image library."""
    return CreditedFile(file.read(), states_credit=False)
