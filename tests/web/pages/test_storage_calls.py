"""The calls to AWS of each page are part of the design."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from unittest import mock

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import photo_ids
from app.domain.batches import Batch
from app.domain.image.rendition_sizes import rendition_sizes
from app.domain.photo_summary import PhotoState, Role
from app.services.factory import Services
from app.services.listings.every_year import MAX_READS
from app.web.listings import batch_pages
from app.web.pages.tags import MAX_TILES
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, aws_backend, make_photo
from tests.conftest import services_of
from tests.sample_images import jpeg, phone_exif
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.visitor import JSON, Visitor

OPEN_REPORTS = 1  # Queries for their number
LAST_RESULTS = 1  # of check, audit and advisories, on the first page
MONTH_QUERIES = 2  # once a minute and process
SIZE = (700, 500)  # has renditions in both formats


@pytest.fixture
def backend() -> Iterator[Backend]:
    with aws_backend() as backend:
        yield backend


@pytest.fixture(autouse=True)
def generations(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    """Leave out the GetItem for the visitor's own cookie, which one test is about."""
    revocations = backend.session_revocations
    found = mock.Mock(return_value=None)
    monkeypatch.setattr(type(revocations), "generation_of", lambda _, owner: found(owner))
    return found


def calls_of(
    backend: Backend, visitor: Visitor, path: str, headers: dict[str, str] | None = None
) -> dict[str, int]:
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert visitor.get(path, headers=headers).status_code in {200, 206}
    return calls.counts


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


def test_albums_cost_one_query(backend: Backend, visitor: Visitor) -> None:
    """The list reads the numbers of photos too, and own albums their covers.

    An album that is one page needs no counter. Pages after the first one read the record. Its host
    also reads the number of photos that wait for review.
    """
    path = visitor.submit("/albums/new", title="Lake").location
    albums = services_of(backend, visitor.app.extensions["shoebox"].config).albums
    album_id = path.rpartition("/")[2]
    albums.add(album_id, visitor.add())
    assert calls_of(backend, visitor, "/albums") == {"Query": 1, "BatchGetItem": 1}
    assert calls_of(backend, visitor, "/albums/mine") == {"Query": 1, "BatchGetItem": 2}
    visitor.get(path)  # clears a message
    reader = Visitor(visitor.app)
    assert calls_of(backend, reader, path) == {"Query": 1}
    assert calls_of(backend, visitor, path) == {"Query": 1, "BatchGetItem": 1}
    publish_all(backend, photos := [make_photo() for _ in range(PAGE_SIZE)])
    for photo in photos:
        albums.add(album_id, photo.photo_id)
    assert calls_of(backend, reader, path) == {"Query": 1, "BatchGetItem": 1}
    following = visitor.get(path, headers=JSON).json["next"]
    assert calls_of(backend, reader, following) == {"GetItem": 1, "Query": 1, "BatchGetItem": 1}
    assert calls_of(backend, visitor, f"{path}/card") == {"GetItem": 1}
    # A page of "Arrange" reads the record each time, and then the photos before the page.
    assert calls_of(backend, visitor, f"{path}/arrange") == {"GetItem": 1, "Query": 1}
    after = following.partition("?")[2]
    calls = calls_of(backend, visitor, f"{path}/arrange?{after}")
    assert calls == {"GetItem": 3, "Query": 2}


