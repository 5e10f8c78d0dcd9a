"""Files of every format whose credit stands in EXIF, IPTC IIM or XMP."""

import struct
from collections.abc import Callable
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image, PngImagePlugin
from PIL.ExifTags import IFD, Base

from app.domain.image.credit import Credit
from tests.imaging.sample_files import SERIAL, encode_image, jpeg_segment, noise, webp_chunk

SIZE = (700, 60)
CREDIT = Credit(
    creator="Anna Müller; 안나",
    copyright_notice="© 2026 Anna & Söhne",
    credit_line="Anna <Example>",
    usage_terms="CC BY 4.0: https://creativecommons.org/licenses/by/4.0/",
    license_url="https://creativecommons.org/licenses/by/4.0/",
    licensor_url="https://example.org/licensing?a=1&b=2",
)
EXIF_CREDIT = Credit(creator=CREDIT.creator, copyright_notice=CREDIT.copyright_notice)
IIM_CREDIT = Credit(
    creator=CREDIT.creator,
    copyright_notice=CREDIT.copyright_notice,
    credit_line=CREDIT.credit_line,
)
# A place, a serial number and contact data, which no published file may have.
PRIVATE = ("Secretville", SERIAL, "anna@secret.example", "+49 30 1234567")


def xmp(credit: Credit = CREDIT, extra: str = "") -> bytes:
    """Return a packet as editors write it, with private properties."""

    def array(name: str, kind: str, *texts: str | None) -> str:
        items = "".join(
            f'<rdf:li xml:lang="de">falsch</rdf:li><rdf:li xml:lang="x-default">{escape(text)}'
            "</rdf:li>"
            if kind == "Alt"
            else f"<rdf:li>{escape(text)}</rdf:li>"
            for text in texts
            if text
        )
        return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>" if items else ""

    names = (credit.creator or "").split("; ")
    attribute = f' photoshop:Credit="{escape(credit.credit_line)}"' if credit.credit_line else ""
    statement = f"<xmpRights:WebStatement>{escape(credit.license_url or '')}"
    licensor = f"<plus:LicensorURL>{escape(credit.licensor_url or '')}</plus:LicensorURL>"
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Editor 1.0">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
        ' xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"'
        ' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
        f' xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" aux:SerialNumber="{PRIVATE[1]}"'
        f' photoshop:City="{PRIVATE[0]}"{attribute}>\n'
        f"{array('dc:creator', 'Seq', *names)}{array('dc:rights', 'Alt', credit.copyright_notice)}"
        f"{array('xmpRights:UsageTerms', 'Alt', credit.usage_terms)}"
        f"{statement}</xmpRights:WebStatement>"
        f"<plus:Licensor><rdf:Seq><rdf:li rdf:parseType='Resource'>{licensor}"
        f"<plus:LicensorEmail>{PRIVATE[2]}</plus:LicensorEmail></rdf:li></rdf:Seq></plus:Licensor>"
        "<Iptc4xmpCore:CreatorContactInfo rdf:parseType='Resource'><Iptc4xmpCore:CiTelWork>"
        f"{PRIVATE[3]}</Iptc4xmpCore:CiTelWork></Iptc4xmpCore:CreatorContactInfo>{extra}\n"
        '  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
    )
    return text.encode()


def dataset(number: int, text: str) -> bytes:
    """Return a dataset of the application record of IPTC IIM."""
    value = text.encode()
    return struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value


def iim(extra: bytes = b"") -> bytes:
    """Return a Photoshop resource with IPTC IIM."""
    data = b"\x1c\x01\x5a\0\x03\x1b%G" + dataset(90, PRIVATE[0]) + dataset(118, PRIVATE[2])
    data += b"".join(dataset(80, name) for name in str(CREDIT.creator).split("; "))
    data += dataset(116, str(CREDIT.copyright_notice)) + dataset(110, str(CREDIT.credit_line))
    data += extra
    padding = b"\0" * (len(data) % 2)
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + padding


