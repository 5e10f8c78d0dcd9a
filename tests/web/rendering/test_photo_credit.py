"""A photo's credit is shown on its page, in JSON-LD, feeds, oEmbed and embed codes."""

import json
import re
from html import unescape
from xml.etree import ElementTree

import pytest

from app.domain.image.credit import Credit
from tests.imaging.metadata.iptc.credited_files import jpeg_xmp, xmp
from tests.visitor import Visitor

BY = "https://creativecommons.org/licenses/by/4.0/"
ANNA = Credit(
    creator="Anna",
    copyright_notice="© 2026 Anna",
    license_url=f"{BY}deed.de",
    licensor_url="https://example.org/buy?a=1&b=2",
)


def upload(visitor: Visitor, credit: Credit) -> str:
    """Upload a photo with this credit; return the path of its page."""
    return str(visitor.upload(jpeg_xmp(xmp(credit)), title="Pier").location)


def facts(page: str) -> str:
    """Return the credit on the page, as HTML."""
    found = re.search(r"<dt>Credit</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return found[1] if found else ""


def test_the_page_names_the_holder_and_links_to_the_license(visitor: Visitor) -> None:
    path = upload(visitor, ANNA)
    page = visitor.get(path).text
    assert facts(page) == (
        f'<bdi>© 2026 Anna</bdi> · <a rel="license" href="{BY}">CC BY 4.0</a> · '
        '<a rel="nofollow" href="https://example.org/buy?a=1&amp;b=2">Get a license</a>'
    )
    assert "Kept: © 2026 Anna · CC BY 4.0." in page
    assert "owner’s name" not in page


@pytest.mark.parametrize(
    ("credit", "shown"),
    [
        (
            Credit(creator="<b>A</b>", usage_terms="No use", credit_line="Agency"),
            "<bdi>&lt;b&gt;A&lt;/b&gt;</bdi> · <bdi>Agency</bdi> · <bdi>No use</bdi>",
        ),
        (
            Credit(copyright_notice="©", license_url="https://example.org/"),
            '<bdi>©</bdi> · <a rel="license nofollow" href="https://example.org/">License</a>',
        ),
    ],
)
def test_other_rights_are_shown_as_they_are_stated(
    visitor: Visitor, credit: Credit, shown: str
) -> None:
    assert facts(visitor.get(upload(visitor, credit)).text) == shown


def test_search_engines_get_the_license(visitor: Visitor) -> None:
    page = visitor.get(upload(visitor, ANNA)).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    properties = json.loads(found[1])
    assert properties["license"] == BY
    assert properties["acquireLicensePage"] == ANNA.licensor_url
    assert properties["creator"] == {"@type": "Person", "name": "Anna"}
    assert properties["creditText"] == "Anna"
    assert properties["copyrightNotice"] == "© 2026 Anna"


def test_feeds_and_oembed_name_the_author(visitor: Visitor) -> None:
    path = upload(visitor, ANNA)
    feed = ElementTree.fromstring(visitor.get("/feed.xml").data)  # noqa: S314  our own XML
    rights = feed.findtext("{*}entry/{*}rights")
    assert rights == "© 2026 Anna · CC BY 4.0"
    embed = visitor.get(f"/oembed?url=http://localhost{path}").json
    assert embed
    assert embed["author_name"] == "Anna"


def test_embed_codes_have_the_credit(visitor: Visitor) -> None:
    """Brackets in a name are text in each language."""
    credit = Credit(creator="A[b]", license_url=BY)
    page = visitor.get(upload(visitor, credit)).text
    escaped = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    codes = [unescape(code) for code in escaped]
    assert codes[0].endswith(f'</a><br><a rel="license" href="{BY}">A[b] · CC BY 4.0</a>')
    assert codes[1].endswith(f")  \n[A\\[b\\] · CC BY 4.0](<{BY}>)")
    assert codes[2].endswith("[/url]\nA(b) · CC BY 4.0")


def test_a_photo_without_a_credit_shows_none(visitor: Visitor) -> None:
    page = visitor.get(upload(visitor, Credit(creator="Olive Owner"))).text
    assert facts(page) == ""
    assert "Olive" not in page
    assert "owner’s name" in page
    embed = visitor.get("/feed.xml").text
    assert "<rights>" not in embed
