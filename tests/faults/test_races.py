"""Two at once: at every step of one deed, another is done from its beginning to its end."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from app.domain.photo import PhotoState
from tests.faults import invariants
from tests.faults.injection import BEFORE, Answer, Injector
from tests.faults.operations import OPERATIONS, Operation, Send
from tests.faults.restartable_site import RestartableSite

NAMED = {operation.name: operation for operation in OPERATIONS}
# Both begin from the same photo: what can be done to one that is public, and to one that is deleted.
MEETINGS = [
    *product(("publish", "update", "hide", "delete"), repeat=2),
    *product(("restore", "delete", "purge"), repeat=2),
    ("publish", "restore"),
    ("restore", "publish"),
]
TOLD = {303, 404, 409, 503}  # done; gone; changed meanwhile; on its way just now


class Meeting(Injector):
    """Lets somebody else act just before a step."""

    def __init__(self, at: int, other: Callable[[], None]) -> None:
        super().__init__(BEFORE, at)
        self._other = other

    def around(
        self, step: str, effect: Callable[[], Answer], _strike: Callable[[], object]
    ) -> Answer:
        """Take the step, after the other's deed where they meet."""
        if self.strikes(step):
            self._other()
        return effect()


@pytest.mark.parametrize("backend", ["local", "aws"])
@pytest.mark.parametrize(("one", "other"), MEETINGS)
def test_two_at_once(
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    backend: str,
    one: str,
    other: str,
) -> None:
    """Wherever they meet: each is told how it went, the photo is whole, and there is no second one."""
    site, met = RestartableSite(tmp_path / "home"), 0
    while _meet(site, backend, met + 1, NAMED[one], NAMED[other]):
        met += 1
    assert met
    record_property("two at once", met)


def _meet(site: RestartableSite, backend: str, step: int, one: Operation, other: Operation) -> bool:
    with site.on(backend):
        first, second = _begun(site, one, other)
        told: list[int] = []

        def meet() -> None:
            with site.elsewhere():
                told.append(second().status)

        meeting = Meeting(step, meet)
        with site.failing("ports", meeting):
            told.append(first().status)
        if meeting.struck is None:
            return False
        try:
            assert set(told) <= TOLD, told
            assert 303 in told, told
            invariants.assert_sound(site)
            most = 1 + (
                {one.name, other.name} == {"restore", "publish"}
            )  # a deleted photo leaves its form to another
            assert (
                len([photo for photo in site.photos() if photo.state is not PhotoState.TRASHED])
                <= most
            )
            invariants.assert_mended(site)
        except AssertionError as error:
            error.add_note(f"{other} at {meeting.struck} of {meeting.steps} of {one}: {told}")
            raise
    return True


def _begun(site: RestartableSite, one: Operation, other: Operation) -> tuple[Send, Send]:
    """Both forms opened on one photo; `publish` is the form that made it, sent again."""
    upload = NAMED["publish"].prepare(site, "")
    assert upload().ok
    photo_id = site.photos()[0].photo_id
    if {"restore", "purge"} & {one.name, other.name}:
        assert NAMED["delete"].prepare(site, photo_id)().ok
        if "purge" in {one.name, other.name}:
            trashed = site.backend.catalog.get(photo_id)
            site.backend.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))
    return tuple(
        upload if operation.name == "publish" else operation.prepare(site, photo_id)
        for operation in (one, other)
    )  # type: ignore[return-value]