def test_a_review_costs_three_reads_and_a_photo_that_waits_one_for_its_album(
    backend: Backend, visitor: Visitor
) -> None:
    """The album, a page of ids, their records, and the number of photos that wait.

    Others who open the photo cause no read of its album, unless they have a cookie of uploads.
    """
    path = visitor.submit("/albums/new", title="Lake").location
    services = services_of(backend, visitor.app.extensions["shoebox"].config)
    album = services.albums.get(path.rpartition("/")[2])
    membership = services.albums.new_membership(album)
    photos = [make_photo(awaiting_review=True, state=PhotoState.PENDING) for _ in range(3)]
    publish_all(backend, [replace(photo, albums=(membership,)) for photo in photos])
    visitor.get(path)  # clears a message
    review = {"GetItem": 1, "Query": 1, "BatchGetItem": 2}
    assert calls_of(backend, visitor, f"{path}/review") == review
    photo = f"/photos/{photos[0].photo_id}"
    in_gallery = {"GetItem": 3, "Query": 8}  # the photo, and its album for the page and its buttons
    assert calls_of(backend, visitor, photo) == in_gallery
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert Visitor(visitor.app).get(photo).status_code == 404
    assert calls.counts == {"GetItem": 1}


def test_own_uploads_cost_one_query(backend: Backend, visitor: Visitor) -> None:
    """Own photos and own deleted photos are one Query each. Own photos are read by their ids."""
    photo_ids = [visitor.add() for _ in range(3)]
    visitor.submit(f"/photos/{photo_ids[0]}/delete")
    for path in ("/uploads", f"/uploads?before={photo_ids[2]}"):
        assert calls_of(backend, visitor, path) == {"Query": 1, "BatchGetItem": 1}
    assert calls_of(backend, visitor, "/uploads/deleted") == {"Query": 1}


def test_a_token_costs_one_read(backend: Backend, app: Flask, services: Services) -> None:
    """On each page, and for a change. A text that is no token costs none."""
    secret, _token = services.tokens.create("Wall", Role.CONTRIBUTOR, None, None)
    bearer = {"Authorization": f"Bearer {secret}", **JSON}
    stranger = Visitor(app)
    for path in ("/tags/sea", "/search?q=sea", "/albums"):
        anonymous = calls_of(backend, stranger, path, JSON)
        assert calls_of(backend, stranger, path, bearer) == {
            "GetItem": 1 + anonymous.pop("GetItem", 0),
            **anonymous,
        }
    assert calls_of(backend, stranger, "/uploads", bearer) == {"GetItem": 1, "Query": 1}
    assert backend.clients
    for text, counts in (("shoebox_" + "0" * 39, {}), ("shoebox_" + "0" * 40, {"GetItem": 1})):
        with recorded(backend.clients) as calls:
            headers = {"Authorization": f"Bearer {text}"}
            assert stranger.get("/uploads", headers=headers).status_code == 401
        assert calls.counts == counts


def test_the_page_of_tokens_costs_one_query(backend: Backend, config: Config) -> None:
    """However many there are, and one read of the login."""
    services = services_of(backend, config)
    admin = Visitor(create_app(replace(config, admin_password="change it all"), services))
    admin.submit("/login", password="change it all")
    for number in range(3):
        services.tokens.create(f"Wall {number}", Role.CONTRIBUTOR, None, None)
    assert calls_of(backend, admin, "/admin/tokens") == {"GetItem": 1, "Query": 1}


def test_a_batch_costs_one_query(backend: Backend, visitor: Visitor) -> None:
    """Its photos are side by side in the listing of the contributor."""
    path = visitor.upload(*(jpeg(80 + n, 60) for n in range(3))).location
    visitor.add()
    visitor.get("/uploads")
    assert calls_of(backend, visitor, path) == {"Query": 1, "BatchGetItem": 1}


@pytest.mark.parametrize(("photos", "reads"), [(2, 1), (5, 2), (12, 3)])
def test_the_first_page_of_a_batch_counts_its_photos_in_bounded_reads(
    backend: Backend,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    photos: int,
    reads: int,
) -> None:
    """The first read is that of a small batch, and after a limit no more photos are counted."""
    for name, value in {"PAGE_SIZE": 2, "_STEP": 3, "MAX_COUNTED": 7}.items():
        monkeypatch.setattr(batch_pages, name, value)
    owner = backend.catalog.get(visitor.add()).owner
    batch = Batch(1_700_000_000_000)
    ids = [batch.new_id(None, position) for position in range(photos)]
    publish_all(backend, [make_photo(photo_id=photo_id, owner=owner) for photo_id in ids])
    path = f"/uploads?batch={batch.name}"
    assert calls_of(backend, visitor, path) == {"Query": reads, "BatchGetItem": reads}
    second_page = calls_of(backend, visitor, f"{path}&before={max(ids)}")
    assert second_page == {"Query": 1, "BatchGetItem": 1}


