"""Photos that are shown again have their place in the order that their album has by then."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.domain.albums.album import Album, AlbumOrder
from app.domain.albums.keys import time_key
from app.domain.albums.memberships import Membership
from app.services.factory import Services
from tests.visitor import Visitor

COUNT = 3
# How a photo leaves the album, and how it comes back.
WAYS = [
    ("/photos/{0}/hide", "/photos/{0}/unhide"),
    ("/photos/{0}/delete", "/photos/{0}/restore"),
    ("/photos/select/hide?in=uploads", "/photos/select/publish?in=uploads"),
    ("/photos/select/delete?in=uploads", "/photos/select/restore?in=deleted"),
]


def add_photos(visitor: Visitor, services: Services, album: Album) -> list[str]:
    """Add photos to the album in the reverse order of their dates, a minute after each other."""
    photo_ids = [visitor.add() for _ in range(COUNT)]
    for number, photo_id in enumerate(reversed(photo_ids)):
        at = datetime.now(UTC) + timedelta(minutes=number)
        key = time_key(at) if album.order is AlbumOrder.ADDED else None
        services.albums.add(album.album_id, photo_id, Membership(album.album_id, at, key))
    return photo_ids


@pytest.mark.parametrize(("leave", "come_back"), WAYS)
@pytest.mark.parametrize("orders", [("taken", "added"), ("added", "taken")])
def test_a_photo_that_is_shown_again_is_sorted(
    visitor: Visitor, services: Services, leave: str, come_back: str, orders: tuple[str, str]
) -> None:
    """Whichever form shows it again."""
    path = visitor.send("/albums/new", title="Week", order=orders[0]).location
    album = services.albums.get(path.rpartition("/")[2])
    photo_ids = add_photos(visitor, services, album)
    middle = photo_ids[1]
    fields = visitor.fields("/upload") | {"photo": middle, "confirm": "yes"}
    assert visitor.post(leave.format(middle), fields).status_code == 303
    for old, new in pairwise((*orders, *orders)):
        assert old != new
        answer = visitor.submit(f"{path}/edit", title="Week", order=new)
        assert answer.status_code == 303
    assert visitor.post(come_back.format(middle), fields).status_code == 303
    shown = [photo.photo_id for photo in services.albums.page(album.album_id, 9).summaries]
    assert shown == (photo_ids if orders[1] == "taken" else photo_ids[::-1])
    places = services.albums.get(album.album_id)
    for photo_id in photo_ids:
        photo = services.photos.get(photo_id)
        assert services.albums.sort(places, photo) == photo
