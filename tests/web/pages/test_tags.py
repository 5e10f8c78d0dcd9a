"""The tags, and the gallery of one tag."""

from tests.visitor import Visitor


def test_index_counts_photos(visitor: Visitor) -> None:
    """Every tag is listed with its number of photos, until it has none."""
    first = visitor.add(tags="sea, 바다")
    visitor.add(tags="SEA, café")
    page = visitor.get("/tags").text
    for tag in ("sea", "바다", "café"):
        assert f">{tag}<" in page or tag in page
    assert page.count('href="/tags/sea"') == 1
    visitor.submit(f"/photos/{first}/delete")
    assert "바다" not in visitor.get("/tags").text


def test_index_without_tags_is_a_page(visitor: Visitor) -> None:
    """Without tags the index says so."""
    assert visitor.get("/tags").status_code == 200


def test_page_of_a_tag_lists_its_photos(visitor: Visitor) -> None:
    """A tag's page shows the photos with the tag and no others."""
    here, there = visitor.add(tags="바다"), visitor.add(tags="hill")
    page = visitor.get("/tags/바다").text
    assert here in page
    assert there not in page


def test_other_spellings_redirect_to_the_tag(visitor: Visitor) -> None:
    """A tag with other case or Unicode composition redirects to its normalized spelling."""
    visitor.add(tags="café")
    answer = visitor.get("/tags/CAFE\N{COMBINING ACUTE ACCENT}")
    assert answer.status_code == 302
    assert answer.location == "/tags/caf%C3%A9"


def test_tags_may_contain_any_character(visitor: Visitor) -> None:
    """Tags of markup, dots, slashes and percent signs have pages too."""
    photo_id = visitor.add(tags="<b>bold</b>, ../.., 100%, a?b, x#y, ..")
    page = visitor.get(f"/photos/{photo_id}").text
    assert "<b>bold" not in page
    for path in ("/tags/100%25", "/tags/a%3Fb", "/tags/x%23y"):
        assert path in page
        assert photo_id in visitor.get(path).text