def test_selecting_costs_one_read_more_than_the_listing(
    backend: Backend, visitor: Visitor, config: Config
) -> None:
    """It reads whose photos they are. The admin may change all of them, and reads as the listing.

    An album is read with its record.
    """
    admin = Visitor(
        create_app(replace(config, admin_password="change it all"), services_of(backend, config))
    )
    admin.submit("/login", password="change it all")
    album_id = visitor.submit("/albums/new", title="Lake").location.rpartition("/")[2]
    albums = services_of(backend, config).albums
    for _ in range(2):
        location = visitor.upload(jpeg(90, 60, exif=phone_exif()), tags="sea").location
        albums.add(album_id, location.rpartition("/")[2])
    visitor.get("/2026")  # reads the counts of the months, and clears a message
    session = {"GetItem": 1}
    for listing, calls in (
        ("", {"Query": 4}),
        ("tag:sea", {"Query": 4, "BatchGetItem": 1}),
        ("taken:2026", {"Query": 4}),
        (f"album:{album_id}", {"GetItem": 1, "Query": 1}),
    ):
        path = f"/photos/select?in={listing}"
        assert Counter(calls_of(backend, admin, path)) == Counter(calls) + Counter(session)
        owners = {"BatchGetItem": 1}
        assert Counter(calls_of(backend, visitor, path)) == Counter(calls) + Counter(owners)
    for listing in ("hidden", "trash"):
        path = f"/photos/select?in={listing}"
        assert calls_of(backend, admin, path) == {"Query": 1} | session


def test_invalid_form_of_own_uploads_reads_the_page(backend: Backend, visitor: Visitor) -> None:
    """The page, and nothing else. The question before a deletion reads the selected photos."""
    assert backend.clients
    fields = visitor.fields("/upload") | {"photo": visitor.add()}
    with recorded(backend.clients) as calls:
        assert visitor.post("/photos/select/tags?in=uploads", fields).status_code == 422
    assert calls.counts == {"Query": 1, "BatchGetItem": 1}
    with recorded(backend.clients) as calls:
        assert visitor.post("/photos/select/delete?in=uploads", fields).status_code == 200
    assert calls.counts == {"BatchGetItem": 1}


def test_changing_tags_costs_as_much_as_editing_each_photo(
    backend: Backend, visitor: Visitor
) -> None:
    """Each photo costs three reads, one transaction and one sidecar."""
    assert backend.clients
    fields = visitor.fields("/upload") | {"photo": [visitor.add(), visitor.add()], "add": "sea"}
    with recorded(backend.clients) as calls:
        assert visitor.post("/photos/select/tags?in=uploads", fields).status_code == 303
    storage = {"GetItem": 6, "TransactWriteItems": 2, "PutObject": 2}
    assert calls.counts == storage | {"UpdateItem": 2, "BatchWriteItem": 2}


def test_saving_unchanged_text_writes_nothing(backend: Backend, visitor: Visitor) -> None:
    """The edit form of a photo that is saved as it was costs two reads."""
    assert backend.clients
    path = f"/photos/{visitor.add(title='Pier', tags='sea, dusk')}/edit"
    fields = visitor.fields(path) | {"title": "Pier", "tags": "sea, dusk"}
    with recorded(backend.clients) as calls:
        assert visitor.post(path, fields).status_code == 303
    assert calls.counts == {"GetItem": 2}


