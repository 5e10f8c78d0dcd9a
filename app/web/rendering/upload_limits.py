"""The upload limits that pages and scripts show: the numbers that the server enforces."""

from dataclasses import dataclass

from app.config import Config


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """The limits of a photo, a request and a contributor, and the accepted file types."""

    max_upload_mb: int
    max_request_mb: int
    max_pixels: int
    keep_location: bool
    max_photos: int | None  # of one contributor
    max_mb: int | None
    formats: tuple[str, ...] = ("JPEG", "PNG", "WebP", "GIF", "AVIF", "HEIC", "TIFF")
    # The file extensions are for systems without a media type for HEIC.
    accept: str = (
        "image/jpeg,image/png,image/webp,image/gif,image/avif,image/heic,image/heif,image/tiff,"
        ".heic,.heif"
    )

    @classmethod
    def of(cls, config: Config) -> "UploadLimits":
        """Return the limits in `config`."""
        return cls(
            max_upload_mb=config.max_upload_mb,
            max_request_mb=config.max_request_mb,
            max_pixels=config.max_pixels,
            keep_location=config.keep_location,
            max_photos=config.max_photos_per_contributor,
            max_mb=config.max_mb_per_contributor,
        )
