"""Read the header of TIFF files (TIFF 6.0), and write their originals again from the pixels.

Offsets in a TIFF point anywhere in the file, so no part of it can be removed safely.
"""

from io import BytesIO

from PIL import ExifTags, Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.result import CleanFile, Data

_NEW_SUBFILE_TYPE = 0x00FE  # TIFF 6.0 section 8; bit 0 marks a reduced-resolution image
_SUB_IFDS = 0x014A  # TIFF Technical Note 1
# Fields of TIFF 6.0 sections 8 to 22 that describe pixels, and the ICC profile.
_IMAGE_TAGS = frozenset(
    (
        *range(0x00FE, 0x0108),
        *range(0x010A, 0x010D),
        *range(0x0111, 0x012E),
        *range(0x013D, 0x015C),
        0x8773,
    )
)
_TIFF_HEADERS = (b"II*\0", b"MM\0*")  # section 2
_BIG_TIFF_HEADERS = (b"II+\0", b"MM\0+")  # Pillow opens them; their metadata is not read
_CR2_SIGNATURE = b"CR"  # at offset 8

RAW = message("This is a camera’s raw file. Export it as a JPEG or TIFF and upload that.")


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a TIFF."""
    return header.startswith(_TIFF_HEADERS + _BIG_TIFF_HEADERS)


def remove_metadata(data: Data, *, keep_location: bool) -> CleanFile:
    """Return the uploaded file and its header; `reencode` writes the original without metadata.

    The location is never kept: Pillow cannot write one into a compressed TIFF.

    Raises:
        UnreadableImage: The file is a camera's raw file.
    """
    del keep_location
    data = bytes(data)
    original_exif = exif.read_exif(data)
    if _is_raw(data, original_exif):
        raise UnreadableImage(RAW)
    return CleanFile(
        body=data,
        format="TIFF",
        content_type="image/tiff",
        size=(0, 0),  # Pillow reads it before decoding
        exif=original_exif,
        removed_metadata=frozenset(_find_removed(data, original_exif)),
    )


def reencode(image: Image.Image) -> bytes:
    """Return the decoded first page as a losslessly compressed TIFF with its ICC profile."""
    # A copy is a plain Image. From a TiffImageFile, Pillow writes XMP, IPTC and other tags again.
    bare = image.copy()
    bare.info = {}
    profile = image.info.get("icc_profile")
    body = BytesIO()
    bare.save(body, "TIFF", compression="tiff_adobe_deflate", icc_profile=profile)
    return body.getvalue()


def _find_removed(data: bytes, original_exif: Image.Exif) -> set[str]:
    """Return the kinds of private data that the reencoded file does not have."""
    removed = private_data.kinds_in_exif(original_exif) | private_data.kinds_in_bytes(data)
    has_thumbnail = bool(original_exif.get_ifd(exif.THUMBNAIL_IFD))
    has_other_tags = bool(set(original_exif) - _IMAGE_TAGS)
    if not has_thumbnail:
        removed.discard("thumbnail")
    if not has_other_tags and not has_thumbnail:
        removed.discard("metadata")
    return removed


def _is_raw(data: bytes, original_exif: Image.Exif) -> bool:
    """Return whether this is a DNG, a CR2 or a similar file, whose first image is a preview."""
    is_dng = ExifTags.Base.DNGVersion in original_exif
    is_cr2 = data[8:10] == _CR2_SIGNATURE
    is_preview = exif.as_number(original_exif.get(_NEW_SUBFILE_TYPE)) == 1
    return is_dng or is_cr2 or (is_preview and _SUB_IFDS in original_exif)
