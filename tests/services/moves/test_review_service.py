"""Reviewing photos, with others who act at the same time and with a storage that fails.

Covers app.services.moves.object_moves.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain import object_keys
from app.domain.errors import DeletedByReviewer, PhotoNotFound, StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from app.services.leases import LEASE
from app.services.moves.review_service import ReviewService
from tests.backends import Backend
from tests.services.moves.changes import Clock
from tests.services.sample_uploads import nth_call_fails


def prefixes(backend: Backend) -> set[str]:
    """Return the prefixes that have images."""
    return {
        prefix
        for prefix in object_keys.PHOTO_PREFIXES
        for stored in backend.objects.list(prefix)
        if not object_keys.is_private_sidecar(stored.key)
    }


def assert_clean(backend: Backend) -> None:
    assert list(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)) == []


@pytest.mark.parametrize("unlisted", [False, True])
def test_a_pending_upload_is_public_for_no_moment(
    backend: Backend,
    add: Callable[..., Photo],
    monkeypatch: pytest.MonkeyPatch,
    unlisted: bool,
) -> None:
    """None of its objects is ever stored under the public prefix."""
    stored: list[str] = []
    real = backend.objects.put

    def put(key: str, body: object) -> None:
        stored.append(key)
        real(key, body)  # type: ignore[arg-type]

    monkeypatch.setattr(backend.objects, "put", put)
    photo = add(awaiting_review=True, unlisted=unlisted)
    assert photo.state is PhotoState.PENDING
    assert {key.partition("/")[0] for key in stored} == {"pending"}
    assert_clean(backend)


@pytest.mark.parametrize("unlisted", [False, True])
def test_an_approved_photo_is_shown_where_it_was_meant_to_be(
    backend: Backend, reviews: ReviewService, add: Callable[..., Photo], unlisted: bool
) -> None:
    """A second approval changes nothing."""
    photo = add(awaiting_review=True, unlisted=unlisted)
    album_id = photo.albums[0].album_id
    assert (reviews.count_pending(album_id), reviews.pending(album_id, 5).photos) == (1, (photo,))
    assert reviews.pending_everywhere(5).photos == (photo,)
    approved = reviews.approve(photo.photo_id)
    assert approved.state is (PhotoState.UNLISTED if unlisted else PhotoState.PUBLIC)
    assert reviews.approve(photo.photo_id) == approved
    assert (reviews.count_pending(album_id), reviews.pending(album_id, 5).photos) == (0, ())
    assert prefixes(backend) == {object_keys.PUBLIC_PREFIX}
    assert_clean(backend)


def test_a_refused_photo_is_in_the_trash_and_its_contributor_cannot_restore_it(
    backend: Backend, services: Services, add: Callable[..., Photo]
) -> None:
    """The reviewer and the admin can. It waits for review again then."""
    photo = add(awaiting_review=True)
    refused = services.reviews.refuse(photo.photo_id, Role.REVIEWER)
    assert services.reviews.refuse(photo.photo_id, Role.REVIEWER) == refused
    assert (refused.state, refused.trashed_by) == (PhotoState.TRASHED, Role.REVIEWER)
    assert prefixes(backend) == {object_keys.TRASH_PREFIX}
    for change in (services.photos.restore, services.photos.purge_photo):
        with pytest.raises(DeletedByReviewer):
            change(photo.photo_id, Role.CONTRIBUTOR)
    restored = services.photos.restore(photo.photo_id, Role.REVIEWER)
    assert restored.state is PhotoState.PENDING
    assert_clean(backend)


def test_an_approved_photo_is_not_refused(
    reviews: ReviewService, add: Callable[..., Photo]
) -> None:
    """A review page may be old, and a host does not delete photos of others that are shown."""
    photo = add(awaiting_review=True)
    reviews.approve(photo.photo_id)
    with pytest.raises(PhotoNotFound):
        reviews.refuse(photo.photo_id, Role.REVIEWER)


def test_a_deleted_photo_is_not_approved(services: Services, add: Callable[..., Photo]) -> None:
    """Its contributor may have deleted it while the reviewer looked at it."""
    photo = add(awaiting_review=True)
    services.photos.delete(photo.photo_id)
    with pytest.raises(PhotoNotFound):
        services.reviews.approve(photo.photo_id)
    assert services.photos.restore(photo.photo_id).state is PhotoState.PENDING


def test_a_hidden_photo_that_is_shown_again_still_waits(
    backend: Backend, services: Services, add: Callable[..., Photo]
) -> None:
    """Hiding and unhiding is no way around the review; an approved one is shown at once."""
    photo = add(awaiting_review=True)
    hidden = services.photos.hide(photo.photo_id, Role.ADMIN)
    assert (hidden.state, prefixes(backend)) == (PhotoState.HIDDEN, {object_keys.HIDDEN_PREFIX})
    assert services.photos.unhide(photo.photo_id, Role.ADMIN).state is PhotoState.PENDING
    assert prefixes(backend) == {object_keys.PENDING_PREFIX}
    services.photos.hide(photo.photo_id, Role.ADMIN)
    assert services.reviews.approve(photo.photo_id).state is PhotoState.HIDDEN
    assert services.photos.unhide(photo.photo_id, Role.ADMIN).state is PhotoState.PUBLIC
    assert_clean(backend)


def test_a_draft_waits_for_review_when_it_is_published(
    services: Services, add: Callable[..., Photo]
) -> None:
    photo = add(awaiting_review=True, is_draft=True)
    assert photo.state is PhotoState.HIDDEN
    assert services.photos.unhide(photo.photo_id).state is PhotoState.PENDING


@pytest.mark.parametrize("detour", ["hide", "delete", "none"])
def test_an_unlisted_photo_stays_unlisted_until_it_is_listed(
    backend: Backend, services: Services, add: Callable[..., Photo], detour: str
) -> None:
    photo = add(unlisted=True)
    assert photo.state is PhotoState.UNLISTED
    if detour == "hide":
        services.photos.hide(photo.photo_id, Role.ADMIN)
        assert services.photos.unhide(photo.photo_id, Role.ADMIN).state is PhotoState.UNLISTED
    elif detour == "delete":
        services.photos.delete(photo.photo_id)
        assert services.photos.restore(photo.photo_id).state is PhotoState.UNLISTED
    assert_clean(backend)
    listed = services.reviews.list_publicly(photo.photo_id)
    assert listed.state is PhotoState.PUBLIC
    assert services.reviews.list_publicly(photo.photo_id) == listed
    assert_clean(backend)


@pytest.mark.parametrize("verb", ["approve", "refuse"])
@pytest.mark.parametrize("part", ["copy", "put", "delete"])
def test_an_interrupted_decision_is_completed_or_undone(
    backend: Backend,
    services: Services,
    clock: Clock,
    add: Callable[..., Photo],
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    part: str,
) -> None:
    """The photo is not shown before all of its objects are public, and can be decided again."""

    def decide() -> Photo:
        if verb == "approve":
            return services.reviews.approve(photo.photo_id)
        return services.reviews.refuse(photo.photo_id, Role.REVIEWER)

    photo = add(awaiting_review=True)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, part, 1)
        with pytest.raises(StorageUnavailable):
            decide()
    clock.time += 2 * LEASE
    services.photos.finish_moves()
    current = services.photos.get_any_state(photo.photo_id)
    assert current.state in {PhotoState.PENDING, PhotoState.TRASHED}
    assert prefixes(backend) == {current.state.prefix}
    assert_clean(backend)
    decided = decide()
    assert decided.state is (PhotoState.PUBLIC if verb == "approve" else PhotoState.TRASHED)
    assert_clean(backend)
