"""Limit how often one address may upload and try passwords."""

import math
import time
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from limits import parse_many

from app.config import Config
from app.domain.messages import message


def client_key() -> str:
    """Return the address that a limit counts; an IPv6 client owns a /64, so its prefix counts."""
    try:
        address = ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


class TooManyAttempts(Exception):
    """Too many wrong passwords came from one address.

    Attributes:
        retry_after: Seconds until the next attempt is allowed.
    """

    def __init__(self, retry_after: int) -> None:
        self.message = message("Too many login attempts. Wait a moment, then try again.")
        super().__init__(self.message)
        self.retry_after = retry_after


class RateLimits:
    """The rate limits of one app.

    Args:
        config: The limits.
        storage_uri: Where requests are counted: a storage of the `limits` library.
        options: The options of that storage.
    """

    def __init__(self, config: Config, storage_uri: str, **options: str | int) -> None:
        strategy = "moving-window"
        self._limiter = Limiter(
            client_key, storage_uri=storage_uri, storage_options=options, strategy=strategy
        )
        self._upload = self._limiter.limit(config.upload_rate_limit)
        self._passwords = parse_many(config.login_rate_limit)

    def retry_after(self) -> int:
        """Return how many seconds the client has to wait whose request exceeded the limit."""
        breached = self._limiter.current_limit
        return _seconds_until(breached.reset_at) if breached else 1

    def init_app(self, app: Flask) -> None:
        """Limit the upload view, which must be registered already."""
        self._limiter.init_app(app)
        views: dict[str, Any] = app.view_functions
        views["upload.create"] = self._upload(views["upload.create"])

    def count_attempt(self, *, right: bool) -> None:
        """Count a wrong password, and check the limit for a right one.

        Over the limit even the right password is rejected, so that a guess reveals nothing. `hit`
        counts and checks in one step: parallel guesses are no more than sequential ones.

        Raises:
            TooManyAttempts: Too many wrong passwords came from this address.
        """
        for limit in self._passwords:
            limiter = self._limiter.limiter
            allowed = limiter.test if right else limiter.hit
            if not allowed(limit, "password", client_key()):
                reset_at, _remaining = limiter.get_window_stats(limit, "password", client_key())
                raise TooManyAttempts(_seconds_until(reset_at))


def _seconds_until(timestamp: float) -> int:
    return max(1, math.ceil(timestamp - time.time()))