def test_admin_page_costs_one_query_and_the_counters(backend: Backend, config: Config) -> None:
    """The gallery is four Queries, the counters are one call and two times four Queries."""
    admin = Visitor(
        create_app(replace(config, admin_password="change it all"), services_of(backend, config))
    )
    admin.submit("/login", password="change it all")
    admin.submit(f"/photos/{admin.add()}/delete")
    admin.add()
    assert calls_of(backend, admin, "/admin") == {
        "GetItem": 1,
        "BatchGetItem": 1,
        "Query": 4 + 4 + 4 + OPEN_REPORTS + LAST_RESULTS,
    }
    for path in ("/admin/hidden", "/admin/deleted"):
        assert calls_of(backend, admin, path) == {"GetItem": 1, "Query": 1 + OPEN_REPORTS}


def test_the_own_cookie_costs_one_get_where_it_matters(
    backend: Backend, visitor: Visitor, generations: mock.Mock
) -> None:
    """That is on pages of own photos and albums. Other pages do not ask who the visitor is."""
    album = visitor.submit("/albums/new", title="Lake").location
    photo_id = visitor.add(tags="sea")
    other = Visitor(visitor.app)
    strange = f"/photos/{other.add()}"
    visitor.get("/")
    own = f"/photos/{photo_id}"
    for path in (own, f"{own}/edit", album, f"{album}/edit", "/albums/mine", "/uploads"):
        generations.reset_mock()
        assert visitor.get(path).status_code == 200
        assert generations.call_count == 1, path
    generations.reset_mock()
    pages = ("/", "/tags/sea", "/albums", "/search?q=sea", "/upload", "/albums/new", strange)
    for path in pages:
        assert visitor.get(path).status_code == 200
    for path in (*pages, own, album):
        assert Visitor(visitor.app).get(path).status_code == 200
    assert generations.call_count == 0
    fields = visitor.fields("/upload") | {"photo": photo_id, "add": "hill"}
    assert visitor.post("/photos/select/tags?in=uploads", fields).status_code == 303
    assert generations.call_count == 1


def test_open_reports_cost_one_query_and_their_photos(backend: Backend, config: Config) -> None:
    """The number of reports is another Query. A report is one Query and one transaction."""
    services = services_of(backend, config)
    admin = Visitor(create_app(replace(config, admin_password="change it all"), services))
    admin.submit("/login", password="change it all")
    form = f"/photos/{admin.add()}/report"
    assert calls_of(backend, Visitor(admin.app), form) == {"GetItem": 1}
    fields = admin.fields(form) | {"reason": "other"}
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert admin.post(form, fields).status_code == 303
    # One of the reads is for the log: it checks the login of an admin who does what everyone may.
    assert calls.counts == {"GetItem": 2, "Query": 1, "TransactWriteItems": 1}
    assert calls_of(backend, admin, "/admin/reports") == {
        "GetItem": 1,
        "BatchGetItem": 1,
        "Query": 1 + OPEN_REPORTS,
    }


@pytest.mark.parametrize(
    ("listing", "calls"),
    [
        (None, {"GetItem": 1, "Query": 8}),
        ("tag:sea", {"Query": 8, "BatchGetItem": 1}),
        ("search:pier ", {"GetItem": 1, "Query": 2, "BatchGetItem": 2}),
        ("search:pier dusk ", {"GetItem": 1, "Query": 4, "BatchGetItem": 2}),
        ("uploads", {"Query": 2, "BatchGetItem": 1}),
    ],
)
def test_photo_page_in_a_listing_costs_no_more_calls_than_in_the_gallery(
    backend: Backend, visitor: Visitor, listing: str | None, calls: dict[str, int]
) -> None:
    """One BatchGetItem reads the photo and both neighbors; a search reads them one by one."""
    photo_id = [visitor.add(title="Pier at dusk", tags="sea") for _ in range(3)][1]
    path = f"/photos/{photo_id}" + (f"?in={listing}" if listing else "")
    assert calls_of(backend, visitor, path) == calls
    assert sum(calls.values()) <= 9


