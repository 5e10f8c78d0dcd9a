"""The prefix of the paths is checked."""

import pytest
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from app.web.middleware.path_prefix import PathPrefix


def prefixed(app: Flask, prefix: str, path: str = "/") -> tuple[str, str]:
    """Return status and body of a page below `prefix`."""
    environ = create_environ(path)
    environ["SCRIPT_NAME"] = prefix
    body, status, _headers = run_wsgi_app(PathPrefix(app.wsgi_app), environ)
    return status[:3], b"".join(body).decode()


@pytest.mark.parametrize("prefix", ["/photos", "/photos/", "/a/b-c_d.e~f"])
def test_links_begin_with_the_prefix(app: Flask, prefix: str) -> None:
    """A slash at the end does not count."""
    status, page = prefixed(app, prefix)
    assert status == "200"
    assert f'href="{prefix.rstrip("/")}/upload"' in page


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "https://evil.example", "photos", '/"><script>', "/a b", "/a\r\nb"]
)
def test_other_prefixes_are_refused(
    app: Flask, prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    """They could lead links to another host. The log names the prefix; the answer does not."""
    status, page = prefixed(app, prefix)
    assert status == "400"
    assert prefix not in page
    assert repr(prefix) in caplog.text


def test_site_without_a_prefix(app: Flask) -> None:
    """An empty prefix and a lone slash are none."""
    for prefix in ("", "/"):
        assert 'href="/upload"' in prefixed(app, prefix)[1]
