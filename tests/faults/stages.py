"""Arrange each operation once in a process, and check recovery once for each state it leaves."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from tests.faults import stored_state
from tests.faults.restartable_site import Checkpoint, RestartableSite

Arranged = TypeVar("Arranged")


class Stage(NamedTuple, Generic[Arranged]):
    """A site, the things arranged on it, and a function that restores it from the checkpoint."""

    name: Hashable
    site: RestartableSite
    arranged: Arranged
    reset: Callable[[], None]
    checkpoint: Checkpoint


class Stages:
    """Stages of one site, saved in a folder."""

    def __init__(self, site: RestartableSite, folder: Path) -> None:
        self._site = site
        self._folder = folder
        self._saved: dict[tuple[str, Hashable], tuple[object, Checkpoint]] = {}
        self._passed: set[Hashable] = set()

    @contextmanager
    def on(
        self, backend: str, name: Hashable, arrange: Callable[[RestartableSite], Arranged]
    ) -> Iterator[Stage[Arranged]]:
        """Open a stage, which the first test with this name arranges."""
        with self._site.on_empty(backend):
            key = backend, name
            if key not in self._saved:
                self._site.populate()
                arranged = arrange(self._site)
                folder = self._folder / f"saved {len(self._saved)}"
                self._saved[key] = arranged, self._site.checkpoint(folder)
            arranged, checkpoint = self._saved[key]
            reset = partial(self._site.return_to, checkpoint)
            yield Stage(key, self._site, arranged, reset, checkpoint)

    def check_once(self, check: Callable[[], None], *facts: Hashable) -> None:
        """Check the recovery from the state that is stored now, unless an equal one has recovered.

        The site restarts after the fault. So recovery depends on the stored data, on the form,
        which is the same for all faults of a stage, and on `facts`, such as the operation.
        """
        self.check_each_once({facts: check})

    def check_each_once(self, checks: Mapping[Hashable, Callable[[], None]]) -> None:
        """Run each check, unless it passed for an equal state with the same facts.

        Args:
            checks: The checks by their facts. Only the last one may change what is stored.
        """
        state = stored_state.digest(self._site.backend, self._site.folder)
        for facts, check in checks.items():
            if (facts, state) not in self._passed:
                self._site.restart()
                check()
                self._passed.add((facts, state))
