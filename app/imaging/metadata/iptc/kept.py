"""Decide what a published file keeps of the metadata of the uploaded one."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from app.domain.image.credit import Credit, KeepCredit
from app.imaging.metadata import exif
from app.imaging.metadata.iptc.credit_fields import build_xmp, exif_fields, read_credit


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMetadata:
    """The metadata of a published file."""

    orientation: int = 1
    located: Image.Exif | None = None  # the EXIF whose location stays
    credit: Credit | None = None

    @property
    def exif(self) -> bytes:
        """The EXIF block; empty if nothing stays."""
        fields = exif_fields(self.credit) if self.credit else {}
        return exif.build_minimal(self.orientation, self.located, fields)

    @property
    def xmp(self) -> bytes:
        """The XMP packet; empty if nothing stays."""
        return build_xmp(self.credit) if self.credit else b""


# Returns what stays of a file's EXIF and of its XMP and IPTC.
SelectKept = Callable[[Image.Exif, bytes], KeptMetadata]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRules:
    """What stays, and how the image is turned."""

    quarter_turns: int = 0  # clockwise, in formats with an EXIF orientation
    location: bool = False
    credit: KeepCredit = KeepCredit.RIGHTS

    def select(self, block: Image.Exif, other_metadata: bytes) -> KeptMetadata:
        """Return what stays of a file with this EXIF and these XMP and IPTC."""
        return KeptMetadata(
            orientation=exif.turned(exif.read_orientation(block), self.quarter_turns),
            located=block if self.location else None,
            credit=self._read_credit(block, other_metadata),
        )

    def _read_credit(self, block: Image.Exif, other_metadata: bytes) -> Credit | None:
        if self.credit is KeepCredit.NO:
            return None
        credit = read_credit(block, other_metadata)
        is_kept = credit.states_rights or (self.credit is KeepCredit.ALL and bool(credit))
        return credit if is_kept else None
