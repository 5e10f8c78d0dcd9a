"""The credit of a file is read from every source, and written exactly into published files.

Covers app.imaging.metadata.iptc.heif_item, app.imaging.metadata.iptc.iim,
app.imaging.metadata.iptc.kept, app.imaging.metadata.iptc.xmp.
"""

import functools
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from app.domain.errors import InvalidUpload
from app.domain.image.credit import Credit, KeepCredit
from app.domain.image.credit_choice import CreditChoices
from app.domain.image.processed_image import ProcessedImage
from app.imaging.metadata import remove_metadata, webp
from app.imaging.metadata.iptc.credit_fields import build_xmp, read_credit
from app.imaging.metadata.iptc.kept import KeepRules, KeptMetadata
from app.imaging.pipeline import ImageLimits
from app.imaging.privacy_scan import clean_object, find_private_metadata
from tests.imaging.metadata.iptc.credited_files import (
    CREDIT,
    EXIF_FILES,
    FILES,
    PRIVATE,
    XMP_FILES,
    build_file,
    exif,
    jpeg_xmp,
    simple_webp,
    xmp,
)
from tests.imaging.sample_files import open_image, process_bytes

pytestmark = pytest.mark.exhaustive("credit of files")

bounded = settings(max_examples=12, derandomize=True, database=None)
NO_CREDIT = KeepRules(credit=KeepCredit.NO)
MAX_PACKET = 1_200  # bytes of a long credit


@functools.cache
def process_file(name: str) -> ProcessedImage:
    return process_bytes(build_file(name))


def published(photo: ProcessedImage) -> list[bytes]:
    assert isinstance(photo.original, bytes)
    return [photo.original, *(rendition.body for rendition in photo.renditions)]


@pytest.mark.parametrize("name", FILES)
def test_the_credit_is_read_and_written_into_all_files_but_the_smallest(name: str) -> None:
    photo = process_file(name)
    assert photo.credit == FILES[name][1]
    packet = build_xmp(photo.credit)
    assert len(packet) <= MAX_PACKET
    assert packet in published(photo)[0]
    for rendition in photo.renditions:
        assert (packet in rendition.body) == (rendition.width >= 640)


@pytest.mark.parametrize("name", FILES)
def test_nothing_private_stays_beside_the_credit(name: str) -> None:
    """The audit finds nothing, and the page does not say that the credited name was removed."""
    photo = process_file(name)
    for body in published(photo):
        assert [text for text in PRIVATE if text.encode() in body] == []
        assert find_private_metadata(body) == set()
    has_contact = "IIM" in name
    assert ("owner" in photo.removed_metadata) == has_contact


@pytest.mark.parametrize("name", FILES)
def test_a_published_original_is_published_unchanged(name: str) -> None:
    again = process_bytes(published(process_file(name))[0])
    assert published(again)[0] == published(process_file(name))[0]
    assert again.credit == process_file(name).credit
    assert again.removed_metadata == ()


@pytest.mark.parametrize("name", FILES)
def test_the_pixels_of_all_frames_are_unchanged(name: str) -> None:
    before, after = open_image(build_file(name)), open_image(published(process_file(name))[0])
    assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)
    for frame in range(getattr(before, "n_frames", 1)):
        before.seek(frame)
        after.seek(frame)
        difference = ImageChops.difference(before.convert("RGB"), after.convert("RGB"))
        assert difference.getbbox() is None


@pytest.mark.parametrize("name", FILES)
def test_any_other_packet_is_found(name: str) -> None:
    """The audit accepts the packet byte for byte."""
    original = published(process_file(name))[0]
    packet = build_xmp(process_file(name).credit or Credit())
    for changed in (
        packet.replace(b"</x:xmpmeta><?xpacket", b"</x:xmpmeta> <?xpacke"),
        packet.replace(b'rdf:about=""', b"rdf:about=''"),
        packet.replace(b"dc:creator", b"dc:creatox"),
    ):
        assert len(changed) == len(packet)
        assert find_private_metadata(original.replace(packet, changed))


@pytest.mark.parametrize("name", FILES)
def test_a_site_that_keeps_no_credit_removes_it(name: str) -> None:
    photo = process_bytes(build_file(name), ImageLimits(10**8, keep_credit=KeepCredit.NO))
    assert photo.credit is None
    assert "owner" in photo.removed_metadata
    assert not [body for body in published(photo) if b"Anna" in body]
    original = published(process_file(name))[0]
    assert find_private_metadata(original, NO_CREDIT)
    assert find_private_metadata(clean_object(original, NO_CREDIT), NO_CREDIT) == set()


@pytest.mark.parametrize("kind", XMP_FILES)
def test_a_name_without_rights_is_removed_unless_the_site_keeps_all(kind: str) -> None:
    name = Credit(creator="Olive Owner")
    data = XMP_FILES[kind](xmp(name))
    assert process_bytes(data).credit is None
    assert b"Olive" not in published(process_bytes(data))[0]
    assert "owner" in process_bytes(data).removed_metadata
    kept = process_bytes(data, ImageLimits(10**8, keep_credit=KeepCredit.ALL))
    assert kept.credit == name
    assert b"Olive Owner" in published(kept)[0]


