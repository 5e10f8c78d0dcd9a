"""The search page."""

import re
from collections.abc import Iterator

import pytest

from app.domain.photo import PhotoState
from app.services.search import MAX_READS
from tests.backends import Backend, aws_backend, make_photo
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.test_gallery import link, shown


def test_a_visitor_finds_a_photo(visitor: Visitor) -> None:
    """Title, description and tags are searched, all words required, case and accents folded."""
    found = visitor.add(
        title="Café at the pier", description="With 해운대 behind it", tags="sea, evening"
    )
    visitor.add(title="Hill")
    for typed in ("cafe", "PIER sea", "behind evening", "운대", "even", "Café+at+the+pier"):
        page = visitor.get(f"/search?q={typed}")
        assert shown(page.text) == [found], typed
        assert "<p>1 photo</p>" in page.text
    assert shown(visitor.get("/search?q=pier+hill").text) == []


def test_what_was_typed_stays_in_the_field(visitor: Visitor) -> None:
    """The field has what was searched for, as text."""
    page = visitor.get('/search?q="><script>alert(1)</script>').text
    assert "<script>alert" not in page
    assert 'value="&#34;&gt;&lt;script&gt;' in page


def test_nothing_found_helps(visitor: Visitor) -> None:
    """A search without a photo says so, says what to try, and leads to the tags."""
    page = visitor.get("/search?q=xylophone")
    assert page.status_code == 200
    assert "Nothing found for “xylophone”" in page.text
    assert "fewer or shorter words" in visitor.get("/search?q=xylophone+music").text
    assert 'href="/tags"' in page.text.split("<main")[1]


@pytest.mark.parametrize(
    "path", ["/search", "/search?q=", "/search?q=%20", "/search?q=!%3F", "/search?q=%00"]
)
def test_a_search_for_nothing_is_a_form(visitor: Visitor, path: str) -> None:
    """Without a word there is the form, and no photo."""
    visitor.add()
    page = visitor.get(path)
    assert page.status_code == 200
    assert 'name="q"' in page.text
    assert shown(page.text) == []


def test_a_long_search_looks_for_its_first_words(visitor: Visitor) -> None:
    """More words than are looked for are no error, and the page says what was done."""
    found = visitor.add(title="a b c d e f g h")
    page = visitor.get(f"/search?q={'+'.join('abcdefghijk')}").text
    assert shown(page) == [found]
    assert "Only the first words were searched" in page
    assert visitor.get(f"/search?q={'x' * 5000}").status_code == 200


def test_pages_of_a_search(visitor: Visitor, backend: Backend) -> None:
    """Older links lead through all that was found, newest first, and newer links back to the first page."""
    photos = [make_photo(title="Harbour" if number % 2 else "Hill") for number in range(130)]
    publish_all(backend, photos)
    expected = [photo.photo_id for photo in reversed(photos) if photo.title == "Harbour"]
    seen, path = [], "/search?q=harb"
    while path:
        last, page = path, visitor.get(path).text
        seen += shown(page)
        path = link(page, "next") or ""
    assert seen == expected
    page = visitor.get(link(visitor.get(last).text, "prev") or "").text
    assert shown(page) == expected[30:60] or shown(page) == expected[:30]
    while path := link(page, "prev") or "":
        page = visitor.get(path, follow_redirects=True).text
    assert shown(page) == expected[:30]


def test_a_page_that_stopped_says_how_far_it_got(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the reads are used up the page says so, and its older links go on until the photo is found."""
    for figure, value in {"MAX_READS": 4, "CHUNK": 5, "MAX_CHUNK": 5}.items():
        monkeypatch.setattr(f"app.services.search.{figure}", value)
    photos = [
        make_photo(title="one two"),
        *(make_photo(title=("one", "two")[number % 2]) for number in range(40)),
    ]
    publish_all(backend, photos)
    path, pages = "/search?q=one+two+", []
    while path:
        pages.append(visitor.get(path).text)
        path = link(pages[-1], "next") or ""
    assert len(pages) > 1
    assert "Searched back to" in pages[0]
    assert "Nothing found" not in pages[0]
    assert "Searched" not in pages[-1]
    assert [shown(page) for page in pages] == [[]] * (len(pages) - 1) + [[photos[0].photo_id]]


def test_a_made_up_cursor_is_not_found(visitor: Visitor) -> None:
    """A cursor that is no photo id is a 404."""
    assert visitor.get("/search?q=sea&before=x").status_code == 404


def test_hidden_and_deleted_photos_are_not_found(visitor: Visitor, backend: Backend) -> None:
    """What is in no listing is in no search."""
    for state in (PhotoState.HIDDEN, PhotoState.TRASHED):
        photo = make_photo(title="Harbour")
        backend.catalog.publish(photo)
        backend.catalog.update(photo, photo.next_version(state=state))
    assert shown(visitor.get("/search?q=harbour").text) == []


def test_every_page_has_the_search(visitor: Visitor) -> None:
    """A search field or a link to it stands at the top of every page."""
    for path in ("/", "/tags", "/upload", "/nothing"):
        assert re.search(r'<form[^>]*role="search"', visitor.get(path).text), path


def test_tags_are_suggested(visitor: Visitor) -> None:
    """The most used tags come first, and the forms name where they are."""
    photo_id = visitor.add(tags="sea, harbour")
    visitor.add(tags="sea")
    answer = visitor.get("/tags.json")
    assert answer.json == ["sea", "harbour"]
    assert answer.cache_control.max_age == 60
    for path in ("/upload", f"/photos/{photo_id}/edit"):
        assert 'data-suggestions-url="/tags.json"' in visitor.get(path).text


class TestCalls:
    """What a search costs on AWS."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        with aws_backend() as backend:
            yield backend

    def queries(self, backend: Backend, visitor: Visitor, path: str) -> int:
        assert backend.clients
        with recorded(backend.clients) as made:
            assert visitor.get(path).status_code == 200
        assert set(made.counts) <= {"Query"}
        return made.counts.get("Query", 0)

    def test_one_query_a_word(self, backend: Backend, visitor: Visitor) -> None:
        """A whole word is one Query, a last one that may go on two; the form alone is none."""
        publish_all(backend, [make_photo(title="sea harbour") for _ in range(40)])
        for path, queries in {
            "": 0,
            "?q=sea+": 1,
            "?q=sea": 2,
            "?q=sea+harbour+": 2,
            "?q=sea+harb": 3,
        }.items():
            assert self.queries(backend, visitor, f"/search{path}") == queries, path

    def test_the_worst_search_is_bounded(self, backend: Backend, visitor: Visitor) -> None:
        """Words that many photos have but none together stop at the cap; the page says how far it got."""
        words = ("one", "two")
        publish_all(backend, [make_photo(title=words[number % 2]) for number in range(300)])
        most = 0
        path = "/search?q=one+two+"
        while path:
            page = visitor.get(path).text
            most = max(most, self.queries(backend, visitor, path))
            path = link(page, "next") or ""
        assert 4 <= most <= MAX_READS

    def test_suggestions_are_one_query_a_minute(self, backend: Backend, visitor: Visitor) -> None:
        """However often suggestions are asked for, the tags are read once."""
        assert [self.queries(backend, visitor, "/tags.json") for _ in range(3)] == [1, 0, 0]