def test_photo_page_in_an_album_costs_four_calls(backend: Backend, visitor: Visitor) -> None:
    """The record of the album, that of the photo, and a Query in each direction."""
    path = visitor.submit("/albums/new", title="Lake").location
    album_id = path.rpartition("/")[2]
    albums = services_of(backend, visitor.app.extensions["shoebox"].config).albums
    photo_id = [albums.add(album_id, visitor.add()).photo_id for _ in range(3)][1]
    calls = calls_of(backend, visitor, f"/photos/{photo_id}?in=album:{album_id}")
    assert calls == {"GetItem": 2, "Query": 2}
    slideshow = calls_of(backend, visitor, f"/slideshow?in=album:{album_id}")
    assert slideshow == {"GetItem": 1, "Query": 1}


def test_a_wall_costs_one_query_for_each_photo(backend: Backend, visitor: Visitor) -> None:
    """So does the question for new photos. Both also read the record of the album."""
    path = visitor.submit("/albums/new", title="Party").location
    album_id = path.rpartition("/")[2]
    albums = services_of(backend, visitor.app.extensions["shoebox"].config).albums
    photo_ids = [albums.add(album_id, visitor.add()).photo_id for _ in range(3)]
    assert calls_of(backend, visitor, f"{path}/wall/new") == {"Query": 1, "GetItem": 1}
    assert calls_of(backend, visitor, f"{path}/wall") == {"Query": 1, "GetItem": 1}
    assert calls_of(backend, visitor, f"{path}/wall?photo={photo_ids[0]}") == {"GetItem": 2}


def test_a_listing_without_the_photo_costs_four_queries(backend: Backend, visitor: Visitor) -> None:
    """They find that the photo is not there. Then the page is that of the gallery."""
    assert backend.clients
    photo_id = visitor.add(tags="sea")
    path = f"/photos/{photo_id}?in=tag:hill"
    assert calls_of(backend, visitor, path) == {"GetItem": 1, "Query": 4 + 8}
    with recorded(backend.clients) as calls:
        assert visitor.get(f"/photos/{photo_ids.MIN_ID}?in=tag:sea").status_code == 404
    assert calls.counts == {"Query": 4, "GetItem": 1}


def test_qr_code_costs_one_get(backend: Backend, visitor: Visitor) -> None:
    """The code is drawn from the address, and the record says whether the photo is public."""
    photo_id = visitor.add()
    assert calls_of(backend, visitor, f"/photos/{photo_id}/qr.svg") == {"GetItem": 1}


def test_slideshow_reads_a_page_with_one_photo(backend: Backend, visitor: Visitor) -> None:
    """Each photo costs four Queries, and in a tag its record."""
    photo_id = [visitor.add(tags="sea") for _ in range(3)][1]
    for path in ("/slideshow", f"/slideshow?before={photo_id}", f"/slideshow?after={photo_id}"):
        assert calls_of(backend, visitor, path) == {"Query": 4}
    calls = calls_of(backend, visitor, f"/slideshow?in=tag:sea&before={photo_id}")
    assert calls == {"Query": 4, "BatchGetItem": 1}


def test_image_of_a_hidden_photo_costs_two_gets(backend: Backend, visitor: Visitor) -> None:
    """The record says who may see it, and the object is passed on."""
    photo_id = visitor.add()
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    path = f"/photos/{photo_id}/files/160.jpg"
    assert calls_of(backend, visitor, path) == {"GetItem": 1, "GetObject": 1}


def test_hiding_costs_two_transactions_and_a_copy_an_object(
    backend: Backend, visitor: Visitor
) -> None:
    """One request deletes all public objects.

    The view, the service, and the search index after deleting terms each read the photo. One
    counter is of public photos only.
    """
    assert backend.clients
    photo_id = visitor.add(title="Pier")
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        visitor.post(f"/photos/{photo_id}/hide", fields)
    assert calls.counts == {
        "GetItem": 3,
        "TransactWriteItems": 2,
        "UpdateItem": 1,
        "BatchWriteItem": 1,
        "CopyObject": 2,
        "PutObject": 1,
        "DeleteObjects": 1,
    }


