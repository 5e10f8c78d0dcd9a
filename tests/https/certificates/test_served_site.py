"""deploy/https lets nginx serve the site over HTTPS."""

import re
import socket
import ssl
from datetime import UTC, datetime

import pytest

from tests.https.authority import Authority
from tests.https.certificates.domain import (
    DOMAIN,
    NEEDS_PROGRAMS,
    authority,
    certify,
    noted,
    on_https,
    plain,
    secure,
    trusting_anyone,
)
from tests.https.instance import Instance

pytestmark = [pytest.mark.exhaustive("certificates", every=8), NEEDS_PROGRAMS]


def test_domain_that_points_here_is_served_over_https(instance: Instance) -> None:
    assert plain(instance).status == 200
    with authority(instance) as running:
        assert (
            certify(instance, running)
            == f"0 shoebox: https://{DOMAIN}/ has a certificate that is valid for 89 days.\n"
        )
        on_https(instance)
        answer, page = secure(instance, running)
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert f'"https://{DOMAIN}/' in page
        assert "http://" not in re.sub(r"http://(www\.w3|schema)\.org", "", page)
    now, machine = datetime.now(UTC), noted(instance)
    assert machine.certificate_ends
    assert (machine.certificate_ends - now).days in {89, 90}
    assert machine.renewal_overdue_from
    assert (machine.renewal_overdue_from - now).days in {60, 61}
    assert not machine.lacks_certificate


def test_cookies_are_secure_over_https(certified: tuple[Instance, Authority]) -> None:
    answer, _ = secure(*certified, "/upload")
    cookies = answer.headers.get_all("Set-Cookie") or []
    assert cookies
    assert all("; Secure" in cookie for cookie in cookies)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_redirects_and_keeps_method_and_path(
    certified: tuple[Instance, Authority], method: str
) -> None:
    instance, _ = certified
    answer = plain(instance, "/search?q=sea", method)
    assert answer.status == 308
    assert answer.headers["Location"] == f"https://{DOMAIN}/search?q=sea"
    assert answer.headers["Strict-Transport-Security"] is None


def test_acme_challenges_are_served_over_http(certified: tuple[Instance, Authority]) -> None:
    instance, _ = certified
    assert plain(instance, "/.well-known/acme-challenge/none").status == 404


def test_other_host_names_redirect_to_the_domain(certified: tuple[Instance, Authority]) -> None:
    answer, _ = secure(*certified, "/tags?x=1", host="203.0.113.10")
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{DOMAIN}/tags?x=1")


def test_absolute_uri_does_not_bypass_the_host_check(
    certified: tuple[Instance, Authority],
) -> None:
    """An absolute URI in the request line takes precedence over the Host header."""
    answer, listing = secure(*certified, f"https://{DOMAIN}/feed.xml", host="elsewhere.example")
    assert answer.status == 200
    assert f"https://{DOMAIN}/" in listing
    assert "elsewhere.example" not in listing


@pytest.mark.parametrize(
    ("version", "ciphers", "spoken"),
    [
        ("TLSv1_3", "DEFAULT", True),
        ("TLSv1_2", "ECDHE-ECDSA-AES128-GCM-SHA256", True),
        ("TLSv1_2", "ECDHE-ECDSA-AES128-SHA", False),
    ],
)
def test_http_2_with_modern_ciphers_only(
    certified: tuple[Instance, Authority], version: str, ciphers: str, *, spoken: bool
) -> None:
    instance, _ = certified
    visitor = trusting_anyone()
    visitor.minimum_version = visitor.maximum_version = ssl.TLSVersion[version]
    visitor.set_ciphers(ciphers)
    visitor.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", instance.https), timeout=20) as raw:
        if spoken:
            with visitor.wrap_socket(raw) as connection:
                assert connection.selected_alpn_protocol() == "h2"
        else:
            with pytest.raises(ssl.SSLError, match="handshake failure"):
                visitor.wrap_socket(raw)


@pytest.mark.parametrize(
    ("version", "by_word"),
    [("1.22.1", True), ("1.25.0", True), ("1.25.1", False), ("1.28.0", False)],
)
def test_http_2_syntax_fits_the_nginx_version(
    instance: Instance, version: str, *, by_word: bool
) -> None:
    instance.settings(DOMAIN=DOMAIN)
    instance.certificate(DOMAIN).parent.mkdir(parents=True)
    instance.certificate(DOMAIN).write_text("one that this nginx takes")
    nginx = instance.folder / "bin" / "nginx"
    real = nginx.read_text()
    nginx.write_text(f"#!/bin/sh\n[ $1 != -v ] || echo nginx version: nginx/{version} >&2\n")
    instance.configure()
    nginx.write_text(real)
    assert ("listen 443 ssl http2 default_server;" in instance.site()) == by_word
    assert ("http2 on;" in instance.site()) == (not by_word)
