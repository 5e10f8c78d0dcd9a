"""The order in which the web app is installed.

Covers app.web.context and app.web.rendering.site_settings.
"""

from pathlib import Path

import pytest
from flask import Flask

from app.config import Config
from app.web.context import app_context
from app.web.middleware.request_log import RequestLog
from tests.backends import Backend, local_backend


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


def test_request_log_is_the_outermost_middleware(app: Flask) -> None:
    """Its time and its request id include everything else."""
    assert isinstance(app.wsgi_app, RequestLog)


def test_body_is_received_before_the_deadline_starts(app: Flask) -> None:
    """The timeout applies to the CSRF check, which reads the form; then the deadline starts."""
    modules = [hook.__module__.rpartition(".")[2] for hook in app.before_request_funcs[None]]
    order = [modules.index(name) for name in ("slow_uploads", "csrf", "request_deadline")]
    assert order == sorted(order)


def test_context_holds_what_the_app_was_created_with(app: Flask, config: Config) -> None:
    """Each app has a context of its own."""
    with app.app_context():
        assert app_context().config is config
