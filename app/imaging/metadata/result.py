"""The result of every metadata remover, and the limits that all of them share."""

import mmap
from dataclasses import dataclass, field

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.image.processed_image import NOTHING, LeftOut
from app.domain.messages import plural_message
from app.imaging.metadata.iptc.kept import KeptMetadata

Data = bytes | mmap.mmap  # an uploaded file; only the JPEG remover avoids a copy of a mapped file

TOO_MANY_FRAMES = plural_message(
    "This animation has more than %(count)s frame. Upload a shorter one.",
    "This animation has more than %(count)s frames. Upload a shorter one.",
)
MAX_FRAMES = 1_000  # of one animation; browsers keep all of them in memory
MAX_PARTS = 100_000  # segments, chunks or blocks of one file; parsing more takes seconds
MAX_OTHER_METADATA = 1 << 20  # bytes of XMP and IPTC that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFile:
    """A file without private metadata, and the facts from its header that decoding needs."""

    body: bytes  # of a TIFF: the uploaded file, since `tiff.reencode` writes its original
    format: str  # Pillow's name of the only decoder that may open the file
    content_type: str
    size: tuple[int, int]  # width and height in pixels as stored, before orientation is applied
    exif: Image.Exif = field(default_factory=Image.Exif)  # of the uploaded file
    other_metadata: bytes = b""  # XMP and IPTC of the uploaded file, at most MAX_OTHER_METADATA
    kept: KeptMetadata = field(default_factory=KeptMetadata)
    color_profile: bytes | None = None  # of a PNG that names its colors by numbers; empty for sRGB
    page: int = 0  # of a TIFF: the page to decode
    frame: tuple[int, int, int, int] | None = None  # of a GIF: the box of the first frame
    left_out: LeftOut = NOTHING
    removed_metadata: frozenset[str] = frozenset()  # kinds, as in `private_data`
    animated: bool = False  # the body has several frames, which browsers show one after another
    progressive: bool = False  # a progressive JPEG keeps all of its coefficients in memory
    may_be_cut_off: bool = False  # a JPEG whose last scan has to be checked for missing pixels


def check_frame_count(count: int) -> None:
    """Raise UnreadableImage if an animation has more frames than MAX_FRAMES."""
    if count > MAX_FRAMES:
        raise UnreadableImage(TOO_MANY_FRAMES.with_values(count=MAX_FRAMES))
