"""Only trusted hosts are served. tests/abuse/test_host_header.py forges them."""

import socket

import pytest
from flask import Flask

from app.config import Config
from app.web.middleware import trusted_hosts
from app.web.middleware.trusted_hosts import UntrustedHost


def accepts(host: str, config: Config) -> bool:
    app = Flask("test")
    trusted_hosts.init_app(app, trusted_hosts.HostRules(config))
    with app.test_request_context("/", base_url=f"http://{host}"):
        try:
            app.preprocess_request()
        except UntrustedHost:
            return False
    return True


@pytest.mark.parametrize(
    ("host", "is_accepted"),
    [
        ("photos.example.org", True),
        ("PHOTOS.example.org:8000", True),
        ("a.example.net", True),
        ("example.org", False),
        ("photos.example.org.evil.test", False),
        ("localhost", False),
        ("127.0.0.1", False),
    ],
)
def test_only_trusted_hosts_are_accepted(host: str, *, is_accepted: bool) -> None:
    """A name with a leading dot stands for its subdomains; case and port do not matter."""
    config = Config(trusted_hosts=("photos.example.org", ".example.net"))
    assert accepts(host, config) is is_accepted


@pytest.mark.parametrize(
    ("host", "is_accepted"),
    [
        ("localhost:8000", True),
        ("a.LOCALHOST", True),
        ("127.0.0.1:8000", True),
        ("127.8.8.8", True),
        ("[::1]:8000", True),
        ("192.168.1.5:8000", True),
        ("[fe80::1]", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("notlocalhost", False),
        ("127.0.0.1.evil.example", False),
    ],
)
def test_a_site_without_a_proxy_answers_to_addresses_and_localhost(
    host: str, *, is_accepted: bool
) -> None:
    """A page of another site can point its own domain at this machine, but not an address."""
    assert accepts(host, Config()) is is_accepted


def test_a_site_without_a_proxy_answers_to_the_names_of_its_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Others in the local network open the machine by its name, by mDNS or by the name in HOST."""
    monkeypatch.setattr(socket, "gethostname", lambda: "Attic.example.org")
    for host in ("attic.example.org", "attic.local:8000", "photos.lan"):
        assert accepts(host, Config(host="photos.lan"))
    for host in ("attic.evil.example", "attic.local.evil.example", "other.local"):
        assert not accepts(host, Config(host="photos.lan"))


def test_every_host_is_accepted_behind_a_proxy() -> None:
    """An instance without a domain is opened by a name that no setting knows."""
    assert accepts("ec2-203-0-113-9.compute.example", Config(proxy_hops=1))
