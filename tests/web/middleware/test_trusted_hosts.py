"""Only trusted hosts are served. tests/abuse/test_host_header.py forges them."""

import pytest
from flask import Flask

from app.web.middleware import trusted_hosts
from app.web.middleware.trusted_hosts import UntrustedHost


def accepts(host: str, *trusted: str) -> bool:
    app = Flask("test")
    trusted_hosts.init_app(app, trusted)
    with app.test_request_context("/", base_url=f"http://{host}"):
        try:
            app.preprocess_request()
        except UntrustedHost:
            return False
    return True


def test_every_host_is_accepted_by_default() -> None:
    """An instance without a domain is opened by its IP address."""
    assert accepts("203.0.113.9")


@pytest.mark.parametrize(
    ("host", "is_accepted"),
    [
        ("photos.example.org", True),
        ("PHOTOS.example.org:8000", True),
        ("a.example.net", True),
        ("example.org", False),
        ("photos.example.org.evil.test", False),
    ],
)
def test_only_trusted_hosts_are_accepted(host: str, *, is_accepted: bool) -> None:
    """A name with a leading dot stands for its subdomains; case and port do not matter."""
    assert accepts(host, "photos.example.org", ".example.net") is is_accepted
