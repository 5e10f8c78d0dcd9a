"""A decision stays until a role of the same or of a higher rank undoes it."""

from dataclasses import replace
from itertools import permutations, product

import pytest

from app.domain import moderation
from app.domain.errors import DeletedByAdmin, DeletedByReviewer
from app.domain.photo_summary import PhotoState, Role
from tests.sample_photos import make_photo


@pytest.mark.parametrize(("previous", "by"), [*product((None, *Role), Role)])
def test_the_decision_of_the_higher_rank_counts(previous: Role | None, by: Role) -> None:
    """Only a role of that rank undoes the decisions of two roles."""
    counting = moderation.superior_role(previous, by)
    assert counting is (by if previous is None or by.rank > previous.rank else previous)
    photo = make_photo(hidden_by=counting, trashed_by=counting)
    for role in Role:
        assert moderation.may_unhide(photo, role) is (role.rank >= counting.rank)
        assert moderation.may_restore_or_purge(photo, role) is (role.rank >= counting.rank)


@pytest.mark.parametrize(
    ("trashed_by", "error"), [(Role.ADMIN, DeletedByAdmin), (Role.REVIEWER, DeletedByReviewer)]
)
def test_a_contributor_reads_who_has_deleted_the_photo(
    trashed_by: Role, error: type[Exception]
) -> None:
    with pytest.raises(error):
        moderation.require_restore_or_purge(make_photo(trashed_by=trashed_by), Role.CONTRIBUTOR)


@pytest.mark.parametrize(
    ("hidden_by", "awaiting_review", "unlisted"),
    [*product((None, Role.CONTRIBUTOR, Role.ADMIN), (False, True), (False, True))],
)
def test_a_photo_is_public_only_if_nothing_speaks_against_it(
    hidden_by: Role | None,
    awaiting_review: bool,
    unlisted: bool,
) -> None:
    """A hidden photo is not shown to reviewers, and a pending one to no visitor of its albums."""
    photo = make_photo(hidden_by=hidden_by, awaiting_review=awaiting_review, unlisted=unlisted)
    state = moderation.state_outside_trash(photo)
    assert (state is PhotoState.HIDDEN) == (hidden_by is not None)
    assert (state is PhotoState.PENDING) == (awaiting_review and not hidden_by)
    assert state.is_in_albums == (not hidden_by and not awaiting_review)
    assert (state is PhotoState.PUBLIC) == (state.is_in_albums and not unlisted)


@pytest.mark.parametrize("roles", [*permutations(Role), *permutations(Role, 2)])
def test_the_decision_of_the_owner_outlasts_those_of_others(roles: tuple[Role, ...]) -> None:
    """In any order, and only if the owner has decided so."""
    photo = make_photo()
    for role in roles:
        photo = replace(photo, **moderation.hidden(photo, role), **moderation.deleted(photo, role))
    is_of_owner = Role.CONTRIBUTOR in roles
    assert photo.hidden_by is photo.trashed_by is max(roles, key=lambda role: role.rank)
    assert photo.owner_hid is photo.owner_deleted is is_of_owner
    shown = replace(photo, **moderation.unhidden(photo))
    assert shown.hidden_by is (Role.CONTRIBUTOR if is_of_owner else None)
    assert replace(shown, **moderation.unhidden(shown)).hidden_by is None
