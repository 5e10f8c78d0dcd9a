"""The cards of a gallery are rendered once for each photo and place, and are right afterwards."""

from dataclasses import replace

import pytest

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor


def cards(page: str) -> list[str]:
    """Return the cards of a gallery page."""
    return page.split('<ul class="gallery"')[1].split("</ul>", maxsplit=1)[0].split("<li ")[1:]


def test_an_edit_changes_the_card(visitor: Visitor) -> None:
    photo_id = visitor.add(title="Before")
    assert "Before" in cards(visitor.get("/").text)[0]
    visitor.submit(f"/photos/{photo_id}/edit", title="After", alt="A <b>pier</b>")
    (card,) = cards(visitor.get("/").text)
    assert "After" in card
    assert "Before" not in card
    assert 'alt="A &lt;b&gt;pier&lt;/b&gt;"' in card


def test_a_photo_that_moves_down_loads_late(visitor: Visitor) -> None:
    """The first photos of a page load at once; the same photo is further down later."""
    visitor.add(title="Old")
    assert "lazy" not in cards(visitor.get("/").text)[0]
    for number in range(4):
        visitor.add(title=f"New {number}")
    card = cards(visitor.get("/").text)[4]
    assert "Old" in card
    assert 'loading="lazy"' in card


@pytest.mark.parametrize("prefixes", [("", "/photos"), ("/photos", "")])
def test_links_have_the_path_of_the_site(
    config: Config, services: Services, prefixes: tuple[str, str]
) -> None:
    """A card that was rendered below one path is not shown below another one."""
    settings = replace(config, proxy_hops=1, proxy_headers=("prefix",))
    visitor = Visitor(create_app(settings, services))
    photo_id = visitor.add()
    for prefix in prefixes:
        page = visitor.get("/", headers={"X-Forwarded-Prefix": prefix}).text
        assert f'href="{prefix}/photos/{photo_id}"' in cards(page)[0]


@pytest.mark.parametrize("title", ["A pier", ""])
def test_only_dates_depend_on_the_language(visitor: Visitor, title: str) -> None:
    """All languages share the card of a photo with a title; without one it has a date."""
    visitor.add(title=title)
    english, korean, again = (
        cards(visitor.get("/", headers={"Accept-Language": language}).text)
        for language in ("en", "ko", "en")
    )
    assert english == again
    assert (english == korean) == bool(title)