@pytest.mark.parametrize("kind", EXIF_FILES)
def test_an_artist_without_a_copyright_notice_is_removed(kind: str) -> None:
    photo = process_bytes(EXIF_FILES[kind](exif(copyright_notice=None)))
    assert photo.credit is None
    assert b"Anna" not in published(photo)[0]


def test_a_webp_without_an_extended_header_gets_one() -> None:
    data = simple_webp()
    cleaned = webp.remove_metadata(data, lambda *_: KeptMetadata(written=CREDIT))
    assert open_image(cleaned.body).info["xmp"] == build_xmp(CREDIT)
    assert remove_metadata(cleaned.body).body == cleaned.body
    assert ImageChops.difference(open_image(data), open_image(cleaned.body)).getbbox() is None


def test_a_name_like_that_of_a_property_is_no_finding() -> None:
    photo = process_bytes(jpeg_xmp(xmp(replace(CREDIT, creator="GPSLatitude SerialNumber"))))
    assert photo.credit
    assert find_private_metadata(published(photo)[0]) == set()


@bounded
@given(
    st.builds(
        Credit,
        creator=st.text(max_size=130),
        copyright_notice=st.text(max_size=160),
        credit_line=st.text(max_size=110),
        usage_terms=st.text(max_size=220),
        license_url=st.text(max_size=20).map("https://example.org/{}".format),
    )
)
@example(Credit(creator="; A;; B; ;", copyright_notice="]]>&lt;<!--"))
@example(Credit(creator="\ufeff", copyright_notice="©\u200d1", credit_line="a\u0301" * 90))
def test_a_packet_is_read_as_the_credit_that_it_was_written_from(credit: Credit) -> None:
    cleaned = credit.cleaned()
    assert read_credit(Image.Exif(), build_xmp(cleaned)) == cleaned


@pytest.mark.parametrize("kind", XMP_FILES)
@bounded
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), st.binary(max_size=8)), max_size=3))
def test_a_damaged_packet_leaves_nothing_private(
    kind: str, changes: list[tuple[float, int, bytes]]
) -> None:
    packet = xmp()
    for fraction, length, replacement in changes:
        start = int(fraction * len(packet))
        packet = packet[:start] + replacement + packet[start + length :]
    try:
        cleaned = clean_object(XMP_FILES[kind](packet))
    except InvalidUpload:
        return
    assert not {b"Secretville", b"secret.example", b"SN-0042"} & {
        text for text in (b"Secretville", b"secret.example", b"SN-0042") if text in cleaned
    }
    assert find_private_metadata(cleaned) == set()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "Anna"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
RIGHTS = b"<dc:rights>&b;</dc:rights>"
RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description>%s</rdf:Description></rdf:RDF>'
)
HOSTILE = {
    "entities": ENTITIES + RDF % RIGHTS,
    "document type inside": RDF % (ENTITIES + RIGHTS),
    "external entity": b'<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + RDF % RIGHTS,
    "deep": RDF % (b"<dc:rights>" * 40_000 + b"</dc:rights>" * 40_000),
    "wide": RDF % (b"<dc:rights/>" * 80_000),
    "undeclared prefix": RDF % b"<x:y/>",
    "not UTF-8": RDF % b"<dc:rights>\xff\xfe</dc:rights>",
    "no end": b"<rdf:RDF " * 100_000,
    "other root": b"<x:xmpmeta xmlns:x='a'/></x:xmpmeta>",
    "long": RDF % (b"<dc:rights>" + b"0" * 10**6 + b"</dc:rights>"),
    "datasets": b"\x1c\x02\0\0\x02\0\4" + b"\x1c\x02\x50\0\0" * 200_000,
    "cut off": b"8BIM\x04\x04",
    "extended dataset": b"8BIM\x04\x04\0\0\0\0\0\5\x1c\x02\x74\x80\4",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_metadata_has_no_credit(kind: str) -> None:
    assert not read_credit(Image.Exif(), HOSTILE[kind])


PRIVATE_NOTICE = Credit(copyright_notice="© 2020\nAnn, ann@example.org")


@pytest.mark.parametrize(
    ("setting", "sidecar", "expected"),
    [
        (KeepCredit.RIGHTS, CREDIT, CREDIT),
        (KeepCredit.RIGHTS, Credit(creator="Ann"), None),
        (KeepCredit.ALL, Credit(creator="Ann"), Credit(creator="Ann")),
        (KeepCredit.NO, CREDIT, None),
        (KeepCredit.RIGHTS, PRIVATE_NOTICE, Credit(copyright_notice="© 2020 Ann,")),
    ],
)
def test_the_credit_of_a_sidecar_counts_as_one_of_the_file(
    setting: KeepCredit, sidecar: Credit, expected: Credit | None
) -> None:
    """The setting applies to it, and contact data is left out."""
    rules = KeepRules(credit=setting, choices=CreditChoices(sidecar=sidecar))
    kept = rules.select(Image.Exif(), b"")
    assert kept.credit == kept.written == expected
