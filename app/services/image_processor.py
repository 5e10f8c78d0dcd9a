"""The port of image processing."""

from typing import BinaryIO, Protocol

from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage


class ImageProcessor(Protocol):
    """Verifies and cleans a file, and makes its renditions."""

    def __call__(self, file: BinaryIO, /, *, options: ImageOptions) -> ProcessedImage:
        """Return the image.

        Raises:
            InvalidUpload: The file cannot become a photo.
            Busy: No image worker is free.
        """
