"""Select the metadata of an uploaded file that the published file keeps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from PIL import Image

from app.domain.image.credit import Credit, KeepCredit
from app.domain.image.credit_choice import CreditChoices
from app.imaging.metadata import exif
from app.imaging.metadata.iptc.credit_fields import build_xmp, exif_fields, read_credit
from app.imaging.metadata.iptc.taken_at import read_taken


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMetadata:
    """The metadata of a published file."""

    orientation: int = 1
    located: Image.Exif | None = None  # the EXIF whose location stays
    written: Credit | None = None  # into the file
    credit: Credit | None = None  # of the photo, which may be more than files state
    has_credit_of_file: bool = False

    @property
    def exif(self) -> bytes:
        """The EXIF block; empty if nothing stays."""
        fields = exif_fields(self.written) if self.written else {}
        return exif.build_minimal(self.orientation, self.located, fields)

    @property
    def xmp(self) -> bytes:
        """The XMP packet; empty if nothing stays."""
        return build_xmp(self.written) if self.written else b""


# Takes the EXIF of a file, and its XMP and IPTC, and returns the metadata that stays.
SelectKept = Callable[[Image.Exif, bytes], KeptMetadata]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRules:
    """The settings, the choices of the visitor, and the rotation of one image."""

    quarter_turns: int = 0  # clockwise, in formats with an EXIF orientation
    location: bool = False
    credit: KeepCredit = KeepCredit.RIGHTS
    choices: CreditChoices = field(default_factory=CreditChoices)

    def select(self, block: Image.Exif, other_metadata: bytes) -> KeptMetadata:
        """Return the metadata that a file with this EXIF, XMP and IPTC keeps."""
        of_file = self._credit_of_file(block, other_metadata)
        taken = read_taken(block, other_metadata)
        year = (taken.earliest if taken else datetime.now(UTC)).year
        credit = self.choices.apply(of_file, year)
        return KeptMetadata(
            orientation=exif.turned(exif.read_orientation(block), self.quarter_turns),
            located=block if self.location else None,
            written=self._written(credit),
            credit=credit,
            has_credit_of_file=of_file is not None,
        )

    def _credit_of_file(self, block: Image.Exif, other_metadata: bytes) -> Credit | None:
        if self.credit is KeepCredit.NO:
            return None
        stated = self.choices.sidecar.or_else(read_credit(block, other_metadata))
        return self._written(stated.cleaned())

    def _written(self, credit: Credit | None) -> Credit | None:
        """Return the credit if published files have it."""
        keeps_all = self.credit is KeepCredit.ALL
        keeps_rights = keeps_all or self.credit is KeepCredit.RIGHTS
        is_written = credit and (keeps_all or (keeps_rights and credit.states_rights))
        return credit if is_written else None


DEFAULT_RULES = KeepRules()
