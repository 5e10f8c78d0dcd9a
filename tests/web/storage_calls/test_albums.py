"""The calls to AWS of albums, their reviews and their walls are part of the design."""

from dataclasses import replace

from app.domain.photo_summary import PhotoState
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.conftest import services_of
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.visitor import JSON, Visitor
from tests.web.storage_calls.page_calls import calls_of


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
