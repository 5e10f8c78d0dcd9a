"""Stages start each test from the same stored data, and notice every change of it."""

from collections.abc import Callable

import pytest

from app.domain.albums.album_text import AlbumText
from app.domain.upload import PhotoText
from app.services.factory import Services
from tests.faults import stored_state
from tests.faults.restartable_site import RestartableSite
from tests.faults.stages import Stages
from tests.maintenance.conftest import OWNER, publish, upload

BACKENDS = pytest.mark.parametrize("backend", ["local", "store", "aws"])

Change = Callable[[RestartableSite, Services], object]


def _put(site: RestartableSite, _services: Services) -> None:
    site.backend.objects.put("trash/left.jpg", b"left by a fault")


def _replace(site: RestartableSite, _services: Services) -> None:
    stored = next(iter(site.backend.objects.list("photos/")))
    site.backend.objects.replace(stored.key, b"another body")


def _remove(site: RestartableSite, _services: Services) -> None:
    stored = next(iter(site.backend.objects.list("photos/")))
    site.backend.objects.delete([stored.key])


def _edit(site: RestartableSite, services: Services) -> None:
    services.photos.update(site.other_photo.photo_id, 1, PhotoText(title="By", tags="land"))


def _lease(site: RestartableSite, _services: Services) -> None:
    photo = site.other_photo
    leased = photo.next_version(lease_expires_at=int(site.now().timestamp()) + 240)
    site.backend.catalog.update(photo, leased)


def _publish(site: RestartableSite, _services: Services) -> None:
    publish(site.backend, upload("another form", title="Another"))


def _create_album(_site: RestartableSite, services: Services) -> None:
    services.albums.create(OWNER, AlbumText("Lake", ""))


CHANGES = (_put, _replace, _remove, _edit, _lease, _create_album, _publish)


def _nothing(_site: RestartableSite) -> None:
    """Leave the site with its other photo."""


@BACKENDS
def test_every_change_is_noticed_and_undone(stages: Stages, backend: str) -> None:
    """Each change leaves another digest, edits the same one twice, and a reset the first one."""
    with stages.on(backend, "changes", _nothing) as stage:
        stage.reset()
        before = _digest(stage.site)
        after = [_changed(stage.site, stage.reset, change) for change in (*CHANGES, *CHANGES)]
        stage.reset()
        assert _digest(stage.site) == before
    first, second = after[: len(CHANGES)], after[len(CHANGES) :]
    assert len({before, *first}) == 1 + len(CHANGES)
    # The partitions of a new photo depend on its id. Its times may be of one second or of two.
    assert first[:-1] == second[:-1]


def _changed(site: RestartableSite, reset: Callable[[], None], change: Change) -> str:
    reset()
    site.restart()
    change(site, site.services)
    return _digest(site)


def _digest(site: RestartableSite) -> str:
    return stored_state.digest(site.backend, site.folder)


@BACKENDS
def test_equal_states_are_checked_once_and_others_always(stages: Stages, backend: str) -> None:
    """A failed check is run again; so is the check of another operation or another state."""
    checked: list[str] = []

    def fail() -> None:
        raise AssertionError

    with stages.on(backend, "changes", _nothing) as stage:
        stage.reset()
        with pytest.raises(AssertionError):
            stages.check_once(fail, backend, "one")
        for name in ("one", "one", "two"):
            stages.check_once(lambda name=name: checked.append(name), backend, name)
        stage.site.restart()
        _publish(stage.site, stage.site.services)
        stages.check_once(lambda: checked.append("one, changed"), backend, "one")
    assert checked == ["one", "two", "one, changed"]


@BACKENDS
def test_a_known_state_is_known_again_and_no_other_one(stages: Stages, backend: str) -> None:
    """A check is left out for an equal state alone, and for one quality alone."""
    with stages.on(backend, "changes", _nothing) as stage:
        for change in CHANGES:
            stage.reset()
            stage.site.note(f"noted before {change.__name__}")
            stage.site.restart()
            change(stage.site, stage.site.services)
            assert not stage.site.is_known(f"noted before {change.__name__}")
            stage.reset()
            assert stage.site.is_known(f"noted before {change.__name__}")
            assert not stage.site.is_known("another quality")
