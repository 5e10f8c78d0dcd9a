"""Rates: how often one address may upload and try passwords."""

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter

from app.config import Config


def visitor() -> str:
    """The address a limit counts for; an IPv6 visitor has a whole /64 to choose from, so that is what counts."""
    try:
        address = ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


class Rates:
    """The rate limits of one app, counted in this process's memory."""

    def __init__(self, config: Config) -> None:
        self._limiter = Limiter(visitor, storage_uri="memory://", strategy="moving-window")
        self._upload = self._limiter.limit(config.upload_rate_limit)
        self._login = self._limiter.shared_limit(config.login_rate_limit, scope="login")
        self.count_login: Callable[[], None] = self._login(_tried)

    def seconds_left(self) -> int:
        """How long the visitor whose request was one too many has to wait."""
        breached = self._limiter.current_limit
        return max(1, math.ceil(breached.reset_at - time.time())) if breached else 1

    def init_app(self, app: Flask) -> None:
        """Limit the views that write; they must be registered already."""
        self._limiter.init_app(app)
        views: dict[str, Any] = app.view_functions
        views["upload.create"] = self._upload(views["upload.create"])
        views["login.submit"] = self._login(views["login.submit"])


def _tried() -> None:
    """Count one password tried elsewhere than on the login form."""