def test_rotating_costs_three_transactions_and_a_put_an_object(
    backend: Backend, visitor: Visitor
) -> None:
    """It reads the original once, and one request deletes the earlier objects.

    The original has another size, so the usage counters change.
    """
    assert backend.clients
    photo_id = visitor.add()
    fields = visitor.fields(f"/photos/{photo_id}") | {"direction": "right"}
    with recorded(backend.clients) as calls:
        visitor.post(f"/photos/{photo_id}/rotate", fields)
    assert calls.counts == {
        "GetItem": 1,
        "GetObject": 1,
        "TransactWriteItems": 3,
        "UpdateItem": 4,
        "PutObject": 2 + 1,
        "DeleteObjects": 1,
    }


def test_session_costs_one_get(backend: Backend, config: Config) -> None:
    """Whether a session is revoked is read once per request."""
    limited = replace(config, admin_password="let me rule")
    services = services_of(backend, limited)
    visitor = Visitor(create_app(limited, services))
    photo_id = visitor.add()
    visitor.submit("/login", password="let me rule")
    assert calls_of(backend, visitor, "/") == {"Query": 4, "GetItem": 1}
    assert calls_of(backend, visitor, f"/photos/{photo_id}") == {"GetItem": 1 + 1, "Query": 8}


def test_transfer_link_costs_one_get_and_two_puts(
    backend: Backend, app: Flask, visitor: Visitor
) -> None:
    """Creating it is free. The confirmation also reads whether the browser has uploads.

    The generation of the link's cookies is one GetItem more each.
    """
    assert backend.clients
    token = visitor.fields("/upload")["csrf_token"]
    with recorded(backend.clients) as calls:
        page = visitor.post("/transfer", {"csrf_token": token}).text
    assert calls.counts == {}
    link = "/transfer?" + page.partition('data-path="/transfer?')[2].partition('"')[0]
    other = Visitor(app)
    assert calls_of(backend, other, link) == {"GetItem": 1}
    fields = other.fields(link)
    other.get("/upload")
    assert calls_of(backend, other, link) == {"GetItem": 1, "Query": 2}
    with recorded(backend.clients) as calls:
        assert other.post("/transfer/accept", fields).status_code == 303
    assert calls.counts == {"GetItem": 1, "PutItem": 2}


def test_upload_costs_one_query_one_put_an_object_and_one_transaction(
    backend: Backend, visitor: Visitor
) -> None:
    """Each rendition, the original and the sidecar are one PUT; no HEAD and no LIST.

    One GetItem finds that no photo has the new id, one that no edit has come in between.

    After the transaction come six counters and the search terms.
    """
    assert backend.clients
    objects = len(rendition_sizes(*SIZE)) + 2
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        answer = visitor.post("/upload", fields | {"tags": "sea, hill", "photo": _file()})
    assert answer.status_code == 303
    assert calls.counts == {
        "Query": 1,
        "GetItem": 2,
        "PutObject": objects,
        "TransactWriteItems": 1,
        "UpdateItem": 2 + 4,
        "BatchWriteItem": 1,
    }
    assert calls.made[-9][0] == "TransactWriteItems"
    names = [name for name, _parameters in calls.made]
    last_put = max(index for index, name in enumerate(names) if name == "PutObject")
    assert names.index("TransactWriteItems") > last_put


def test_quota_costs_a_batch_and_four_queries(backend: Backend, config: Config) -> None:
    """A quota reads the counters of kept and deleted photos; without a quota nothing is read."""
    assert backend.clients
    limited = replace(config, max_photos_per_contributor=9, max_gb=9)
    visitor = Visitor(create_app(limited, services_of(backend, limited)))
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        assert visitor.post("/upload", fields | {"photo": _file()}).status_code == 303
    assert (calls.counts["Query"], calls.counts["BatchGetItem"]) == (1 + 4 + 4, 2)


