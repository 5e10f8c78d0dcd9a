"""A slideshow of a listing."""

import re
from html import unescape

import pytest

from app.web.pages.slideshow import SECONDS
from tests.visitor import Visitor

SHOWN = re.compile(r'class="full-close" href="/photos/(\w+)')


def shown(page: str) -> str:
    found = SHOWN.search(page)
    assert found
    return found.group(1)


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    assert found
    return unescape(found.group(1))


def follow(visitor: Visitor, path: str) -> str:
    answer = visitor.client.get(path, follow_redirects=True, buffered=True)
    assert answer.status_code == 200
    return answer.text


def test_it_goes_on_to_the_end_and_starts_again(visitor: Visitor) -> None:
    """A photo that was added in between comes first then."""
    photo_ids = [visitor.add() for _ in range(3)]
    page = visitor.get("/slideshow").text
    order = []
    for _ in range(3):
        order.append(shown(page))
        assert f'content="{SECONDS}; url={link(page, "next").replace("&", "&amp;")}"' in page
        newest = visitor.add() if len(order) == 2 else ""
        photo_ids += filter(None, [newest])
        page = follow(visitor, link(page, "next"))
    assert order == photo_ids[2::-1]
    assert shown(page) == photo_ids[-1]


def test_it_stays_in_its_listing(visitor: Visitor) -> None:
    """Its links lead to other photos of the tag, and back to the photo's page in the tag."""
    photo_ids = [visitor.add(tags=tags) for tags in ("lake", "", "lake")]
    page = visitor.get("/slideshow?in=tag:lake").text
    assert shown(page) == photo_ids[2]
    assert f'href="/photos/{photo_ids[2]}?in=tag:lake"' in page
    page = follow(visitor, link(page, "next"))
    assert shown(page) == photo_ids[0]
    assert shown(follow(visitor, link(page, "prev"))) == photo_ids[2]


def test_a_photo_s_page_starts_it_at_the_photo(visitor: Visitor) -> None:
    """The link is on the page and in full screen."""
    photo_ids = [visitor.add() for _ in range(3)]
    for photo_id in photo_ids:
        links = re.findall(r'href="(/slideshow[^"]*)"', visitor.get(f"/photos/{photo_id}").text)
        assert len(links) == 2
        assert {shown(follow(visitor, unescape(path))) for path in links} == {photo_id}


def test_a_deleted_photo_is_skipped(visitor: Visitor) -> None:
    """The link of a page that was opened before leads to the next photo, or to the start."""
    oldest, middle, newest = (visitor.add() for _ in range(3))
    page = visitor.get("/slideshow").text
    visitor.submit(f"/photos/{middle}/delete")
    assert shown(follow(visitor, link(page, "next"))) == oldest
    visitor.submit(f"/photos/{oldest}/delete")
    assert shown(follow(visitor, link(page, "next"))) == newest


def test_it_stays_while_paused(visitor: Visitor) -> None:
    """The link to pause shows the same photo, which nothing replaces."""
    first, _second = visitor.add(), visitor.add()
    page = follow(visitor, link(visitor.get("/slideshow").text, "next"))
    pause = re.search(r'class="full-info" href="([^"]*)"', page)
    assert pause
    page = visitor.get(unescape(pause.group(1))).text
    assert shown(page) == first
    assert "http-equiv" not in page


@pytest.mark.parametrize("path", ["/slideshow", "/slideshow?in=tag:none"])
def test_it_may_be_empty(visitor: Visitor, path: str) -> None:
    assert "No photos yet" in visitor.get(path).text


def test_it_is_not_indexed(visitor: Visitor) -> None:
    visitor.add()
    assert '<meta name="robots" content="noindex">' in visitor.get("/slideshow").text
