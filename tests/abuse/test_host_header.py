"""A forged Host header changes no link or redirect, and trusted hosts limit the names served.

Covers app.web.pages.health.
"""

import itertools
from dataclasses import replace
from io import BytesIO

import pytest

from app import create_app
from app.config import Config
from app.operator_settings import MetricsAccess, OperatorSettings
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import Visitor

EVIL = "evil.example"


@pytest.fixture
def strict(config: Config, services: Services) -> Visitor:
    """A site with TRUSTED_HOSTS."""
    names = ("photos.example.org", ".photos.example.net", "203.0.113.7")
    return Visitor(
        create_app(replace(config, trusted_hosts=names, admin_password="let me rule"), services)
    )


@pytest.fixture
def proxied(config: Config, services: Services) -> Visitor:
    """A site behind a proxy, which answers to every name."""
    return Visitor(create_app(replace(config, proxy_hops=1), services))


def test_an_untrusted_host_gets_400(strict: Visitor) -> None:
    """The response does not repeat the host name and is not publicly cacheable."""
    for path in ("/", "/feed.xml", "/robots.txt", "/sitemap.xml", "/login", "/nothing", "/upload"):
        response = strict.get(path, headers={"Host": EVIL})
        assert response.status_code == 400, path
        assert "Open it at its own address." in response.text
        assert EVIL not in response.text
        assert "public" not in response.headers["Cache-Control"]


def test_trusted_hosts_are_served(strict: Visitor) -> None:
    """Any port and any case are accepted, and subdomains of a name that starts with a dot."""
    hosts = (
        "photos.example.org",
        "photos.example.org:8080",
        "a.photos.example.net",
        "203.0.113.7",
        "Photos.Example.ORG",
    )
    for host in hosts:
        assert strict.get("/", headers={"Host": host}).status_code == 200, host


def test_hosts_that_resemble_a_trusted_host_get_400(strict: Visitor) -> None:
    """Longer names and names that contain a trusted name are not accepted."""
    hosts = (
        "photos.example.org.evil.example",
        "evil-photos.example.net",
        "photos.example.org@",
        "",
    )
    for host in hosts:
        assert strict.get("/", headers={"Host": host}).status_code == 400, host


def test_health_checks_accept_other_hosts(strict: Visitor) -> None:
    """Probes of load balancers use an IP address, and operators on the machine localhost."""
    for path in ("/healthz", "/readyz"):
        for host in ("10.0.0.9", "localhost"):
            assert strict.get(path, headers={"Host": host}).status_code == 200
    assert strict.get("/healthz", headers={"Host": EVIL}).status_code == 200


def test_metrics_are_read_on_the_machine_by_its_own_names(
    config: Config, services: Services
) -> None:
    """Operators need not know a name of the site, as for `/readyz`."""
    operations = OperatorSettings(metrics=MetricsAccess.LOOPBACK)
    settings = replace(config, trusted_hosts=("photos.example.org",), operations=operations)
    visitor = Visitor(create_app(settings, services))
    for host in ("127.0.0.1:8000", "localhost", "photos.example.org"):
        assert visitor.get("/metrics", headers={"Host": host}).status_code == 200, host
    assert visitor.get("/metrics", headers={"Host": EVIL}).status_code == 400


