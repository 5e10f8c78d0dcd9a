"""The port of image processing."""

from typing import BinaryIO, Protocol

from app.domain.image.processed_image import ProcessedImage


class ImageProcessor(Protocol):
    """Verifies and cleans a file, and makes its renditions."""

    def __call__(self, file: BinaryIO, /, *, quarter_turns: int = 0) -> ProcessedImage:
        """Return the image, turned clockwise.

        Raises:
            InvalidUpload: The file cannot become a photo.
            Busy: No image worker is free.
        """
