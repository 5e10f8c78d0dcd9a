"""An XMP sidecar states the same facts as the XMP in a file. Places are not read.

Covers app.domain.image.sidecar_facts.
"""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.image.captions import Captions
from app.domain.image.credit import Credit
from app.domain.image.taken_date import TakenDate
from app.imaging.metadata.iptc.sidecar import read_sidecar
from app.imaging.metadata.iptc.xmp import property_names
from tests.imaging.metadata.iptc.credited_files import CREDIT, xmp
from tests.imaging.metadata.iptc.test_caption_fields import CAPTIONS, TEXTS

DATE = "<photoshop:DateCreated>2003-04-05T06:07:08</photoshop:DateCreated>"
PLACE = (
    "<exif:GPSLatitude xmlns:exif='http://ns.adobe.com/exif/1.0/'>35,9.5N</exif:GPSLatitude>"
    "<photoshop:City>Secretville</photoshop:City>"
)


def test_texts_credit_and_date_are_read() -> None:
    """The names of the other properties are listed, without their values."""
    facts = read_sidecar(xmp(extra=TEXTS + DATE + PLACE))
    assert facts
    assert facts.captions == CAPTIONS
    assert facts.credit == CREDIT.cleaned()
    assert facts.taken == TakenDate(datetime.fromisoformat("2003-04-05T06:07:08"))
    assert {"GPSLatitude", "City"} <= facts.unused
    assert not {"title", "rights", "DateCreated", "about"} & facts.unused
    assert "Secretville" not in repr(facts).replace("'City'", "")


def test_a_sidecar_may_state_one_fact() -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    facts = read_sidecar(packet)
    assert facts
    assert (facts.captions, facts.credit, facts.taken) == (Captions(), Credit(), None)
    assert facts.unused == {"Rating"}
    assert property_names(packet) == {"Rating"}


@settings(max_examples=60, derandomize=True, database=None)
@given(st.binary(max_size=200), st.integers(0, 3000))
def test_any_bytes_are_no_error(noise: bytes, cut: int) -> None:
    """Also a sidecar that was cut off, or whose bytes were changed."""
    whole = xmp(extra=TEXTS)
    assert read_sidecar(noise) is None
    read_sidecar(whole[:cut])
    read_sidecar(whole[:cut] + noise + whole[cut:])
