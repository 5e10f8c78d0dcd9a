"""The albums of a photo that waits for review or is unlisted.

Covers app.services.moves.review_service.
"""

from collections.abc import Callable

import pytest

from app.domain.errors import AwaitingReview, InvalidText
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from tests.services.moves.unlisted_albums import PARTY


def test_a_photo_that_waits_is_listed_only_after_its_review(
    services: Services, add: Callable[..., Photo]
) -> None:
    photo = add(awaiting_review=True, unlisted=True)
    with pytest.raises(AwaitingReview):
        services.reviews.list_publicly(photo.photo_id)
    assert services.reviews.approve(photo.photo_id).state is PhotoState.UNLISTED
    assert services.reviews.list_publicly(photo.photo_id).state is PhotoState.PUBLIC


def test_a_photo_that_waits_is_added_to_no_other_album(
    services: Services, add: Callable[..., Photo]
) -> None:
    """The owner of the other album could approve it, and it would be shown in the first one."""
    photo = add(awaiting_review=True)
    own = services.albums.create(photo.owner, PARTY)
    with pytest.raises(InvalidText, match="waits for review"):
        services.albums.add(own.album_id, photo.photo_id)
    services.reviews.approve(photo.photo_id)
    assert services.albums.add(own.album_id, photo.photo_id).membership_in(own.album_id)


def test_a_photo_that_waits_in_no_album_is_added_to_one(
    services: Services, add: Callable[..., Photo]
) -> None:
    """Its album was deleted. The host of the new one decides."""
    photo = add(awaiting_review=True)
    services.albums.remove(photo.albums[0].album_id, photo.photo_id)
    album = services.albums.create(photo.owner, PARTY)
    added = services.albums.add(album.album_id, photo.photo_id)
    assert added.state is PhotoState.PENDING
    assert services.reviews.pending(album.album_id, 9).photos == (added,)
    assert services.albums.page(album.album_id, 9).summaries == ()
    other = services.albums.create(photo.owner, PARTY)
    with pytest.raises(InvalidText, match="waits for review"):
        services.albums.add(other.album_id, photo.photo_id)
    services.reviews.approve(photo.photo_id)
    page = services.albums.page(album.album_id, 9)
    assert [each.photo_id for each in page.summaries] == [photo.photo_id]


def test_an_unlisted_photo_is_a_cover_in_its_album_alone(
    services: Services, add: Callable[..., Photo]
) -> None:
    """The list of albums has no cover of a public album whose cover is unlisted."""
    photo = add(unlisted=True)
    album = services.albums.get(photo.albums[0].album_id)
    services.albums.ensure_cover(album, photo.photo_id)
    page = services.albums.page(album.album_id, 5)
    assert page.cover is not None
    assert page.cover.photo_id == photo.photo_id
    (tile,) = services.albums.public(5).tiles
    assert tile.cover is None
    services.reviews.list_publicly(photo.photo_id)
    (tile,) = services.albums.public(5).tiles
    assert tile.cover is not None