def test_rejected_upload_costs_one_query(backend: Backend, visitor: Visitor) -> None:
    """A file that is not an image costs the search for photos of the same file."""
    assert backend.clients
    fields = visitor.fields("/upload")
    with recorded(backend.clients) as calls:
        assert visitor.post("/upload", fields | {"photo": _file(b"no picture")}).status_code == 422
    assert calls.counts == {"Query": 1}


def test_a_question_for_files_costs_one_query_each(backend: Backend, visitor: Visitor) -> None:
    """The photos of all files are read with one BatchGetItem. A file that is here costs two calls.

    Nothing is decoded or stored.
    """
    assert backend.clients
    bodies = [jpeg(80 + n, 60) for n in range(3)]
    visitor.upload_json(*bodies)
    hashes = [sha256(body).hexdigest() for body in (*bodies, b"new")]
    with recorded(backend.clients) as calls:
        answer = visitor.client.post("/upload/duplicates", json={"sha256": hashes}, headers=JSON)
    assert len(answer.json["duplicates"]) == 3
    assert calls.counts == {"Query": 4, "BatchGetItem": 1}
    with recorded(backend.clients) as calls:
        assert visitor.upload_json(bodies[0], add_duplicates="").json["skipped"]
    assert calls.counts == {"Query": 1, "BatchGetItem": 1}


def test_edit_costs_three_reads_a_transaction_and_a_put(backend: Backend, visitor: Visitor) -> None:
    """The view, the service, and the search index after writing terms each read the photo."""
    assert backend.clients
    photo_id = visitor.add(title="Pier")
    fields = visitor.fields(f"/photos/{photo_id}/edit")
    with recorded(backend.clients) as calls:
        answer = visitor.post(f"/photos/{photo_id}/edit", fields | {"title": "New"})
    assert answer.status_code == 303
    writes = {"TransactWriteItems": 1, "BatchWriteItem": 1, "PutObject": 1}
    assert calls.counts == {"GetItem": 3} | writes


def test_no_call_sends_an_acl(backend: Backend, visitor: Visitor, config: Config) -> None:
    """The bucket policy alone makes objects public."""
    assert backend.clients
    with recorded(backend.clients) as calls:
        visitor = Visitor(create_app(config, services_of(backend, config)))
        photo_id = visitor.add()
        visitor.submit(f"/photos/{photo_id}/delete")
    assert {"PutObject", "CopyObject"} <= set(calls.counts)
    assert not [
        parameters for _, parameters in calls.made if any("ACL" in name for name in parameters)
    ]


def _file(body: bytes | None = None) -> list[object]:
    return [(BytesIO(body or jpeg(*SIZE)), "a.jpg")]


@pytest.mark.parametrize("count", [1, 3])
def test_a_zip_file_reads_each_original_once(
    backend: Backend, visitor: Visitor, count: int
) -> None:
    """The records are read as on the page. A part of the file reads only its own originals."""
    photo_ids = [visitor.add(tags="lake") for _ in range(count)]
    path = "/download.zip?in=tag:lake"
    records = {"Query": 4, "BatchGetItem": 1}
    assert calls_of(backend, visitor, path) == records | {"GetObject": count}
    assert calls_of(backend, visitor, path, {"Range": "bytes=-50"}) == records
    assert calls_of(backend, visitor, path, {"Range": "bytes=1000-1001"}) == records | {
        "GetObject": 1
    }
    chosen = f"/download.zip?photo={photo_ids[0]}"
    assert calls_of(backend, visitor, chosen) == {"BatchGetItem": 1, "GetObject": 1}
    own = "/download.zip?in=uploads"
    assert calls_of(backend, visitor, own) == {"Query": 1, "BatchGetItem": 1, "GetObject": count}
