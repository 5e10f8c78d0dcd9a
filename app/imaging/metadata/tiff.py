"""TIFF: what its first directory says. The original is written anew from the pixels by `rewritten`.

A TIFF's offsets point anywhere, so there is no part of it that could be left out safely.
"""

from io import BytesIO

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.result import CleanFile

_SUBFILE, _SUB_IFDS, _DNG = 0x00FE, 0x014A, 0xC612
_BASELINE = frozenset(
    (*range(0x00FE, 0x0108), *range(0x010A, 0x010D), *range(0x0111, 0x012E), *range(0x013D, 0x015C))
)
_PICTURE = _BASELINE | {0x8773}  # the colour profile
_HEADS = (
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
)  # with a plus: BigTIFF, which may hold facts that we don't read

RAW = message("This is a camera’s raw file. Export it as a JPEG or TIFF and upload that.")


def recognises(data: bytes) -> bool:
    """Whether it begins as a TIFF does."""
    return data.startswith(_HEADS)


def clean(data: bytes, *, keep_location: bool) -> CleanFile:
    """What the header says; `body` is the file as it came. Pillow can't write a place into a compressed TIFF."""
    del keep_location
    block = exif.read_exif(data)
    if _is_raw(data, block):
        raise UnreadableImage(RAW)
    removed = private_data.kinds_in_exif(block) | private_data.kinds_in_bytes(data)
    if not (set(block) - _PICTURE or block.get_ifd(exif.THUMBNAIL_IFD)):
        removed -= {"metadata"}
    if not block.get_ifd(exif.THUMBNAIL_IFD):
        removed -= {"thumbnail"}
    return CleanFile(
        body=data,
        format="TIFF",
        content_type="image/tiff",
        size=(0, 0),  # Pillow tells before it decodes, and knows more ways to say it
        exif=block,
        removed=frozenset(removed),
    )


def reencode(image: Image.Image) -> bytes:
    """The decoded first page, upright, as a TIFF without loss, with its colour profile."""
    bare = image.copy()  # a plain image: from its own, Pillow writes tags back in four places, XMP and IPTC among them
    bare.info = {}
    body = BytesIO()
    bare.save(
        body, "TIFF", compression="tiff_adobe_deflate", icc_profile=image.info.get("icc_profile")
    )
    return body.getvalue()


def _is_raw(data: bytes, block: Image.Exif) -> bool:
    """DNG, CR2 and their like: TIFFs whose first picture is a preview of the one that counts."""
    reduced = exif.as_number(block.get(_SUBFILE)) == 1 and _SUB_IFDS in block
    return _DNG in block or data[8:10] == b"CR" or reduced
