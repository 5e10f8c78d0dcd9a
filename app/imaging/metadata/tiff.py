"""Read the metadata of TIFF files (TIFF 6.0), and write their originals again from the pixels.

Offsets in a TIFF point anywhere in the file, so no part of it can be removed safely.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from app.domain.errors import UnreadableImage
from app.domain.image.processed_image import LeftOut
from app.domain.messages import message, plural_message
from app.imaging import icc, pillow_options
from app.imaging.decoder_errors import translate_decoder_errors
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.iptc.credit_fields import exif_fields
from app.imaging.metadata.iptc.kept import KeptMetadata, SelectKept
from app.imaging.metadata.result import MAX_OTHER_METADATA, CleanFile, Data

# Tags of TIFF 6.0 section 8, of section 3 for the old subfile type, and of Technical Note 1.
_NEW_SUBFILE_TYPE, _SUBFILE_TYPE, _SUB_IFDS = 0x00FE, 0x00FF, 0x014A
_BITS_PER_SAMPLE, _PHOTOMETRIC, _PLANAR, _COLOR_MAP = 0x0102, 0x0106, 0x011C, 0x0140
_SAMPLE_FORMAT = 0x0153
_IS_REDUCED = 1  # bit 0 of the new subfile type
_REDUCED_IMAGE = 2  # of the old subfile type
_XMP = 0x02BC
_XMP_AND_IPTC = (_XMP, 0x83BB, 0x8649)  # the last one holds Photoshop resources
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
_MAX_PAGES = 1_000

# The bits of each sample that Pillow decodes right, by photometric interpretation: WhiteIsZero,
# BlackIsZero, RGB, palette, CMYK, YCbCr and CIE L*a*b*.
_LAYOUTS: Mapping[int, tuple[tuple[int, ...], ...]] = {
    0: ((1,), (2,), (4,), (8,)),
    1: ((1,), (2,), (4,), (8,), (16,), (8, 8)),
    2: ((8,) * 3, (8,) * 4, (16,) * 3, (16,) * 4),
    3: ((1,), (2,), (4,), (8,)),
    5: ((8,) * 4, (16,) * 4),
    6: ((8,) * 3,),
    8: ((8,) * 3,),
}
_UNSIGNED = 1  # sample format
_PLANAR_SEPARATE = 2

RAW = message("This is a camera’s raw file. Export it as a JPEG or TIFF and upload that.")
UNSUPPORTED = message(
    "This kind of TIFF isn’t supported. Save it with 8 bits a channel, or as a JPEG, "
    "and upload that."
)
_TOO_MANY_PAGES = plural_message(
    "This TIFF has more than %(count)s page. Upload its pages one by one.",
    "This TIFF has more than %(count)s pages. Upload its pages one by one.",
)


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a TIFF."""
    return header.startswith(_TIFF_HEADERS + _BIG_TIFF_HEADERS)


def remove_metadata(data: Data, select_kept: SelectKept) -> CleanFile:
    """Return the uploaded file and its header; `reencode` writes the original without metadata.

    The location is never kept: Pillow cannot write one into a compressed TIFF.

    Raises:
        UnreadableImage: The file is a camera's raw file, or its pixels have an unusual layout.
    """
    data = bytes(data)
    original_exif = exif.read_exif(data)
    if _is_raw(data, original_exif):
        raise UnreadableImage(RAW)
    if _BITS_PER_SAMPLE in original_exif:  # Pillow calls layouts that it does not know damaged
        _check_layout(original_exif)
    page, pages_left_out = _select_page(data)
    texts = exif.read_values(data, _XMP_AND_IPTC)
    other_metadata = texts[:MAX_OTHER_METADATA]
    kept = select_kept(original_exif, other_metadata)
    return CleanFile(
        body=data,
        format="TIFF",
        content_type="image/tiff",
        size=(0, 0),  # Pillow reads it before decoding
        exif=original_exif,
        other_metadata=other_metadata,
        kept=kept,
        page=page,
        left_out=LeftOut(pages=pages_left_out),
        removed_metadata=frozenset(_find_removed(texts, original_exif, kept)),
    )


