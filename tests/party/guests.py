"""The guests of a party. Each has a browser, and sends photos as static/js/upload-queue.js does."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.party.browser import NO_ANSWER, Answer, Browser, patiently

MAX_PARALLEL_UPLOADS = 3
MAX_ATTEMPTS = 6
MAX_ATTEMPTS_LATER = 60
PAUSES = {NO_ANSWER, 429, 502, 503, 504}


class PhotoLost(AssertionError):
    """The page of a guest gave up a photo, or the site refused it."""


class Guest:
    """One guest with photos to add.

    Attributes:
        name: The first name that the guest types.
        published: The ids of the photos that the site says it has, by their position.
    """

    def __init__(self, url: str, code: str, name: str, photos: list[bytes]) -> None:
        self.browser = Browser(url)
        self.name = name
        self._code = code
        self._photos = photos
        self._fields: dict[str, str] = {}
        self._resume_at = 0.0
        self._lock = threading.Lock()
        self.published: dict[int, str] = {}

    def join(self) -> None:
        """Open the guest link, type the name, and open the form."""
        link = f"/join/{self._code}"
        page = patiently(lambda: self.browser.get(link))
        fields = page.hidden_fields() | {"contributor_name": self.name}
        form = patiently(lambda: self.browser.submit(link, **fields))
        self._fields = form.hidden_fields() | {"contributor_name": self.name}

    def add_photos(self) -> None:
        """Send all photos, three at a time. Raises PhotoLost."""
        self._begin_batch()
        with ThreadPoolExecutor(MAX_PARALLEL_UPLOADS) as uploads:
            sent = [uploads.submit(self._add, *each) for each in enumerate(self._photos)]
        for each in sent:
            each.result()

    def open_own_photos(self) -> Answer:
        """Open the page that thanks a guest."""
        return patiently(lambda: self.browser.get(f"/join/{self._code}/thanks"))

    def add_one_more(self, photo: bytes) -> Answer:
        """Send a photo once, and return the answer."""
        return self._post(len(self._photos), photo)

    def _begin_batch(self) -> None:
        hashes = [hashlib.sha256(photo).hexdigest() for photo in self._photos]
        path = f"/upload/duplicates?guest={self._code}"
        answer = patiently(lambda: self.browser.post_json(path, {"sha256": hashes}))
        self._fields["batch"] = answer.json["batch"]

    def _add(self, position: int, photo: bytes) -> None:
        attempts = 0
        while True:
            self._wait()
            answer = self._post(position, photo)
            if answer.status in {200, 201}:
                break
            attempts += 1
            self._pause(answer, attempts)
        (added,) = answer.json["photos"] or answer.json["skipped"]
        self.published[position] = added["photo_id"]

    def _post(self, position: int, photo: bytes) -> Answer:
        fields = self._fields | {"position": str(position)}
        return self.browser.upload(f"/upload?guest={self._code}", photo, fields)

    def _pause(self, answer: Answer, attempts: int) -> None:
        """Let all uploads of this guest wait, as the page does. Raises PhotoLost."""
        most = MAX_ATTEMPTS_LATER if answer.retry_after else MAX_ATTEMPTS
        if answer.status not in PAUSES or attempts >= most:
            raise PhotoLost(f"{answer.status} after {attempts} attempts: {answer.body[:500]!r}")
        seconds = answer.retry_after or 2 ** (attempts - 1)
        with self._lock:
            self._resume_at = max(self._resume_at, time.monotonic() + seconds)

    def _wait(self) -> None:
        while (seconds := self._resume_at - time.monotonic()) > 0:
            time.sleep(seconds)
