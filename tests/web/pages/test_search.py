"""The search page."""

import re
from collections.abc import Iterator

import pytest

from app.domain.photo_summary import PhotoState
from app.storage.aws.dynamodb_search import MAX_CALLS
from app.storage.aws.tags.counts import PARTITIONS
from app.web.pages.search import MAX_TAGS
from tests.backends import Backend, aws_backend, make_photo
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.test_gallery import link, shown
from tests.web.pages.test_tags import listed_tags

CHUNKS = (
    "dynamodb_search.CHUNK",
    "listings.posting_join.MIN_CHUNK",
    "listings.posting_join.MAX_CHUNK",
)


def test_search_finds_photos_with_every_term(visitor: Visitor) -> None:
    """Title, description and tags are searched; case and accents do not matter."""
    found = visitor.add(
        title="Café at the pier", description="With 해운대 behind it", tags="sea, evening"
    )
    visitor.add(title="Hill")
    for query in ("cafe", "PIER sea", "behind evening", "운대", "even", "Café+at+the+pier"):
        page = visitor.get(f"/search?q={query}")
        assert shown(page.text) == [found], query
        assert "<p>1 photo</p>" in page.text
    assert shown(visitor.get("/search?q=pier+hill").text) == []


def test_query_stays_in_the_field(visitor: Visitor) -> None:
    """The field shows the query, escaped."""
    page = visitor.get('/search?q="><script>alert(1)</script>').text
    assert "<script>alert" not in page
    assert 'value="&#34;&gt;&lt;script&gt;' in page


def test_search_without_results_suggests_what_to_try(visitor: Visitor) -> None:
    """The page suggests fewer words and links to the tags."""
    page = visitor.get("/search?q=xylophone")
    assert page.status_code == 200
    assert "Nothing found for “xylophone”" in page.text
    assert "fewer or shorter words" in visitor.get("/search?q=xylophone+music").text
    assert 'href="/tags"' in page.text.split("<main")[1]


def test_results_begin_with_the_tags_that_begin_with_the_query(visitor: Visitor) -> None:
    """Only the first page has them, and not more than a few."""
    photo_id = visitor.add(tags="New York, new year, news, old, 바다")
    for query, names in {
        "new": ["new year", "new york", "news"],
        "NEW+Y": ["new year", "new york"],
        "%23바": ["바다"],
        "york": [],
        "%20": [],
    }.items():
        assert listed_tags(visitor.get(f"/search?q={query}").text) == names, query
    assert listed_tags(visitor.get(f"/search?q=new&before={photo_id}").text) == []
    visitor.add(tags=", ".join(f"new {number}" for number in range(20)))
    assert len(listed_tags(visitor.get("/search?q=new").text)) == MAX_TAGS


@pytest.mark.parametrize(
    "path", ["/search", "/search?q=", "/search?q=%20", "/search?q=!%3F", "/search?q=%00"]
)
def test_empty_query_shows_the_form_only(visitor: Visitor, path: str) -> None:
    """Without a term there are no results."""
    visitor.add()
    page = visitor.get(path)
    assert page.status_code == 200
    assert 'name="q"' in page.text
    assert shown(page.text) == []


def test_long_query_is_shortened(visitor: Visitor) -> None:
    """Only the first terms are searched, and the page says so."""
    found = visitor.add(title="b c d f g h j k")
    page = visitor.get(f"/search?q={'+'.join('bcdfghjklmn')}").text
    assert shown(page) == [found]
    assert "Only the first words were searched" in page
    assert visitor.get(f"/search?q={'x' * 5000}").status_code == 200


def test_results_are_paged(visitor: Visitor, backend: Backend) -> None:
    """Older links lead through all results, and newer links lead back to the first page."""
    photos = [make_photo(title="Harbour" if number % 8 else "Hill") for number in range(76)]
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


def test_invalid_cursor_is_404(visitor: Visitor) -> None:
    """A cursor must be a photo id."""
    assert visitor.get("/search?q=sea&before=x").status_code == 404


def test_hidden_and_deleted_photos_are_not_found(visitor: Visitor, backend: Backend) -> None:
    """Only public photos are found."""
    for state in (PhotoState.HIDDEN, PhotoState.TRASHED):
        photo = make_photo(title="Harbour")
        backend.catalog.publish(photo)
        backend.catalog.update(photo, photo.next_version(state=state))
    assert shown(visitor.get("/search?q=harbour").text) == []


def test_every_page_has_the_search_form(visitor: Visitor) -> None:
    """The form is also on the error page."""
    for path in ("/", "/tags", "/upload", "/nothing"):
        assert re.search(r'<form[^>]*role="search"', visitor.get(path).text), path


class TestCalls:
    """Searches on AWS."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        with aws_backend() as backend:
            yield backend

    def calls(self, backend: Backend, visitor: Visitor, path: str) -> int:
        assert backend.clients
        with recorded(backend.clients) as made:
            assert visitor.get(path).status_code == 200
        assert set(made.counts) <= {"Query", "BatchGetItem"}
        return len(made.made)

    def test_search_costs_a_query_for_each_of_three_terms_and_one_call_for_the_photos(
        self, backend: Backend, visitor: Visitor
    ) -> None:
        """The last term may be a beginning, which costs the same.

        The tags of a first page cost a Query in each partition of their counts.
        """
        publish_all(backend, [make_photo(title="blue sea harbour") for _ in range(40)])
        for path, calls in {
            "": 0,
            "?q=sea+": 1 + 1,
            "?q=harb": 1 + 1,
            "?q=sea+harbour+": 2 + 1,
            "?q=sea+harbour+blue+": 3 + 1,
            "?q=sea+harb": 2 + 1,
            "?q=blue+sea+harb": 3 + 1,
        }.items():
            of_tags = len(PARTITIONS) if path else 0
            assert self.calls(backend, visitor, f"/search{path}") == calls + of_tags, path

    def test_calls_of_a_search_are_bounded(
        self, backend: Backend, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Frequent terms that no photo has together cost at most MAX_CALLS a page."""
        for name in CHUNKS:
            monkeypatch.setattr(f"app.storage.aws.{name}", 3)
        words = ("one", "two")
        publish_all(backend, [make_photo(title=words[number % 2]) for number in range(50)])
        most = 0
        path = "/search?q=one+two+"
        while path:
            page = visitor.get(path).text
            most = max(most, self.calls(backend, visitor, path))
            path = link(page, "next") or ""
        assert 4 <= most <= MAX_CALLS + len(PARTITIONS)

    def test_search_that_reaches_its_limit_can_be_continued(
        self, visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The page says how far back it searched, and its older link continues from there."""
        for name in (*CHUNKS, "dynamodb_search.MAX_CALLS"):
            monkeypatch.setattr(f"app.storage.aws.{name}", 5)
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
