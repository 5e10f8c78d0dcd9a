"""Rate limits: throttle the uploads, downloads, decoded photos and passwords of one address.

The guests of a party share one address. Uploads by a guest link therefore count toward three
limits: those of the guest, the album and the address. The first two would not be enough, because
the cookie of a guest is easy to get, and on an open site anyone can create albums. The limits of
the album and the address are high enough for all guests.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from flask import request
from limits import RateLimitItem, parse_many
from limits.strategies import MovingWindowRateLimiter

from app.config import Config
from app.domain.messages import Message, message
from app.web.auth import contributor_cookie, guest_cookie
from app.web.auth.principals import principal as principals
from app.web.client_address import network_of

# Decoding is counted in whole units, and most photos take less than a second.
_UNITS_PER_SECOND = 20

# ZIP files and their parts: enough to resume a download that fails every few seconds.
_DOWNLOADS = parse_many("60 per minute; 600 per hour")

# Reports of photos: guests of one party often share an address.
_REPORTS = parse_many("5 per minute; 30 per day")
# Visitors who open a guest link: enough for all guests behind one router.
_JOININGS = parse_many("300 per minute; 3000 per hour")

_TOO_MANY_ATTEMPTS = message("Too many login attempts. Wait a moment, then try again.")

_Result = TypeVar("_Result")


class Together(Protocol):
    """Runs a function as one transaction of a limiter, and returns its result."""

    def __call__(self, work: Callable[[], _Result], /) -> _Result:
        """Run `work`, and run it again if it counted in a damaged file."""


def client_key() -> str:
    """Return the key by which limits count the request: a token, a user or an address."""
    principal = principals.current()
    return principal.contributor_id if principal else _address_key()


def guest_key() -> str:
    """Return the key by which limits count the guest who sent the request."""
    return f"{guest_cookie.sent_code()} {contributor_cookie.current_owner()}"


def uploader_key() -> str:
    """Return the guest or the address that sends photos."""
    return guest_key() if guest_cookie.sent_code() else client_key()


@dataclass(frozen=True, slots=True)
class _Rate:
    """A rate that a request counts toward: a kind of use, by an address, a guest or an album."""

    kind: str
    key: str
    limits: list[RateLimitItem]


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
        limiter: Counts requests.
        together: Makes all uses of `limiter` in a function one transaction.
    """

    def __init__(
        self, config: Config, limiter: MovingWindowRateLimiter, together: Together
    ) -> None:
        self._limiter = limiter
        self._together = together
        self._uploads = parse_many(config.upload_rate_limit)
        self._guest_uploads = parse_many(config.guest_rate_limit)
        self._album_uploads = parse_many(config.album_rate_limit)
        self._decoding = _in_units(config.decode_rate_limit)
        self._album_decoding = _in_units(config.album_decode_rate_limit)
        self._passwords = parse_many(config.login_rate_limit)

    def count_upload(self) -> None:
        """Count one uploaded photo. Raises RateLimitExceeded over the limit."""
        self._count(self._upload_rates("upload"))

    def count_download(self) -> None:
        """Count a ZIP file, or a part of one. Raises RateLimitExceeded over the limit."""
        self._count([_Rate("download", client_key(), _DOWNLOADS)])

    def count_joining(self) -> None:
        """Count a visitor who becomes a guest. Raises RateLimitExceeded over the limit."""
        self._count([_Rate("joining", client_key(), _JOININGS)])

    def count_report(self) -> None:
        """Count a report of a photo. Raises RateLimitExceeded over the limit."""
        self._count([_Rate("report", client_key(), _REPORTS)])

    def count_lookups(self, files: int) -> None:
        """Count the files that a script looks up, with the limit of uploads.

        Raises RateLimitExceeded over the limit.
        """
        self._count(self._upload_rates("lookup"), cost=files)

    def check_decoding(self) -> None:
        """Raise RateLimitExceeded if the photos of this address took too long to decode."""
        self._check(self._limiter.test, self._decode_rates())

    def count_decoding(self, seconds: float) -> None:
        """Count the time that one photo took, up to the limit."""
        units = math.ceil(seconds * _UNITS_PER_SECOND)
        rates = list(self._decode_rates())
        self._together(lambda: self._count_up_to_limit(rates, units))

    def _count_up_to_limit(self, rates: list[_Rate], cost: int) -> None:
        for rate in rates:
            for limit in rate.limits:
                _reset_at, remaining = self._limiter.get_window_stats(limit, rate.kind, rate.key)
                if counted := min(cost, remaining):
                    self._limiter.hit(limit, rate.kind, rate.key, cost=counted)

    def count_attempt(self, *, right: bool) -> None:
        """Count a wrong password, and check the limit for a right one.

        Over the limit even the right password is rejected, so that a guess reveals nothing. `hit`
        counts and checks in one step: parallel guesses are no more than sequential ones.

        Raises:
            RateLimitExceeded: Too many wrong passwords came from this address.
        """
        self._count_attempt("password", right=right)

    def count_token(self, *, right: bool) -> None:
        """Do the same for an access token. Wrong tokens do not lock out people with a password.

        Raises:
            RateLimitExceeded: Too many wrong tokens came from this address.
        """
        self._count_attempt("access token", right=right)

    def count_metrics_token(self, *, right: bool) -> None:
        """Do the same for the token of `/metrics`. Raises RateLimitExceeded over the limit."""
        self._count_attempt("metrics token", right=right)

    def _count_attempt(self, kind: str, *, right: bool) -> None:
        allows = self._limiter.test if right else self._limiter.hit
        rate = _Rate(kind, _address_key(), self._passwords)
        self._check(allows, [rate], text=_TOO_MANY_ATTEMPTS)

    def _upload_rates(self, kind: str) -> Iterator[_Rate]:
        """Yield the rates of a photo. After a limit is reached, the others are not counted."""
        code = guest_cookie.sent_code()
        if code:
            yield _Rate(f"guest {kind}", guest_key(), self._guest_uploads)
            yield _Rate(f"album {kind}", code, self._album_uploads)
            yield _Rate(f"guests {kind}", client_key(), self._album_uploads)
        else:
            yield _Rate(kind, client_key(), self._uploads)

    def _decode_rates(self) -> Iterator[_Rate]:
        code = guest_cookie.sent_code()
        if code:
            yield _Rate("album decode", code, self._album_decoding)
            yield _Rate("guests decode", client_key(), self._album_decoding)
        else:
            yield _Rate("decode", client_key(), self._decoding)

    def _count(self, rates: Iterable[_Rate], cost: int = 1) -> None:
        self._check(self._limiter.hit, rates, cost)

    def _check(
        self,
        allows: Callable[..., bool],
        rates: Iterable[_Rate],
        cost: int = 1,
        text: Message | None = None,
    ) -> None:
        """Raise RateLimitExceeded for the first limit that does not allow a use of this cost."""
        each_limit = [(limit, rate) for rate in rates for limit in rate.limits]

        def seconds_to_wait() -> int | None:
            for limit, rate in each_limit:
                if not allows(limit, rate.kind, rate.key, cost=cost):
                    return self._seconds_until_reset(limit, rate)
            return None

        seconds = self._together(seconds_to_wait)
        if seconds is not None:
            raise RateLimitExceeded(seconds, text)

    def _seconds_until_reset(self, limit: RateLimitItem, rate: _Rate) -> int:
        reset_at, _remaining = self._limiter.get_window_stats(limit, rate.kind, rate.key)
        return max(1, math.ceil(reset_at - time.time()))


def _address_key() -> str:
    return network_of(request.remote_addr or "127.0.0.1")


def _in_units(seconds: str) -> list[RateLimitItem]:
    """Return limits in seconds of decoding as those in units."""
    return [
        type(limit)(limit.amount * _UNITS_PER_SECOND, limit.multiples)
        for limit in parse_many(seconds)
    ]
