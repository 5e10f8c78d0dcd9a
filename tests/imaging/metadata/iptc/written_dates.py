"""A date in XMP and in IPTC."""

from datetime import datetime

EXPECTED = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001


def xmp(name: str, value: str, *, element: bool = False) -> bytes:
    """Return XMP with one property, as an attribute or as an element."""
    prop = f"<{name}>{value}</{name}>" if element else f'<rdf:Description {name}="{value}"/>'
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{prop}</x:xmpmeta>'.encode()


def iptc(date: str, time: str = "") -> bytes:
    """Return a Photoshop resource with the IPTC datasets of a date and a time."""
    datasets = b"\x1c\x02\x37\0\x08" + date.encode()
    if time:
        datasets += b"\x1c\x02\x3c\0\x0b" + time.encode()
    return b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0" + bytes((len(datasets),)) + datasets
