"""Read the title, the caption, the keywords and the alternative text of a photo."""

from app.domain.image.captions import Captions
from app.imaging.metadata.iptc.iim import read_datasets
from app.imaging.metadata.iptc.xmp import read_properties

_TITLE, _KEYWORDS, _CAPTION = 5, 25, 120  # datasets of IPTC IIM 4.2
_MAX_KEYWORDS = 100
_MAX_TEXT = 20_000  # characters that are read of one text


def read_captions(other_metadata: bytes) -> Captions:
    """Return the texts in the XMP and IPTC of a file. XMP takes precedence.

    EXIF has descriptions too, but most of them are names of cameras. Names of places are not read.
    """
    properties = read_properties(other_metadata)
    datasets = read_datasets(other_metadata)

    def texts(name: str, dataset: int | None = None) -> tuple[str, ...]:
        found = properties.get(name, ())
        if not any(text.strip() for text in found) and dataset:
            found = datasets.get(dataset, ())
        return tuple(text[:_MAX_TEXT] for text in found[:_MAX_KEYWORDS])

    return Captions(
        title=_first(texts("dc:title", _TITLE)),
        description=_first(texts("dc:description", _CAPTION)),
        tags=texts("dc:subject", _KEYWORDS),
        alt=_first(texts("Iptc4xmpCore:AltTextAccessibility")),
    ).cleaned()


def _first(texts: tuple[str, ...]) -> str:
    return texts[0] if texts else ""
