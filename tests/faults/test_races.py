"""Two at once: at every step of one deed, another is done from its beginning to its end."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from app.domain.photo import State
from tests.faults import invariants
from tests.faults.injection import BEFORE, Answer, Injector
from tests.faults.operations import DEEDS, Deed, Send
from tests.faults.restartable_site import Rig

NAMED = {deed.name: deed for deed in DEEDS}
# Both begin from the same photo: what can be done to one that is public, and to one that is deleted.
MEETINGS = [
    *product(("publish", "revise", "hide", "delete"), repeat=2),
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

    def around(self, step: str, effect: Callable[[], Answer], _strike: Callable[[], object]) -> Answer:
        """Take the step, after the other's deed where they meet."""
        if self.strikes(step):
            self._other()
        return effect()


@pytest.mark.parametrize("home", ["embedded", "aws"])
@pytest.mark.parametrize(("one", "other"), MEETINGS)
def test_two_at_once(
    tmp_path: Path, record_property: Callable[[str, object], None], home: str, one: str, other: str
) -> None:
    """Wherever they meet: each is told how it went, the photo is whole, and there is no second one."""
    site, met = Rig(tmp_path / "home"), 0
    while _meet(site, home, met + 1, NAMED[one], NAMED[other]):
        met += 1
    assert met
    record_property("two at once", met)


def _meet(site: Rig, home: str, step: int, one: Deed, other: Deed) -> bool:
    with site.on(home):
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
            most = 1 + ({one.name, other.name} == {"restore", "publish"})  # a deleted photo leaves its form to another
            assert len([photo for photo in site.photos() if photo.state is not State.TRASHED]) <= most
            invariants.assert_mended(site)
        except AssertionError as error:
            error.add_note(f"{other} at {meeting.struck} of {meeting.steps} of {one}: {told}")
            raise
    return True


def _begun(site: Rig, one: Deed, other: Deed) -> tuple[Send, Send]:
    """Both forms opened on one photo; `publish` is the form that made it, sent again."""
    upload = NAMED["publish"].prepare(site, "")
    assert upload().ok
    photo_id = site.photos()[0].photo_id
    if {"restore", "purge"} & {one.name, other.name}:
        assert NAMED["delete"].prepare(site, photo_id)().ok
        if "purge" in {one.name, other.name}:
            trashed = site.home.catalog.get(photo_id)
            site.home.catalog.revise(trashed, trashed.revised(expires_at=1_000_000_000))
    return tuple(upload if deed.name == "publish" else deed.prepare(site, photo_id) for deed in (one, other))  # type: ignore[return-value]
