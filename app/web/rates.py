"""Rates: how often one address may upload and try passwords."""

import math
import time
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from limits import parse_many

from app.config import Config
from app.domain.sentences import sentence


def visitor() -> str:
    """The address a limit counts for; an IPv6 visitor has a whole /64 to choose from, so that is what counts."""
    try:
        address = ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


class TooManyTries(Exception):
    """Too many wrong passwords came from one address; `seconds` until the next may be tried."""

    def __init__(self, seconds: int) -> None:
        self.sentence = sentence("Too many passwords were tried from here. Wait a little, then try again.")
        super().__init__(self.sentence)
        self.seconds = seconds


class Rates:
    """The rate limits of one app, counted in this process's memory."""

    def __init__(self, config: Config) -> None:
        self._limiter = Limiter(visitor, storage_uri="memory://", strategy="moving-window")
        self._upload = self._limiter.limit(config.upload_rate_limit)
        self._passwords = parse_many(config.login_rate_limit)

    def seconds_left(self) -> int:
        """How long the visitor whose request was one too many has to wait."""
        breached = self._limiter.current_limit
        return _until(breached.reset_at) if breached else 1

    def init_app(self, app: Flask) -> None:
        """Limit the views that write; they must be registered already."""
        self._limiter.init_app(app)
        views: dict[str, Any] = app.view_functions
        views["upload.create"] = self._upload(views["upload.create"])

    def check_passwords(self) -> None:
        """Raise TooManyTries while the visitor may try no password, not even the right one."""
        for limit in self._passwords:
            if not self._limiter.limiter.test(limit, "password", visitor()):
                reset_at, _left = self._limiter.limiter.get_window_stats(limit, "password", visitor())
                raise TooManyTries(_until(reset_at))

    def count_wrong_password(self) -> None:
        """Count one, wherever it was tried."""
        for limit in self._passwords:
            self._limiter.limiter.hit(limit, "password", visitor())


def _until(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))
