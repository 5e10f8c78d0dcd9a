"""Owner, host and admin decide about the same photo, in any order, and undo their decisions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, product

import pytest

from app.domain.photo import Photo
from tests.web.pages.reviews.conftest import Party

# Who decides what, and how the same person undoes it.
DECISIONS = {
    ("owner", "hide"): "/photos/{photo}/unhide",
    ("owner", "delete"): "/photos/{photo}/restore",
    ("host", "refuse"): "/albums/{album}/review/restore",
    ("admin", "hide"): "/photos/{photo}/unhide",
    ("admin", "delete"): "/photos/{photo}/restore",
    ("admin", "refuse"): "/admin/pending/restore",
}
Decision = tuple[str, str]


@dataclass
class Model:
    """Who wants the photo hidden or deleted. Each undo takes back the decision of others alone."""

    hidden: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    @property
    def state(self) -> str:
        if self.deleted:
            return "trashed"
        return "hidden" if self.hidden else "pending"

    def decide(self, actor: str, verb: str) -> None:
        if verb == "hide":
            self.hidden |= set() if self.deleted else {actor}
        elif verb == "delete" or actor == "admin" or self._is_shown_to_host:
            self.deleted.add(actor)

    def undo(self, actor: str, verb: str) -> None:
        if verb == "hide":
            if not self.deleted:
                self.hidden = self._without(self.hidden, actor)
        elif verb == "delete" or self.deleted & {"host", "admin"}:
            self.deleted = self._without(self.deleted, actor)

    @property
    def _is_shown_to_host(self) -> bool:
        """The host reviews photos that wait, and may repeat a refusal."""
        return self.state == "pending" or bool(self.deleted & {"host", "admin"})

    @staticmethod
    def _without(deciders: set[str], actor: str) -> set[str]:
        """The lower rank undoes nothing of a higher one, and no one that of the owner as well."""
        rank = ("owner", "host", "admin").index
        if any(rank(decider) > rank(actor) for decider in deciders):
            return deciders
        return deciders & {"owner"} if deciders - {"owner"} else set()


def post(party: Party, fields: dict[str, dict[str, str]], actor: str, path: str, photo: str) -> int:
    """Send a form as one of the three, and return the status."""
    visitor = {"owner": party.guest, "host": party.host, "admin": party.admin}[actor]
    url = path.format(photo=photo, album=party.album_id)
    return visitor.post(url, fields[actor] | {"photo": photo}).status_code


def path_of(decision: Decision) -> str:
    return "/photos/{photo}/" + decision[1]


@pytest.mark.parametrize("first", DECISIONS)
def test_every_decision_counts_until_it_is_undone(
    party: Party, add: Callable[..., Photo], first: Decision, *, exhaustive: bool
) -> None:
    """An undo by the others never reverses a decision of the owner, in either order.

    A sampled run undoes each pair of decisions in one of the two orders.
    """
    visitors = {"owner": party.guest, "host": party.host, "admin": party.admin}
    fields = {actor: party.csrf(visitor) for actor, visitor in visitors.items()}
    every_order, one_order = product(DECISIONS, (False, True)), zip(DECISIONS, cycle((False, True)))
    for second, is_reversed in every_order if exhaustive else one_order:
        photo_id, model = add(awaiting_review=True, unlisted=True).photo_id, Model()
        history = [first, second]
        for decision in history:
            status = post(party, fields, decision[0], path_of(decision), photo_id)
            assert status < 500
            model.decide(*decision)
            assert party.state(photo_id) == model.state, (history, decision)
        for decision in reversed(history) if is_reversed else history:
            assert post(party, fields, decision[0], DECISIONS[decision], photo_id) < 500
            model.undo(*decision)
            assert party.state(photo_id) == model.state, (history, decision, is_reversed)
