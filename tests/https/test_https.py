"""deploy/https with nginx, certbot and a test authority."""

import re
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest

from app.services.operations.machine import Machine, read_machine
from tests.https.authority import PROGRAMS, Authority
from tests.https.instance import NGINX, Instance, eventually, serving_instance
from tests.server.site import GUNICORN, RunningSite, free_port

DOMAIN = "photos.example.org"
pytestmark = [
    pytest.mark.exhaustive("certificates", every=8),
    pytest.mark.skipif(
        NGINX is None or any(shutil.which(program) is None for program in PROGRAMS),
        reason="needs nginx and pebble: apt-get install nginx pebble",
    ),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = {"PROXY_HOPS": "1", "WEB_CONCURRENCY": "1"}
    with RunningSite(tmp_path_factory.mktemp("photos"), GUNICORN, **settings) as site:
        yield site.url.removeprefix("http://")


@pytest.fixture
def instance(app: str, tmp_path: Path) -> Iterator[Instance]:
    with serving_instance(app, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def certified(
    app: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Instance, Authority]]:
    """Yield an instance that is served over HTTPS, for tests that do not change it."""
    folder = tmp_path_factory.mktemp("certified")
    with serving_instance(app, folder) as made, authority(made) as running:
        assert certify(made, running).startswith("0 ")
        on_https(made)
        yield made, running


@contextmanager
def authority(
    instance: Instance, resolves_to: str = "127.0.0.1", **options: int
) -> Iterator[Authority]:
    folder = instance.folder / "authority"
    folder.mkdir(exist_ok=True)
    ports = (free_port(), free_port(), free_port())
    with Authority(
        folder,
        host="127.0.0.1",
        ports=ports,
        resolves_to=resolves_to,
        http_port=instance.http,
        **options,
    ) as running:
        yield running


def certify(instance: Instance, running: Authority) -> str:
    """Return exit code and output of a run."""
    instance.settings(DOMAIN=DOMAIN, ACME_SERVER=running.url)
    done = instance.run(REQUESTS_CA_BUNDLE=str(running.trust))
    return f"{done.returncode} {done.stdout}{done.stderr}"


def plain(instance: Instance, path: str = "/", method: str = "GET") -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", instance.http, timeout=20)
    connection.request(method, path, headers={"Host": DOMAIN, "Connection": "close"})
    answer = connection.getresponse()
    answer.read()
    return answer


def secure(
    instance: Instance, running: Authority, path: str = "/", host: str = DOMAIN
) -> tuple[HTTPResponse, str]:
    """Return the response to a client that trusts this authority and requests DOMAIN."""
    connection = HTTPSConnection(DOMAIN, 443, timeout=20)
    raw = socket.create_connection(("127.0.0.1", instance.https), timeout=20)
    connection.sock = ssl.create_default_context(cadata=running.root()).wrap_socket(
        raw, server_hostname=DOMAIN
    )
    connection.request("GET", path, headers={"Host": host, "Connection": "close"})
    answer = connection.getresponse()
    return answer, answer.read().decode()


def trusting_anyone() -> ssl.SSLContext:
    visitor = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    visitor.check_hostname = False
    visitor.verify_mode = ssl.CERT_NONE
    return visitor


def served(instance: Instance) -> bytes:
    """Return the certificate that nginx presents."""
    return ssl.get_server_certificate(("127.0.0.1", instance.https)).encode()


def on_https(instance: Instance) -> None:
    eventually(lambda: plain(instance).status == 308)


def noted(instance: Instance) -> Machine:
    """Return what `shoebox status` reads about the certificate."""
    note = instance.folder / "var/lib/shoebox/certificate-end"
    return read_machine(instance.folder, instance.folder, note)


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


def test_site_stays_on_http_without_the_authority(instance: Instance) -> None:
    with authority(instance) as running:
        pass
    said = certify(instance, running)
    assert said.startswith(
        f"1 shoebox: no certificate for {DOMAIN} yet, so the site stays on HTTP.\n"
    )
    assert "Connection refused" in said
    assert "The next attempt is within the hour" in said
    assert plain(instance).status == 200
    assert noted(instance).lacks_certificate


def test_domain_that_points_elsewhere_stays_on_http(
    instance: Instance,
) -> None:
    with authority(instance, resolves_to="127.0.0.9") as running:
        said = certify(instance, running)
        assert said.startswith(f"1 shoebox: no certificate for {DOMAIN} yet")
        assert "127.0.0.9" in said
        assert plain(instance).status == 200
    with authority(instance) as running:
        assert certify(instance, running).startswith("0 shoebox: https://")
        on_https(instance)


def test_certificate_is_kept_until_renewal_is_due(instance: Instance) -> None:
    with authority(instance) as running:
        certify(instance, running)
        kept, reloads = instance.certificate(DOMAIN).read_bytes(), instance.reloads()
        assert certify(instance, running) == "0 "
        assert instance.certificate(DOMAIN).read_bytes() == kept
        assert instance.reloads() == reloads == 1


def test_due_certificate_is_renewed_without_downtime(instance: Instance) -> None:
    with authority(instance, seconds=2) as running:
        certify(instance, running)
        on_https(instance)
        old, answers, over = served(instance), [], threading.Event()

        def visit() -> None:
            while not over.is_set():
                connection = HTTPSConnection(
                    "127.0.0.1", instance.https, context=trusting_anyone(), timeout=20
                )
                connection.request("GET", "/healthz", headers={"Host": DOMAIN})
                answers.append(connection.getresponse().status)
                connection.close()

        visitor = threading.Thread(target=visit)
        visitor.start()
        assert certify(instance, running).startswith("0 shoebox: https://")
        eventually(lambda: served(instance) != old)
        over.set()
        visitor.join()
        assert set(answers) == {200}


def test_failed_renewal_keeps_the_certificate(instance: Instance) -> None:
    with authority(instance, seconds=2) as running:
        certify(instance, running)
        on_https(instance)
        old = served(instance)
    said = certify(instance, running)
    assert said.startswith(
        f"1 shoebox: the certificate of {DOMAIN} was not renewed; it is valid for 0 more days.\n"
    )
    assert served(instance) == old
    assert plain(instance).status == 308


def test_changed_authority_gets_a_new_certificate(instance: Instance) -> None:
    with authority(instance) as trial:
        certify(instance, trial)
        on_https(instance)
    with authority(instance) as running:
        assert certify(instance, running).startswith("0 shoebox: https://")
        eventually(lambda: secure_or_none(instance, running) == 200)


def secure_or_none(instance: Instance, running: Authority) -> int | None:
    try:
        return secure(instance, running)[0].status
    except ssl.SSLError:
        return None


def test_site_returns_to_http_without_a_domain(instance: Instance) -> None:
    with authority(instance) as running:
        certify(instance, running)
    instance.settings()
    instance.configure()
    assert "443" not in instance.site()
    assert instance.certificate(DOMAIN).exists()
    machine = noted(instance)
    assert (machine.certificate_ends, machine.lacks_certificate) == (None, False)


def test_invalid_certificate_leaves_the_site_on_http(instance: Instance) -> None:
    instance.settings(DOMAIN=DOMAIN)
    instance.certificate(DOMAIN).parent.mkdir(parents=True)
    instance.certificate(DOMAIN).write_text("not a certificate")
    assert f"nginx rejects the certificate of {DOMAIN}" in instance.configure()
    assert "443" not in instance.site()
    machine = noted(instance)
    assert (machine.certificate_ends, machine.lacks_certificate) == (None, True)


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
