"""Races: run a whole operation between any two steps of another one."""

from collections.abc import Callable, Iterable
from contextvars import Context
from functools import partial
from itertools import permutations, product

import pytest

from app.domain.photo_summary import PhotoState
from tests.faults import invariants
from tests.faults.injection import BEFORE, Answer, Injector
from tests.faults.operations import OPERATIONS, Operation, Send
from tests.faults.restartable_site import RestartableSite
from tests.faults.stages import Stage, Stages

NAMED = {operation.name: operation for operation in OPERATIONS}
# Both start from the photo that the first one arranges: a pending, an unlisted or a private one.
ARRANGED = [
    *product(("approve", "refuse"), repeat=2),
    *product(("list", "hide-unlisted"), repeat=2),
    *permutations(("end-link", "hide-unlisted")),
    ("open-link", "open-link"),
]
# Both operations start from the same photo: a public, a hidden or a deleted one.
RACES = [
    *ARRANGED,
    *product(("publish", "update", "hide", "delete"), repeat=2),
    *product(("unhide",), ("update", "hide", "unhide", "delete")),
    *product(("update", "hide", "delete"), ("unhide",)),
    *product(("restore", "delete", "purge"), repeat=2),
    ("publish", "restore"),
    ("restore", "publish"),
]
# Done; photo not found; edit conflict; photo busy.
STATUSES = {303, 404, 409, 503}


class Race(Injector):
    """Runs another operation just before a step."""

    def __init__(self, at: int, other: Callable[[], None]) -> None:
        super().__init__(BEFORE, at)
        self._other = other

    def around(
        self, step: str, effect: Callable[[], Answer], _inject: Callable[[], object]
    ) -> Answer:
        """Run the step, after the other operation if it is due.

        The other operation has a context of its own, as in another instance. It would otherwise
        share Flask's `g`, and release the slot of this request's form instead of its own.
        """
        if self.is_due(step):
            Context().run(self._other)
        return effect()


@pytest.mark.exhaustive("races")
@pytest.mark.parametrize("backend", ["local", "aws"])
@pytest.mark.parametrize(("one", "other"), RACES)
def test_operations_race_safely(
    stages: Stages,
    no_pauses: None,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    one: str,
    other: str,
) -> None:
    """Each visitor gets the right status, the photo is complete, and there is one photo."""
    races = 0
    prepare = partial(_prepare, one=NAMED[one], other=NAMED[other])
    with stages.on(backend, (one, other), prepare) as stage:
        for step in steps:
            if not _race(stages, stage, step, one, other):
                break
            races += 1
        if not races:  # a form that is sent again only reads the photo it made
            races += _race(stages, stage, 1, one, other)
    assert races
    record_property("races", str(races))


def _race(stages: Stages, stage: Stage[tuple[Send, Send]], step: int, one: str, other: str) -> bool:
    stage.reset()
    site, (first, second) = stage.site, stage.arranged
    statuses: list[int] = []

    def run_other() -> None:
        with site.elsewhere():
            statuses.append(second().status)

    race = Race(step, run_other)
    with site.failing("ports", race):
        statuses.append(first().status)
    if race.injected_at is None:
        return False
    try:
        assert set(statuses) <= STATUSES, statuses
        assert 303 in statuses, statuses
        # Deleting releases the idempotency key, so restoring and publishing make two photos.
        limit = 2 if {one, other} == {"restore", "publish"} else 1
        kept = [photo for photo in site.photos() if photo.state is not PhotoState.TRASHED]
        assert len(kept) <= limit
        stages.check_once(partial(invariants.assert_repairable, site), stage.name)
    except AssertionError as error:
        error.add_note(f"{other} at {race.injected_at} of {race.steps} of {one}: {statuses}")
        raise
    return True


def _prepare(site: RestartableSite, one: Operation, other: Operation) -> tuple[Send, Send]:
    """Open both forms on the same photo. `publish` sends the form that made it again.

    Two times `publish` is one form that is sent twice before there is a photo.
    """
    if (one.name, other.name) in ARRANGED:
        photo_id = one.arrange(site)
        return one.prepare(site, photo_id), other.prepare(site, photo_id)
    upload = NAMED["publish"].prepare(site, "")
    if one.name == other.name == "publish":
        return upload, upload
    assert upload().ok
    photo_id = site.photos()[0].photo_id
    if "unhide" in {one.name, other.name}:
        assert NAMED["hide"].prepare(site, photo_id)().ok
    if {"restore", "purge"} & {one.name, other.name}:
        assert NAMED["delete"].prepare(site, photo_id)().ok
        if "purge" in {one.name, other.name}:
            trashed = site.backend.catalog.get(photo_id)
            site.backend.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))
    return tuple(
        upload if operation.name == "publish" else operation.prepare(site, photo_id)
        for operation in (one, other)
    )  # type: ignore[return-value]
