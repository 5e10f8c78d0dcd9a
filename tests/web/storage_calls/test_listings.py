"""The calls to AWS of listings and their JSON are part of the design."""

from datetime import UTC, datetime

from app.domain import photo_ids
from app.services.listings.every_year import MAX_READS
from app.web.pages.tags import MAX_TILES
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import JSON, Visitor
from tests.web.storage_calls.page_calls import MONTH_QUERIES, calls_of


def test_listing_page_costs_four_queries(backend: Backend, visitor: Visitor) -> None:
    """One Query in each partition, on the first page and on the next.

    A tag reads the records, and their number if they are not all on the page.
    """
    photo_id = [visitor.add(tags="sea") for _ in range(3)][1]
    for path in ("/", f"/?before={photo_id}"):
        assert calls_of(backend, visitor, path) == {"Query": 4}
    for path, batches in {"/tags/sea": 1, f"/tags/sea?before={photo_id}": 2}.items():
        assert calls_of(backend, visitor, path) == {"Query": 4, "BatchGetItem": batches}


def test_json_costs_the_calls_of_its_page(backend: Backend, visitor: Visitor) -> None:
    """It has the values that were read for the page. The most used tags need no covers."""
    photo_id = [visitor.add(title="Pier", tags="sea") for _ in range(3)][1]
    batch = f"/uploads?batch={photo_id[:10]}"
    album = visitor.submit("/albums/new", title="Lake").location
    listings = [
        "/",
        "/albums",
        "/albums/mine",
        f"/?before={photo_id}",
        "/tags/sea",
        "/tags?start=",
        "/uploads",
        batch,
    ]
    photo_pages = [f"/photos/{photo_id}", f"/photos/{photo_id}?in=tag:sea"]
    for path in (*listings, *photo_pages, "/search?q=pier"):
        page = calls_of(backend, visitor, path)
        assert calls_of(backend, visitor, path, JSON) == page, path
    assert calls_of(backend, visitor, "/tags", JSON) == {"Query": 16}
    for headers in ({}, JSON):
        assert calls_of(backend, Visitor(visitor.app), album, headers) == {"Query": 1}


def test_the_number_of_photos_costs_one_read_a_minute(backend: Backend, visitor: Visitor) -> None:
    """A gallery of several pages reads its counter once, and on its first page alone."""
    publish_all(backend, [make_photo() for _ in range(PAGE_SIZE + 1)])
    older = f"/?before={photo_ids.MAX_ID}"
    assert calls_of(backend, visitor, older) == {"Query": 4}
    first = calls_of(backend, visitor, "/")
    assert first == {"Query": 4 + MONTH_QUERIES, "BatchGetItem": 1}
    second = calls_of(backend, visitor, "/")
    assert second.get("Query", 0) <= 4
    assert "BatchGetItem" not in second


def test_a_page_of_the_archive_costs_four_queries(backend: Backend, visitor: Visitor) -> None:
    """The counts of the months are read once a minute. A photo there has two neighbors."""
    dates = [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 29)]
    photos = [make_photo(taken_at=date) for date in (*dates, *dates, None)]
    publish_all(backend, photos)
    assert calls_of(backend, visitor, "/2026") == {"Query": 4 + MONTH_QUERIES}
    [key] = photos[20].ordered_entries
    for path in ("/2026", "/2026/11", f"/2026/11?before={key.position}"):
        assert calls_of(backend, visitor, path) == {"Query": 4}
    assert calls_of(backend, visitor, "/undated") == {"Query": 4, "BatchGetItem": 1}
    for listing in ("taken:2026", "taken:2026-11"):
        path = f"/photos/{photos[20].photo_id}?in={listing}"
        assert calls_of(backend, visitor, path) == {"GetItem": 1, "Query": 8}
        assert calls_of(backend, visitor, f"/slideshow?in={listing}") == {"Query": 4}
    path = f"/photos/{photos[-1].photo_id}?in=undated"
    assert calls_of(backend, visitor, path) == {"Query": 8, "BatchGetItem": 1}


def test_the_gallery_by_date_costs_four_queries_a_year(backend: Backend, visitor: Visitor) -> None:
    """This year is read as well. A page of sparse years is shorter after eight."""
    this_year = datetime.now(UTC).year
    years = [*[2010] * (PAGE_SIZE + 1), *range(1970, 2000)]
    photos = [make_photo(taken_at=datetime(year, 6, 1, tzinfo=UTC)) for year in years]
    publish_all(backend, photos)
    assert calls_of(backend, visitor, "/?order=taken") == {"Query": 2 * 4 + MONTH_QUERIES}
    assert calls_of(backend, visitor, "/") == {"Query": 2 * 4}
    cursor = f"{this_year}-0101T000000-{photo_ids.MIN_ID}"
    assert calls_of(backend, visitor, f"/?before={cursor}") == {"Query": 2 * 4}
    assert calls_of(backend, visitor, f"/?before=1999-1231T000000-{photo_ids.MIN_ID}") == {
        "Query": 4 * MAX_READS
    }
    path = f"/photos/{photos[3].photo_id}?in=taken"
    assert calls_of(backend, visitor, path) == {"GetItem": 1, "Query": 2 * 4}
    path = f"/photos/{photos[-1].photo_id}?in=taken"
    assert calls_of(backend, visitor, path) == {"GetItem": 1, "Query": 2 * 4 + 3 * 4}


def test_page_of_tags_costs_one_query_for_each_partition_of_counts(
    backend: Backend, visitor: Visitor
) -> None:
    """The number of tags does not matter. The covers are looked for once a minute."""
    visitor.add(tags="sea, hill")
    for path in ("/tags?start=", "/tags?start=s"):
        assert calls_of(backend, visitor, path) == {"Query": 16}
    assert calls_of(backend, visitor, "/tags") == {"Query": 16 + 2 * 4, "BatchGetItem": 1}
    assert calls_of(backend, visitor, "/tags") == {"Query": 16, "BatchGetItem": 1}


def test_page_of_many_tags_shows_a_bounded_number_of_covers(
    backend: Backend, visitor: Visitor
) -> None:
    """The first tags have covers, the others none."""
    names = [f"tag {number}" for number in range(60)]
    publish_all(backend, [make_photo(tags=tuple(names[n : n + 20])) for n in (0, 20, 40)])
    queries = 16 + MAX_TILES * 4
    # One Query more for tags whose counts may be in all partitions, see most_used.
    assert calls_of(backend, visitor, "/tags")["Query"] in {queries, queries + 1}


def test_number_of_photos_of_a_tag_costs_one_read(backend: Backend, visitor: Visitor) -> None:
    """It is read only if the page does not have all photos of the tag."""
    publish_all(backend, [make_photo(tags=("sea",)) for _ in range(PAGE_SIZE + 1)])
    calls = calls_of(backend, visitor, "/tags/sea")
    assert calls["BatchGetItem"] == 2
    assert calls["Query"] <= 2 * 4