def test_a_page_of_another_site_reads_nothing_by_dns_rebinding(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """The page and the log name the setting, and `/readyz` does not answer such a page either."""
    for path in ("/", "/uploads", "/admin", "/feed.xml", "/readyz", "/nothing"):
        response = visitor.get(path, headers={"Host": f"{EVIL}:8000"})
        assert response.status_code == 400, path
        assert "TRUSTED_HOSTS" in response.text
        assert EVIL not in response.text
    assert f"the host '{EVIL}:8000' is not a name of this machine" in caplog.text
    assert "set TRUSTED_HOSTS" in caplog.text


@pytest.mark.parametrize(
    ("address", "forwarded", "proxy_hops", "status"),
    [
        ("127.0.0.1", None, 0, 200),
        ("::1", None, 0, 200),
        ("::ffff:127.0.0.1", None, 0, 200),  # a socket for both protocols
        ("", None, 1, 200),  # a Unix socket
        ("", "127.0.0.1", 1, 200),  # through nginx
        ("", "203.0.113.9, 127.0.0.1", 2, 403),
        ("192.168.1.9", None, 0, 403),
        ("127.0.0.1", "203.0.113.9", 1, 403),
        ("127.0.0.1", "127.0.0.1, 203.0.113.9", 1, 403),  # forged by a client of nginx
        ("127.0.0.1", "203.0.113.9", 0, 403),  # a proxy that no setting names
        ("", "203.0.113.9", 2, 403),  # past the load balancer
    ],
)
def test_readiness_is_shown_to_this_machine_only(
    config: Config,
    services: Services,
    address: str,
    forwarded: str | None,
    proxy_hops: int,
    status: int,
) -> None:
    """The answer names the bucket and the tables. `/healthz` answers everyone."""
    client = Visitor(create_app(replace(config, proxy_hops=proxy_hops), services)).client
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    environ = {"REMOTE_ADDR": address}
    answers = [
        client.get(path, headers=headers, environ_overrides=environ)
        for path in ("/healthz", "/readyz")
    ]
    assert [answer.status_code for answer in answers] == [200, status]


FORWARDED = {
    "Forwarded": "for=203.0.113.9",
    "Via": "1.1 proxy",
    "X-Real-IP": "203.0.113.9",
    "X-Forwarded-Host": "photos.example.org",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Server": "proxy",
    "CF-Connecting-IP": "203.0.113.9",
    "True-Client-IP": "203.0.113.9",
    "X-Client-IP": "127.0.0.1",
    "Client-IP": "203.0.113.9",
    "X-Cluster-Client-IP": "203.0.113.9",
    "Fastly-Client-IP": "203.0.113.9",
    "X-Forwarded": "for=203.0.113.9",
    "Forwarded-For": "203.0.113.9",
    "X-Original-Forwarded-For": "203.0.113.9",
}


@pytest.mark.parametrize("proxy_hops", [0, 1, 2])
@pytest.mark.parametrize("name", FORWARDED)
def test_what_a_proxy_of_this_machine_passes_on_is_not_of_this_machine(
    config: Config, services: Services, proxy_hops: int, name: str
) -> None:
    """By any header of proxies. An address counts that all trusted proxies have passed on."""
    operations = OperatorSettings(metrics=MetricsAccess.LOOPBACK)
    app = create_app(replace(config, proxy_hops=proxy_hops, operations=operations), services)
    visitor = Visitor(app)
    for path in ("/readyz", "/metrics"):
        assert visitor.get(path).status_code == 200
        headers = {name: FORWARDED[name]}
        assert visitor.get(path, headers=headers).status_code == 403
        headers["X-Forwarded-For"] = ", ".join(["127.0.0.1"] * proxy_hops) or "127.0.0.1"
        assert visitor.get(path, headers=headers).status_code == (200 if proxy_hops else 403)


def test_any_address_is_served_by_default(visitor: Visitor) -> None:
    """A machine has IP addresses that no setting knows. Feeds link to the address requested."""
    for host in ("203.0.113.9", "203.0.113.9:8080", "[2001:db8::1]", "localhost"):
        response = visitor.get("/feed.xml", headers={"Host": host})
        assert response.status_code == 200
        assert f"http://{host}/" in response.text


def test_a_forged_host_is_in_no_link_of_a_page(proxied: Visitor) -> None:
    """Only link previews have absolute URLs, and the page is not publicly cacheable."""
    for path in ("/", "/upload", "/login", "/tags", "/search?q=a", "/nothing"):
        response = proxied.get(path, headers={"Host": EVIL})
        _, _, body = response.text.partition("</head>")
        assert EVIL not in body, path
        script_tags = [part.split(">")[0] for part in response.text.split("<script")[1:]]
        assert not any(EVIL in tag for tag in script_tags), path
        assert "public" not in response.headers["Cache-Control"], path


def test_redirects_do_not_use_the_host_header(proxied: Visitor) -> None:
    """Each Location is a path."""
    photo_id, photo = proxied.add(), (BytesIO(jpeg(80, 60)), "a.jpg")
    for response in (
        proxied.get("/tags/SEA", headers={"Host": EVIL}),
        proxied.get(f"/?after={photo_id}", headers={"Host": EVIL}),
        proxied.get("/tags//SEA", headers={"Host": EVIL}),
        proxied.post(
            "/upload", {"photo": photo}, headers={"Host": EVIL, "X-Requested-With": "test"}
        ),
    ):
        assert response.headers.get("Location", "/").startswith("/")
    assert response.status_code == 303


def test_forwarded_host_headers_are_ignored(proxied: Visitor) -> None:
    """Only the Host header names the site."""
    headers = {
        "X-Forwarded-Host": EVIL,
        "X-Host": EVIL,
        "X-Original-Host": EVIL,
        "Forwarded": f"host={EVIL}",
        "X-Forwarded-Server": EVIL,
    }
    for name, value in headers.items():
        response = proxied.get("/feed.xml", headers={name: value})
        assert response.status_code == 200, name
        assert EVIL not in response.text, name


def test_an_invalid_host_is_not_repeated(proxied: Visitor) -> None:
    """Characters that host names cannot have are not repeated in pages and feeds."""
    hosts = (
        'evil"><script>alert(1)</script>',
        "a b",
        "evil.example/x?y",
        "user@evil.example",
    )
    for host, path in itertools.product(hosts, ("/", "/feed.xml", "/robots.txt")):
        response = proxied.get(path, headers={"Host": host})
        assert host not in response.text, (host, path)
        assert "alert(1)" not in response.text
