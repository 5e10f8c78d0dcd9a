"""Read the credit of a photo, and write it into a published file."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from PIL import ExifTags, Image

from app.domain.image.credit import Credit
from app.domain.unicode_text import is_blank
from app.imaging.metadata import exif
from app.imaging.metadata.iptc.iim import read_datasets
from app.imaging.metadata.iptc.xmp import NAMESPACES, RDF, read_properties

_MAX_TEXT = 1_000  # characters that are read of one value
_MAX_NAMES = 10  # creators
_SEPARATOR = "; "
_BY_LINE, _CREDIT, _COPYRIGHT_NOTICE = 80, 110, 116  # datasets of IPTC IIM 4.2
_USED_NAMESPACES = ("dc", "photoshop", "xmpRights", "plus")
_NAMESPACE_ATTRIBUTES = " ".join(
    f'xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in _USED_NAMESPACES
)
# The header and the trailer of a packet (ISO 16684-1, section 7.3.2).
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
    f'<rdf:Description rdf:about="" {_NAMESPACE_ATTRIBUTES}>%s</rdf:Description>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)


def read_credit(block: Image.Exif, other_metadata: bytes) -> Credit:
    """Return the credit in the metadata of an uploaded file.

    XMP takes precedence, because editors change it last. IPTC IIM and then EXIF follow.

    Args:
        block: The EXIF of the file.
        other_metadata: Its XMP and IPTC.
    """
    properties = read_properties(other_metadata)
    datasets = read_datasets(other_metadata)
    credit = Credit(
        creator=_first(
            _join(properties.get("dc:creator", ())),
            _join(datasets.get(_BY_LINE, ())),
            exif.as_text(block.get(ExifTags.Base.Artist), _MAX_TEXT),
        ),
        copyright_notice=_first(
            *properties.get("dc:rights", ()),
            *datasets.get(_COPYRIGHT_NOTICE, ()),
            exif.as_text(block.get(ExifTags.Base.Copyright), _MAX_TEXT),
        ),
        credit_line=_first(*properties.get("photoshop:Credit", ()), *datasets.get(_CREDIT, ())),
        usage_terms=_first(*properties.get("xmpRights:UsageTerms", ())),
        license_url=_first(*properties.get("xmpRights:WebStatement", ())),
        licensor_url=_first(*properties.get("plus:Licensor", ())),
    )
    return credit.cleaned()


def exif_fields(credit: Credit) -> dict[int, bytes]:
    """Return the fields of EXIF by their tags, in UTF-8 (MWG guidelines 2.0, section 5.2)."""
    values = {
        ExifTags.Base.Artist: credit.creator,
        ExifTags.Base.Copyright: credit.copyright_notice,
    }
    return {int(tag): value.encode() for tag, value in values.items() if value}


def build_xmp(credit: Credit) -> bytes:
    """Return an XMP packet with the credit alone; the same credit gives the same bytes."""
    properties = (
        _names(credit),
        _alternative("dc:rights", credit.copyright_notice),
        _simple("photoshop:Credit", credit.credit_line),
        _alternative("xmpRights:UsageTerms", credit.usage_terms),
        _simple("xmpRights:WebStatement", credit.license_url),
        _licensor(credit.licensor_url),
    )
    return (_PACKET % "".join(properties)).encode()


def _first(*values: str | None) -> str | None:
    """Return the first value that is not blank."""
    return next((value for value in values if value and not is_blank(value)), None)


def _join(names: Iterable[str]) -> str | None:
    """Return names as one text, as EXIF separates them (Exif 3.0, section 4.6.5, Artist)."""
    visible = [name.strip()[:_MAX_TEXT] for name in names if not is_blank(name)]
    return _SEPARATOR.join(visible[:_MAX_NAMES]) or None


def _split(names: str | None) -> list[str]:
    """Return the names that `_join` gives as one text again."""
    if not names:
        return []
    split = names.split(_SEPARATOR)
    return split if _join(split) == names else [names]


def _simple(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _names(credit: Credit) -> str:
    items = "".join(f"<rdf:li>{escape(name)}</rdf:li>" for name in _split(credit.creator))
    return f"<dc:creator><rdf:Seq>{items}</rdf:Seq></dc:creator>" if items else ""


def _alternative(name: str, text: str | None) -> str:
    """Return a text that may be in several languages, in the default one."""
    if not text:
        return ""
    item = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
    return f"<{name}><rdf:Alt>{item}</rdf:Alt></{name}>"


def _licensor(url: str | None) -> str:
    if not url:
        return ""
    licensor_url = _simple("plus:LicensorURL", url)
    item = f'<rdf:li rdf:parseType="Resource">{licensor_url}</rdf:li>'
    return f"<plus:Licensor><rdf:Seq>{item}</rdf:Seq></plus:Licensor>"
