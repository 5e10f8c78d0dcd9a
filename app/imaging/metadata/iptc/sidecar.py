"""Read an XMP sidecar, which programs for photographers write beside a photo."""

from PIL import Image

from app.domain.image.sidecar_facts import SidecarFacts
from app.imaging.metadata.iptc.caption_fields import read_captions
from app.imaging.metadata.iptc.credit_fields import read_credit
from app.imaging.metadata.iptc.taken_at import read_taken
from app.imaging.metadata.iptc.xmp import property_names

_USED = frozenset(
    (
        *("title", "description", "subject", "AltTextAccessibility", "creator", "rights", "Credit"),
        *("UsageTerms", "WebStatement", "Licensor", "DateTimeOriginal", "DateTimeDigitized"),
        *("DateCreated", "CreateDate"),
    )
)
_MAX_NAME = 60  # characters of a property that is reported


def read_sidecar(data: bytes) -> SidecarFacts | None:
    """Return the facts in a sidecar; None if it has no property that can be read."""
    names = property_names(data)
    if not names:
        return None
    no_exif = Image.Exif()
    return SidecarFacts(
        captions=read_captions(data),
        credit=read_credit(no_exif, data),
        taken=read_taken(no_exif, data),
        unused=frozenset(name[:_MAX_NAME] for name in names - _USED),
    )
