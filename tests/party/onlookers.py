"""Those who look on at a party: viewers, the wall, and the host who reviews the photos."""

import random
import re
from threading import Event

from tests.party.browser import JSON, Answer, Browser, patiently

SLIDE_SECONDS = 7.0  # app/web/pages/slideshow.py
VIEWER_PAUSES = (2.0, 6.0)  # seconds between two pages
REVIEW_PAUSE = 1.0
REFUSED = 3  # photos, one of each page
_PHOTO = re.compile(r'href="(/photos/[0-9A-Z]{26}[^"]*)"')
_WAITING = re.compile(r'name="photo"[^>]*value="([0-9A-Z]{26})"')
_NEXT_SLIDE = re.compile(r'<a[^>]*rel="next"[^>]*href="([^"]*)"|href="([^"]*)"[^>]*rel="next"')


class Viewer:
    """Opens the gallery, the album and one of its photos in turn."""

    def __init__(self, url: str, album: str, seed: int) -> None:
        self.browser = Browser(url)
        self._album = album
        self._chance = random.Random(seed)  # noqa: S311  no secret

    def watch(self, is_over: Event) -> None:
        """Open pages until the party is over."""
        while not is_over.is_set():
            self._open("/", is_over)
            album = self._open(self._album, is_over)
            photos = _PHOTO.findall(album.text) if album.status == 200 else []
            if photos:
                self._open(self._chance.choice(photos).replace("&amp;", "&"), is_over)

    def _open(self, path: str, is_over: Event) -> Answer:
        answer = self.browser.get(path)
        is_over.wait(self._chance.uniform(*VIEWER_PAUSES))
        return answer


class Wall:
    """Asks for new photos and shows the next one, as static/js/slideshow.js does."""

    def __init__(self, url: str, album: str) -> None:
        self.browser = Browser(url)
        self._wall = f"{album}/wall"
        self._names = f"{album}/wall/new"  # the path that names new photos
        self._new: list[str] = []
        self._known: set[str] = set()

    def watch(self, is_over: Event) -> None:
        """Show one photo after the other until the party is over."""
        slide = self.browser.get(self._wall)
        while not is_over.wait(SLIDE_SECONDS):
            self._find_new_photos()
            path = self._new.pop(0) if self._new else _next_of(slide) or self._wall
            slide = self.browser.get(path)

    def _find_new_photos(self) -> None:
        answer = self.browser.get(self._names, JSON)
        if answer.status != 200:
            return
        photos, self._names = answer.json["photos"], answer.json["next"]
        new = [each for each in reversed(photos) if each["photo_id"] not in self._known]
        self._new += [each["path"] for each in new]
        self._known |= {each["photo_id"] for each in new}


class Host:
    """Owns the album, and reviews its photos page by page.

    Attributes:
        album: The path of the album.
        code: The code of the guest link.
        approved, refused: The ids of the photos that the host has decided about.
    """

    def __init__(self, url: str, photos_of_guest: int) -> None:
        self.browser = Browser(url)
        self.approved: set[str] = set()
        self.refused: set[str] = set()
        form = self.browser.get("/albums/new").hidden_fields()
        page = self.browser.submit("/albums/new", **form, title="Party", visibility="unlisted")
        self.album = page.path
        self.code = self._make_guest_link(photos_of_guest)

    def review(self, is_over: Event) -> None:
        """Decide about a page of photos at a time, until the party is over and none waits."""
        while True:
            was_over = is_over.is_set()
            waiting = self._waiting()
            if waiting:
                self._decide(waiting)
            elif was_over:
                return
            else:
                is_over.wait(REVIEW_PAUSE)

    def count_waiting(self) -> int:
        """Return the number of photos on the first page that wait for review."""
        return len(self._waiting())

    def _make_guest_link(self, photos_of_guest: int) -> str:
        path = f"{self.album}/guests"
        fields = self.browser.get(path).hidden_fields() | {
            "guest_access": "see",
            "guest_review": "y",
            "guest_name": "y",
            "guest_limit": str(photos_of_guest),
        }
        page = self.browser.submit(path, **fields)
        (code,) = set(re.findall("/join/([a-z2-7]{16})", page.text))
        return str(code)

    def _waiting(self) -> list[str]:
        page = patiently(lambda: self.browser.get(f"{self.album}/review"))
        self._fields = page.hidden_fields()
        return _WAITING.findall(page.text)

    def _decide(self, waiting: list[str]) -> None:
        """Refuse the first photo of the first pages, and approve all others."""
        refused = waiting[:1] if len(self.refused) < REFUSED else []
        approved = waiting[len(refused) :]
        if refused:
            self._send("refuse", refused)
            self.refused.update(refused)
        if approved:
            self._send("approve", approved)
            self.approved.update(approved)

    def _send(self, verb: str, chosen: list[str]) -> None:
        self.browser.submit(f"{self.album}/review/{verb}", **self._fields, photo=chosen)


def _next_of(slide: Answer) -> str:
    found = _NEXT_SLIDE.search(slide.text) if slide.status == 200 else None
    return next(filter(None, found.groups()), "").replace("&amp;", "&") if found else ""
