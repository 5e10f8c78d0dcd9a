"""Captions are read from XMP and IPTC, as typed texts are stored. Places are not read.

Covers app.domain.image.captions.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.image.captions import Captions
from app.imaging.metadata.iptc.caption_fields import read_captions
from app.imaging.pipeline import ImageLimits
from tests.imaging.metadata.iptc.credited_files import XMP_FILES, dataset, iim, xmp
from tests.imaging.sample_files import process_bytes
from tests.visitor import Visitor

bounded = settings(max_examples=40, derandomize=True, database=None)
TEXTS = (
    "<dc:title><rdf:Alt><rdf:li xml:lang='de'>Steg</rdf:li>"
    "<rdf:li xml:lang='x-default'>Pier</rdf:li></rdf:Alt></dc:title>"
    "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Two\nlines, anna@example.org</rdf:li>"
    "</rdf:Alt></dc:description>"
    "<dc:subject><rdf:Bag><rdf:li>Sea</rdf:li><rdf:li>{long}</rdf:li><rdf:li>dusk</rdf:li>"
    "</rdf:Bag></dc:subject><Iptc4xmpCore:AltTextAccessibility><rdf:Alt>"
    "<rdf:li xml:lang='x-default'>A pier at dusk</rdf:li></rdf:Alt>"
    "</Iptc4xmpCore:AltTextAccessibility>"
).format(long="x" * 60)
CAPTIONS = Captions(
    title="Pier", description="Two\nlines,", tags=("sea", "dusk"), alt="A pier at dusk"
)


@pytest.mark.parametrize("kind", XMP_FILES)
def test_the_texts_of_xmp_are_read_and_removed_from_the_file(kind: str) -> None:
    data = XMP_FILES[kind](xmp(extra=TEXTS))
    photo = process_bytes(data)
    assert photo.captions == CAPTIONS
    assert isinstance(photo.original, bytes)
    assert b"pier at dusk" not in photo.original
    assert process_bytes(data, ImageLimits(10**8, read_captions=False)).captions == Captions()


def test_the_texts_of_iptc_are_read() -> None:
    texts = dataset(5, "Steg") + dataset(120, "Zwei") + dataset(25, "See") + dataset(25, "Abend")
    assert read_captions(iim(texts)) == Captions(
        title="Steg", description="Zwei", tags=("see", "abend")
    )


@pytest.mark.parametrize("text", ["OLYMPUS DIGITAL CAMERA", "x" * 201, "\x00", ""])
def test_a_title_that_says_nothing_is_left_out(text: str) -> None:
    assert read_captions(iim(dataset(5, text))).title == ""


@bounded
@given(
    st.builds(
        Captions,
        title=st.text(max_size=230),
        description=st.text(max_size=300),
        tags=st.lists(st.text(max_size=60), max_size=25).map(tuple),
        alt=st.text(max_size=300),
    )
)
def test_cleaning_again_changes_nothing(captions: Captions) -> None:
    cleaned = captions.cleaned()
    assert cleaned.cleaned() == cleaned


def test_what_is_typed_comes_before_the_file(visitor: Visitor) -> None:
    data = XMP_FILES["JPEG"](xmp(extra=TEXTS))
    page = visitor.get(visitor.upload(data, title="Mine", tags="mine").location).text
    assert '<h1 dir="auto">Mine</h1>' in page
    assert "/tags/mine" in page
    assert "/tags/sea" not in page
    assert 'alt="A pier at dusk"' in page
    page = visitor.get(visitor.upload(data).location).text
    assert '<h1 dir="auto">Pier</h1>' in page
    assert "/tags/sea" in page
    assert "Two\nlines," in page
