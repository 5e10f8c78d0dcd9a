"""The upload's limits as pages and scripts state them: the same numbers that the server enforces."""

from dataclasses import dataclass

from app.config import Config


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What one photo, one form and one person may have, and which files a browser should offer."""

    max_upload_mb: int
    max_request_mb: int
    max_pixels: int
    keep_location: bool
    max_photos: int | None  # one contributor's
    max_mb: int | None
    formats: tuple[str, ...] = ("JPEG", "PNG", "WebP", "GIF", "AVIF", "HEIC", "TIFF")
    # The endings are for systems that know no type for HEIC.
    accept: str = "image/jpeg,image/png,image/webp,image/gif,image/avif,image/heic,image/heif,image/tiff,.heic,.heif"

    @classmethod
    def of(cls, config: Config) -> "UploadLimits":
        """The limits that `config` sets."""
        return cls(
            max_upload_mb=config.max_upload_mb,
            max_request_mb=config.max_request_mb,
            max_pixels=config.max_pixels,
            keep_location=config.keep_location,
            max_photos=config.max_photos_per_contributor,
            max_mb=config.max_mb_per_contributor,
        )