def reencode(image: Image.Image, kept: KeptMetadata) -> bytes:
    """Return the decoded page as a losslessly compressed TIFF with its ICC profile and credit."""
    # A copy is a plain Image. From a TiffImageFile, Pillow writes XMP, IPTC and other tags again.
    bare = image.copy()
    bare.info = {}
    profile = icc.clean_profile(icc.profile_of(image))
    body = BytesIO()
    bare.save(
        body,
        "TIFF",
        compression="tiff_adobe_deflate",
        icc_profile=profile or None,
        tiffinfo=_kept_fields(kept),
    )
    return body.getvalue()


def _select_page(data: bytes) -> tuple[int, int]:
    """Return the first page that is no preview, and the number of the pages after it."""
    pillow_options.allow_any_size()
    with translate_decoder_errors(), Image.open(BytesIO(data), formats=["TIFF"]) as image:
        pages = [number for number in range(_count_pages(image)) if not _is_preview(image, number)]
        page, *others = pages or [0]
        image.seek(page)
        _check_layout(_tags_of(image))
    return page, len(others)


def _count_pages(image: Image.Image) -> int:
    for page in range(_MAX_PAGES + 1):
        try:
            image.seek(page)
        except EOFError:
            return page
    raise UnreadableImage(_TOO_MANY_PAGES.with_values(count=_MAX_PAGES))


def _is_preview(image: Image.Image, page: int) -> bool:
    image.seek(page)
    tags = _tags_of(image)
    (new_type,) = _numbers(tags.get(_NEW_SUBFILE_TYPE, 0))[:1] or (0,)
    return bool(new_type & _IS_REDUCED) or tags.get(_SUBFILE_TYPE) == _REDUCED_IMAGE


def _tags_of(image: Image.Image) -> Mapping[int, Any]:
    tags: Mapping[int, Any] = image.tag_v2  # type: ignore[attr-defined]  # a TiffImageFile's
    return tags


def _check_layout(tags: Mapping[int, Any]) -> None:
    """Raise UnreadableImage unless Pillow decodes pixels of this layout right."""
    photometric = tags.get(_PHOTOMETRIC, 0)
    bits = _numbers(tags.get(_BITS_PER_SAMPLE, 1))
    sample_formats = set(_numbers(tags.get(_SAMPLE_FORMAT, _UNSIGNED)))
    is_planar = tags.get(_PLANAR) == _PLANAR_SEPARATE and max(bits, default=0) > 8
    color_map = tags.get(_COLOR_MAP)
    has_8_bit_map = color_map is not None and max(_numbers(color_map), default=0) < 256
    if (
        bits not in _LAYOUTS.get(photometric, ())
        or sample_formats != {_UNSIGNED}
        or is_planar
        or has_8_bit_map
    ):
        raise UnreadableImage(UNSUPPORTED)


def _numbers(value: Any) -> tuple[int, ...]:
    """Return the integers of a field; values of other types are left out."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(number for number in values if isinstance(number, int))


def _kept_fields(kept: KeptMetadata) -> dict[int, bytes]:
    """Return the fields of a TIFF with the metadata that stays."""
    if not kept.written:
        return {}
    return {**exif_fields(kept.written), _XMP: kept.xmp}


def _find_removed(texts: bytes, original_exif: Image.Exif, kept: KeptMetadata) -> set[str]:
    """Return the kinds of private data that the reencoded file does not have."""
    removed = private_data.kinds_in_exif(original_exif) - {"metadata"}
    if texts and texts != kept.xmp:
        removed |= private_data.kinds_in_bytes(texts)
    kept_fields = _kept_fields(kept)
    has_kept_fields = all(_raw(original_exif.get(tag)) == kept_fields[tag] for tag in kept_fields)
    if set(original_exif) - _IMAGE_TAGS - (kept_fields.keys() if has_kept_fields else set()):
        removed.add("metadata")
    return removed


def _raw(value: Any) -> Any:
    """Return the bytes of a text, which Pillow decodes as Latin-1."""
    return value.encode("latin-1") if isinstance(value, str) else value


def _is_raw(data: bytes, original_exif: Image.Exif) -> bool:
    """Return whether this is a DNG, a CR2 or a similar file, whose first image is a preview."""
    is_dng = ExifTags.Base.DNGVersion in original_exif
    is_cr2 = data[8:10] == _CR2_SIGNATURE
    is_preview = exif.as_number(original_exif.get(_NEW_SUBFILE_TYPE)) == 1
    return is_dng or is_cr2 or (is_preview and _SUB_IFDS in original_exif)
