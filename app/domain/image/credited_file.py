"""The result of writing a credit into one published file, in plain values."""

from dataclasses import dataclass

from app.domain.image.processed_image import Body


@dataclass(frozen=True, slots=True)
class CreditedFile:
    """A published file with another credit and the same pixels."""

    body: Body
    states_credit: bool  # False if the setting KEEP_CREDIT or the format keeps it out of the file

    def close(self) -> None:
        """Close the body, if it is a file."""
        if not isinstance(self.body, bytes):
            self.body.close()