def exif(*, copyright_notice: str | None = CREDIT.copyright_notice) -> bytes:
    """Return EXIF with names, and with a serial number."""
    block = Image.Exif()
    block[Base.Artist] = str(CREDIT.creator).encode()
    if copyright_notice:
        block[Base.Copyright] = copyright_notice.encode()
    block.get_ifd(IFD.Exif)[Base.BodySerialNumber] = SERIAL
    return block.tobytes()


def insert_jpeg(segment: bytes, data: bytes = b"") -> bytes:
    """Return a JPEG with another segment after its JFIF header."""
    data = data or encode_image(noise(*SIZE), "JPEG")
    return data[:20] + segment + data[20:]


def jpeg_xmp(packet: bytes) -> bytes:
    return insert_jpeg(jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))


def png_xmp(packet: bytes) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode("utf-8", "replace"))
    return encode_image(noise(*SIZE), "PNG", pnginfo=info)


def gif_xmp(packet: bytes) -> bytes:
    body = BytesIO()
    frames = [noise(*SIZE, seed=seed).quantize(16) for seed in range(3)]
    frames[0].save(body, "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return body.getvalue()[:-1] + b"!\xff\x0bXMP DataXMP" + packet + trailer + b";"


def encoded(kind: str, **options: object) -> bytes:
    return encode_image(noise(*SIZE), kind, **options)


def tiff(tags: dict[int, object]) -> bytes:
    return encoded("TIFF", tiffinfo=tags)


def _png_raw_profile() -> bytes:
    """Return a PNG with IPTC as ImageMagick writes it."""
    info = PngImagePlugin.PngInfo()
    block = iim()
    info.add_text("Raw profile type iptc", f"\niptc\n{len(block):8}\n{block.hex()}\n", zip=True)
    return encode_image(noise(*SIZE), "PNG", pnginfo=info)


# By the name of the format: a function that puts an XMP packet into a file.
XMP_FILES: dict[str, Callable[[bytes], bytes]] = {
    "JPEG": jpeg_xmp,
    "PNG": png_xmp,
    "WEBP": lambda packet: encoded("WEBP", xmp=packet),
    "GIF": gif_xmp,
    "HEIF": lambda packet: encoded("HEIF", xmp=packet),
    "AVIF": lambda packet: encoded("AVIF", xmp=packet),
    "TIFF": lambda packet: tiff({700: packet}),
}
EXIF_FILES: dict[str, Callable[[bytes], bytes]] = {
    **{kind: lambda block, kind=kind: encoded(kind, exif=block) for kind in ("JPEG", "PNG")},
    **{kind: lambda block, kind=kind: encoded(kind, exif=block) for kind in ("WEBP", "HEIF")},
    "AVIF": lambda block: encoded("AVIF", exif=block),
}
IIM_FILES: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: insert_jpeg(jpeg_segment(0xED, b"Photoshop 3.0\0" + iim())),
    "TIFF": lambda: tiff({0x8649: iim()}),
    "TIFF, IIM alone": lambda: tiff({0x83BB: iim()[12:]}),
    "PNG": _png_raw_profile,
}
FILES: dict[str, tuple[Callable[[], bytes], Credit]] = {
    **{
        f"{kind} XMP": (lambda build=build: build(xmp()), CREDIT)
        for kind, build in XMP_FILES.items()
    },
    **{
        f"{kind} EXIF": (lambda build=build: build(exif()), EXIF_CREDIT)
        for kind, build in EXIF_FILES.items()
    },
    "TIFF EXIF": (
        lambda: tiff(
            {315: str(CREDIT.creator).encode(), 33_432: str(CREDIT.copyright_notice).encode()}
        ),
        EXIF_CREDIT,
    ),
    **{f"{kind} IIM": (build, IIM_CREDIT) for kind, build in IIM_FILES.items()},
}


@cache
def build_file(name: str) -> bytes:
    """Return one of FILES, whose pixels are noise."""
    build, _credit = FILES[name]
    return build()


def simple_webp() -> bytes:
    """Return a WebP without an extended header."""
    data = encode_image(noise(*SIZE), "WEBP")
    assert data[12:16] in (b"VP8 ", b"VP8L"), webp_chunk
    return data
