"""Read the properties of an XMP packet (ISO 16684-1)."""

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# By the prefixes that packets use for them: ISO 16684-1, section 8, and the IPTC Photo Metadata
# Standard.
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
}
_LICENSOR_URL = f"{{{NAMESPACES['plus']}}}LicensorURL"
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
_ENVELOPES = ((b"<x:xmpmeta", b"</x:xmpmeta>"), (b"<rdf:RDF", b"</rdf:RDF>"))
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MAX_VALUES = 1_000  # of one property

Properties = Mapping[str, tuple[str, ...]]


def read_properties(metadata: bytes) -> Properties:
    """Return the texts of the first packet in `metadata` by their names, such as "dc:rights".

    If a text is in several languages, the default one comes first. Properties of other namespaces
    are left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for description in _parse(metadata):
        _read_description(description, found)
    return found


def property_names(metadata: bytes) -> frozenset[str]:
    """Return the names of all properties of the first packet, without their namespaces."""
    names: set[str] = set()
    for description in _parse(metadata):
        tags = (*description.attrib, *(child.tag for child in description))
        names.update(_local_name(tag) for tag in tags if not tag.startswith(f"{{{RDF}}}"))
    return frozenset(names)


def _parse(metadata: bytes) -> list[Element]:
    """Return the elements of the first packet that have its properties.

    Parsing begins at the root element. A document type comes before it, so no packet can declare
    entities.
    """
    packet = _find_packet(metadata)
    try:
        root = ElementTree.fromstring(packet)  # noqa: S314
    except (ElementTree.ParseError, ValueError):
        return []
    rdf = root if root.tag == f"{{{RDF}}}RDF" else root.find(f"{{{RDF}}}RDF")
    return [] if rdf is None else rdf.findall(f"{{{RDF}}}Description")


def _find_packet(metadata: bytes) -> bytes:
    for start_tag, end_tag in _ENVELOPES:
        start = metadata.find(start_tag)
        end = metadata.find(end_tag, start)
        if 0 <= start < end:
            return metadata[start : end + len(end_tag)]
    return b""


def _read_description(description: Element, found: dict[str, tuple[str, ...]]) -> None:
    """Add the properties that are not found yet. An attribute is a simple one (C.2.4)."""
    for tag, value in description.attrib.items():
        if name := _name(tag):
            found.setdefault(name, (value,))
    for child in description:
        name = _name(child.tag)
        if name and name not in found:
            found[name] = _licensor_urls(child) if name == "plus:Licensor" else _values(child)


def _values(element: Element) -> tuple[str, ...]:
    """Return the text of a simple property, or those of an array (C.2.5)."""
    items = [item for array in element for item in array if item.tag == f"{{{RDF}}}li"]
    items = items[:_MAX_VALUES]
    items.sort(key=lambda item: item.get(_LANGUAGE, "x-default") != "x-default")
    return tuple(_text(item) for item in items or [element])


def _licensor_urls(licensors: Element) -> tuple[str, ...]:
    """Return the URLs in an array of structures, whose fields may be attributes (C.2.6)."""
    parts = list(licensors.iter())[:_MAX_VALUES]
    attributes = [part.get(_LICENSOR_URL, "") for part in parts]
    elements = [_text(part) for part in parts if part.tag == _LICENSOR_URL]
    return tuple(filter(None, (*attributes, *elements)))


def _text(element: Element) -> str:
    return element.text or element.get(f"{{{RDF}}}resource") or ""


def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _name(tag: str) -> str | None:
    uri, _, local_name = tag.removeprefix("{").partition("}")
    prefix = _PREFIXES.get(uri)
    return f"{prefix}:{local_name}" if prefix else None
