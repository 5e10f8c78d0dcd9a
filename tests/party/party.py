"""Hold a party: everyone acts at the same time, until the last photo is decided about."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from time import monotonic

from tests.party.browser import Answer
from tests.party.guests import Guest
from tests.party.onlookers import Host, Viewer, Wall
from tests.party.photos import numbered_photo


@dataclass(frozen=True, slots=True)
class Size:
    """How large a party is.

    Attributes:
        guests: The number of guests.
        photos: The photos of each guest.
        viewers: The number of those who look on.
        arrival: The seconds within which the guests come.
    """

    guests: int
    photos: int
    viewers: int
    arrival: float


SMALL = Size(guests=8, photos=4, viewers=4, arrival=1)
WHOLE = Size(guests=150, photos=6, viewers=50, arrival=12)
# On the emulators of AWS, a photo that is added and approved takes three times the processor time
# that it takes with SQLite. `python -m benchmarks.party 20` adds 3000 photos on both backends.
WHOLE_ON_AWS = Size(guests=150, photos=2, viewers=50, arrival=40)


@dataclass(slots=True)
class Party:
    """A party that was held.

    Attributes:
        host: The host, with the decisions about photos.
        guests: The guests, with the photos that the site says it has.
        onlookers: The viewers and the wall.
        seconds: The time from the first guest to the last upload.
    """

    host: Host
    guests: list[Guest]
    onlookers: list[Viewer | Wall] = field(default_factory=list)
    seconds: float = 0

    @property
    def answers(self) -> Iterator[Answer]:
        """Every answer that anyone got."""
        browsers = (each.browser for each in (self.host, *self.guests, *self.onlookers))
        for browser in browsers:
            yield from browser.answers

    @property
    def published(self) -> list[str]:
        """The ids of the photos of all guests that the site says it has."""
        return [photo for guest in self.guests for photo in guest.published.values()]

    def close(self) -> None:
        """Close all browsers."""
        for each in (self.host, *self.guests, *self.onlookers):
            each.browser.close()


def hold(url: str, size: Size) -> Party:
    """Hold a party at a site. Raises PhotoLost if a guest's page gives up a photo."""
    host = Host(url, size.photos)
    guests = [_guest(url, host.code, number, size) for number in range(size.guests)]
    party = Party(host, guests, _onlookers(url, host, size))
    with _looking_on(party):
        started = monotonic()
        _add_photos(party, size)
        party.seconds = monotonic() - started
    return party


def _guest(url: str, code: str, number: int, size: Size) -> Guest:
    photos = [numbered_photo(number * size.photos + each) for each in range(size.photos)]
    return Guest(url, code, f"Guest {number}", photos)


def _onlookers(url: str, host: Host, size: Size) -> list[Viewer | Wall]:
    viewers = [Viewer(url, host.album, seed) for seed in range(size.viewers)]
    return [*viewers, Wall(url, host.album)]


@contextmanager
def _looking_on(party: Party) -> Iterator[None]:
    """Let everyone look on during the block. The host reviews the last photos after it."""
    is_over = Event()
    watching: list[Callable[[Event], None]] = [each.watch for each in party.onlookers]
    with ThreadPoolExecutor(len(watching) + 1) as people:
        done = [people.submit(watch, is_over) for watch in [*watching, party.host.review]]
        try:
            yield
        finally:
            is_over.set()
    _raise_first(done)


def _add_photos(party: Party, size: Size) -> None:
    chance = random.Random(size.guests)  # noqa: S311  no secret

    def come(guest: Guest, after: float) -> None:
        Event().wait(after)
        guest.join()
        guest.add_photos()
        guest.open_own_photos()

    with ThreadPoolExecutor(size.guests) as people:
        done = [
            people.submit(come, guest, chance.uniform(0, size.arrival)) for guest in party.guests
        ]
    _raise_first(done)


def _raise_first(done: list[Future[None]]) -> None:
    for each in done:
        each.result()
