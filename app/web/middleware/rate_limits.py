"""Limit how much one address may upload, download, have decoded, and try as passwords."""

import math
import time

from flask import request
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from app.config import Config
from app.domain.messages import Message, message
from app.web.client_address import network_of

# Decoding is counted in whole units, and most photos take less than a second.
_UNITS_PER_SECOND = 20

# ZIP files and their parts: enough to resume a download that fails every few seconds.
_DOWNLOADS = parse_many("60 per minute; 600 per hour")

# Reports of photos: guests of one party often share an address.
_REPORTS = parse_many("5 per minute; 30 per day")

_TOO_MANY_ATTEMPTS = message("Too many login attempts. Wait a moment, then try again.")


def client_key() -> str:
    """Return the address that a limit counts for the current request."""
    return network_of(request.remote_addr or "127.0.0.1")


class RateLimitExceeded(Exception):
    """Too many requests came from one address.

    Attributes:
        retry_after: Seconds until the next request is allowed.
        message: The text for the visitor, or None for that of the status code 429.
    """

    def __init__(self, retry_after: int, message: Message | None = None) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after
        self.message = message


class RateLimits:
    """The rate limits of one app, as moving windows.

    Args:
        config: The limits.
        storage_uri: Where requests are counted: a storage of the `limits` library.
        options: The options of that storage.
    """

    def __init__(self, config: Config, storage_uri: str, **options: str) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(storage_uri, **options))
        self._uploads = parse_many(config.upload_rate_limit)
        self._decoding = [_in_units(limit) for limit in parse_many(config.decode_rate_limit)]
        self._passwords = parse_many(config.login_rate_limit)

    def count_upload(self) -> None:
        """Count one uploaded photo. Raises RateLimitExceeded over the limit."""
        for limit in self._uploads:
            if not self._limiter.hit(limit, "upload", client_key()):
                raise RateLimitExceeded(self._seconds_until_reset(limit, "upload"))

    def count_download(self) -> None:
        """Count a ZIP file, or a part of one. Raises RateLimitExceeded over the limit."""
        for limit in _DOWNLOADS:
            if not self._limiter.hit(limit, "download", client_key()):
                raise RateLimitExceeded(self._seconds_until_reset(limit, "download"))

    def count_report(self) -> None:
        """Count a report of a photo. Raises RateLimitExceeded over the limit."""
        for limit in _REPORTS:
            if not self._limiter.hit(limit, "report", client_key()):
                raise RateLimitExceeded(self._seconds_until_reset(limit, "report"))

    def count_lookups(self, files: int) -> None:
        """Count files that a script asks about, up to the limit of uploads.

        Raises RateLimitExceeded over the limit.
        """
        for limit in self._uploads:
            if not self._limiter.hit(limit, "lookup", client_key(), cost=files):
                raise RateLimitExceeded(self._seconds_until_reset(limit, "lookup"))

    def check_decoding(self) -> None:
        """Raise RateLimitExceeded if the photos of this address took too long to decode."""
        for limit in self._decoding:
            if not self._limiter.test(limit, "decode", client_key()):
                raise RateLimitExceeded(self._seconds_until_reset(limit, "decode"))

    def count_decoding(self, seconds: float) -> None:
        """Count the time that one photo took, up to the limit."""
        units = math.ceil(seconds * _UNITS_PER_SECOND)
        for limit in self._decoding:
            _reset_at, remaining = self._limiter.get_window_stats(limit, "decode", client_key())
            if counted := min(units, remaining):
                self._limiter.hit(limit, "decode", client_key(), cost=counted)

    def count_attempt(self, *, right: bool) -> None:
        """Count a wrong password, and check the limit for a right one.

        Over the limit even the right password is rejected, so that a guess reveals nothing. `hit`
        counts and checks in one step: parallel guesses are no more than sequential ones.

        Raises:
            RateLimitExceeded: Too many wrong passwords came from this address.
        """
        check = self._limiter.test if right else self._limiter.hit
        for limit in self._passwords:
            if not check(limit, "password", client_key()):
                retry_after = self._seconds_until_reset(limit, "password")
                raise RateLimitExceeded(retry_after, _TOO_MANY_ATTEMPTS)

    def _seconds_until_reset(self, limit: RateLimitItem, kind: str) -> int:
        reset_at, _remaining = self._limiter.get_window_stats(limit, kind, client_key())
        return max(1, math.ceil(reset_at - time.time()))


def _in_units(seconds: RateLimitItem) -> RateLimitItem:
    """Return a limit in seconds of decoding as one in units."""
    return type(seconds)(seconds.amount * _UNITS_PER_SECOND, seconds.multiples)
