"""The tags, and the gallery of one tag.

Covers app.services.tag_service.
"""

import re

import pytest

from app.web.pages import tag_suggestions, tags
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
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


def listed_tags(page: str) -> list[str]:
    """Return the tags of a page, in their order."""
    start = r'href="/tags/[^"]+">\s*(?:<span class="cover">.*?class="name"[^>]*>|<span><bdi>)'
    return re.findall(rf"{start}([^<]+)<", page, re.DOTALL)


def publish_tags(backend: Backend, *names: str) -> None:
    """Publish one photo for each name; a name may come several times."""
    publish_all(backend, [make_photo(tags=(name,)) for name in names])


def test_index_lists_the_most_used_tags_first(visitor: Visitor, backend: Backend) -> None:
    """While all of them fit on one page, there are no links to others."""
    publish_tags(backend, "hill", "sea", "sea", "sand", "sea", "sand")
    page = visitor.get("/tags").text
    assert listed_tags(page) == ["sea", "sand", "hill"]
    assert "start=" not in page


def test_equally_used_tags_are_in_alphabetical_order(visitor: Visitor, backend: Backend) -> None:
    """Accents do not matter, on both backends: on the page, as JSON and in the suggestions."""
    names = ["2026", "apfel", "äpfel", "cafe", "café", "éclair", "ski", "über", "zoo", "꽃", "바다"]
    publish_tags(backend, "zoo", *reversed(names))
    expected = ["zoo", *(name for name in names if name != "zoo")]
    assert listed_tags(visitor.get("/tags").text) == expected
    found = visitor.get("/tags", headers={"Accept": "application/json"}).json["tags"]
    assert [tag["tag"] for tag in found] == expected
    assert visitor.get("/tags.json").json == expected


def test_every_tag_is_reached_by_name(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages continue each other, under headings of the first letters."""
    monkeypatch.setattr(tags, "PAGE_SIZE", 3)
    names = ["2026", "apple", "pear", "plum", "꽃", "나무", "바다"]
    publish_tags(backend, "pear", *names)
    page = visitor.get("/tags").text
    assert listed_tags(page)[0] == "pear"
    assert len(listed_tags(page)) == 3
    assert 'href="/tags?start="' in page
    page = visitor.get("/tags?start=").text
    found, letters = listed_tags(page), re.findall(r'<h2 dir="auto">([^<]+)<', page)
    while next_page := re.search(r'rel="next" href="([^"]+)"', page):
        page = visitor.get(next_page.group(1)).text
        found += listed_tags(page)
        letters += re.findall(r'<h2 dir="auto">([^<]+)<', page)
    assert found == names
    assert letters == ["2", "A", "P", "P", "ㄱ", "ㄴ", "ㅂ"]


@pytest.mark.parametrize(
    ("start", "first"),
    [("P", "pear"), ("p", "pear"), ("ㄱ", "꽃"), ("ㄴ", "나무"), ("plum", "plum"), ("z", "꽃")],
)
def test_index_by_name_starts_at_a_letter(
    visitor: Visitor, backend: Backend, start: str, first: str
) -> None:
    """A Korean consonant stands for the syllables that it begins."""
    publish_tags(backend, "apple", "pear", "plum", "꽃", "나무", "바다")
    assert listed_tags(visitor.get("/tags", query_string={"start": start}).text)[0] == first


def test_index_past_the_last_tag_is_a_page(visitor: Visitor, backend: Backend) -> None:
    """It says so, and links to the other tags."""
    publish_tags(backend, "sea")
    page = visitor.get("/tags?start=힣")
    assert page.status_code == 200
    assert "That’s everything." in page.text
    assert 'href="/tags"' in page.text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_letters_of_the_language_lead_into_the_index(visitor: Visitor, language: str) -> None:
    """Korean pages have the consonants as well."""
    page = visitor.get(f"/tags?start=&lang={language}").text
    assert 'href="/tags?start=A"' in page
    assert ('href="/tags?start=%E3%84%B1"' in page) is (language == "ko")


def test_pages_of_tags_do_not_grow_with_the_tags(visitor: Visitor, backend: Backend) -> None:
    """More tags than the limits make no page and no answer longer."""
    names = [f"tag{number}" for number in range(320)]
    publish_all(backend, [make_photo(tags=tuple(names[n : n + 20])) for n in range(0, 320, 20)])
    for path in ("/tags", "/tags?start=", "/tags?start=tag2"):
        assert len(listed_tags(visitor.get(path).text)) == tags.PAGE_SIZE
    assert len(visitor.get("/tags.json").json) == tag_suggestions.MAX_SUGGESTIONS


def test_page_of_a_tag_lists_its_photos(visitor: Visitor) -> None:
    """A tag's page shows the photos with the tag and no others."""
    here, there = visitor.add(tags="바다"), visitor.add(tags="hill")
    page = visitor.get("/tags/바다").text
    assert here in page
    assert there not in page


def test_a_change_of_a_photo_shows_at_once_on_every_page(visitor: Visitor) -> None:
    """Its contributor sees a new title in the gallery, at the tag and among the own uploads.

    A hidden photo stays among the own uploads alone.
    """
    photo_id = visitor.add(title="Harbour", tags="sea")
    visitor.submit(f"/photos/{photo_id}/edit", title="Pier", tags="sea")
    for page in ("/", "/tags/sea", "/tags/sea/feed.xml", "/uploads"):
        text = visitor.get(page).text
        assert "Pier" in text
        assert "Harbour" not in text
    answer = visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    visitor.get(answer.location)  # its message links to the photo
    shown = [page for page in ("/", "/tags/sea", "/uploads") if photo_id in visitor.get(page).text]
    assert shown == ["/uploads"]


def covers(page: str) -> list[str]:
    """Return the photo ids of the tiles that have a photo, in their order."""
    tiles = re.findall(r'<span class="cover">.*?</span>', page, re.DOTALL)
    return [found[1] for tile in tiles if (found := re.search(r"photos/\w/([0-9A-Z]{26})/", tile))]


def test_each_of_the_most_used_tags_shows_a_photo(visitor: Visitor) -> None:
    """A photo that is hidden is gone from the tiles at once, and its tags from the page."""
    first, second = visitor.add(tags="sea"), visitor.add(tags="sea, dusk")
    assert covers(visitor.get("/tags").text) == [first, second]
    visitor.post(f"/photos/{second}/hide", visitor.fields("/upload"))
    page = visitor.get("/tags").text
    assert covers(page) == [first]
    assert listed_tags(page) == ["sea"]


def test_a_tag_without_a_cover_has_a_plain_tile(visitor: Visitor, backend: Backend) -> None:
    """A count that is off does not break the page."""
    publish_tags(backend, "sea")
    backend.catalog.compare_and_set_tag_count("lost", 0, 2)
    page = visitor.get("/tags").text
    assert listed_tags(page) == ["lost", "sea"]
    assert '<span class="cover">#</span>' in page
    assert len(covers(page)) == 1


@pytest.mark.parametrize("photos", [1, PAGE_SIZE + 2])
def test_page_of_a_tag_says_how_many_photos_it_has(
    visitor: Visitor, backend: Backend, photos: int
) -> None:
    """Every page of it does, and links to the feed."""
    publish_tags(backend, *["sea"] * photos)
    pages = [visitor.get("/tags/sea").text]
    if older := re.search(r'rel="next" href="([^"]+)"', pages[0]):
        pages.append(visitor.get(older[1]).text)
    for page in pages:
        assert f"<span>{photos} photo" in page
        assert '<a href="/tags/sea/feed.xml">' in page
    assert len(pages) == 1 + (photos > PAGE_SIZE)


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
