"""Photos, queries and pages for the tests of the searches of both backends."""

from collections.abc import Callable, Iterable, Iterator

from hypothesis import settings
from hypothesis import strategies as st

from app.domain.pages import SearchPage
from app.domain.photo import Photo
from app.domain.photo_ids import MIN_ID
from app.domain.search_terms import fold_text
from tests.backends import make_photo

REPEATABLE = settings(derandomize=True, database=None, max_examples=200)
VOCABULARY = (
    "sea",
    "seal",
    "seashore",
    "harbour",
    "harbor",
    "Café",
    "cafeteria",
    "at",
    "바다",
    "바닷가",
    "해운대",
    "海",
)
texts = st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join)
photos = st.builds(
    lambda title, tags, description: make_photo(
        title=title, tags=tuple(tags), description=description
    ),
    texts,
    st.lists(st.sampled_from(VOCABULARY), max_size=2, unique=True),
    texts,
)


def has_terms(photo: Photo, query_text: str) -> bool:
    """Return whether a photo has every term of a query, by comparing texts.

    The only stop word of the samples is `at`.
    """
    terms = fold_text(" ".join((photo.title, *photo.tags))).split()
    terms += (term for term in fold_text(photo.description).split() if term != "at")
    asked = fold_text(query_text).split()
    *complete, last = [term for term in asked if term != "at"] or asked
    has_complete = all(_has_term(terms, term, is_complete=True) for term in complete)
    is_complete = query_text.endswith(" ") or last != asked[-1]
    return has_complete and _has_term(terms, last, is_complete=is_complete)


def _has_term(terms: list[str], term: str, *, is_complete: bool) -> bool:
    if not term.isascii():
        return any(term in other for other in terms)
    if term in terms:
        return True
    is_prefix = not is_complete and len(term) > 2
    return is_prefix and any(other.startswith(term) for other in terms)


def all_pages(read_page: Callable[..., SearchPage], direction: str) -> Iterator[SearchPage]:
    """Read page after page from one end to the other; `direction` is "before" or "after"."""
    cursor: str | None = None if direction == "before" else MIN_ID
    while True:
        results = read_page(**{direction: cursor})
        yield results
        cursor = results.page.older if direction == "before" else results.page.newer
        if not cursor:
            return


def ids_of(pages: Iterable[SearchPage]) -> list[str]:
    """Return the ids of the photos on the pages, in order."""
    return [summary.photo_id for results in pages for summary in results.page.summaries]


query_texts = st.sampled_from(
    [
        *VOCABULARY,
        "se",
        "har",
        "harb ",
        "sea sea ",
        "sea har",
        "at cafe",
        "sea at",
        "바다 sea",
        "운대 海",
        "바",
        "at sea harbour ",
    ]
)
