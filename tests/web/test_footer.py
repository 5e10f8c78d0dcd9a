"""The footer of every page."""

from dataclasses import replace

from app import create_app
from app.config import Config
from app.footer_links import parse
from app.services.factory import Services
from tests.visitor import Visitor

LINKS = 'Q&A "x" /q&a?"x"; Contact mailto:me@example.org'


def footer_of(page: str) -> str:
    return page.partition("<footer")[2].partition("</footer>")[0]


def test_every_page_has_the_links(config: Config, services: Services) -> None:
    """Also errors and the answer to a form have them, escaped."""
    visitor = Visitor(create_app(replace(config, site_footer=parse(LINKS)), services))
    pages = [visitor.get(path).text for path in ("/", "/upload", "/tags", "/nothing")]
    pages.append(visitor.submit("/upload", title="no photo").text)
    for page in pages:
        footer = footer_of(page)
        assert 'href="/q&amp;a?&#34;x&#34;">Q&amp;A &#34;x&#34;</a>' in footer
        assert 'href="mailto:me@example.org">Contact</a>' in footer


def test_every_page_links_to_the_feed(visitor: Visitor) -> None:
    """People without a feed reader find it too."""
    assert 'href="/feed.xml">Feed</a>' in footer_of(visitor.get("/tags").text)


def test_the_answer_to_a_form_has_no_language_links(visitor: Visitor) -> None:
    """Following one would lose the visitor's text."""
    assert "hreflang" in footer_of(visitor.get("/upload").text)
    answer = visitor.submit("/upload", title="no photo")
    assert answer.status_code == 422
    assert "hreflang" not in footer_of(answer.text)
