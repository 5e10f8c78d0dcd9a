"""A forged Host header changes no link or redirect, and trusted hosts limit the names served."""

import itertools
from dataclasses import replace
from io import BytesIO

import pytest

from app import create_app
from app.config import Config
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


def test_health_checks_accept_any_host(strict: Visitor) -> None:
    """Probes of load balancers use an IP address."""
    for path in ("/healthz", "/readyz"):
        assert strict.get(path, headers={"Host": "10.0.0.9"}).status_code == 200


def test_any_host_is_served_by_default(visitor: Visitor) -> None:
    """An instance has an IP address that no setting knows. Feeds link to the address requested."""
    for host in ("203.0.113.9", "203.0.113.9:8080", "[2001:db8::1]", "localhost"):
        response = visitor.get("/feed.xml", headers={"Host": host})
        assert response.status_code == 200
        assert f"http://{host}/" in response.text


def test_a_forged_host_is_in_no_link_of_a_page(visitor: Visitor) -> None:
    """Only link previews have absolute URLs, and the page is not publicly cacheable."""
    for path in ("/", "/upload", "/login", "/tags", "/search?q=a", "/nothing"):
        response = visitor.get(path, headers={"Host": EVIL})
        _, _, body = response.text.partition("</head>")
        assert EVIL not in body, path
        script_tags = [part.split(">")[0] for part in response.text.split("<script")[1:]]
        assert not any(EVIL in tag for tag in script_tags), path
        assert "public" not in response.headers["Cache-Control"], path


def test_redirects_do_not_use_the_host_header(visitor: Visitor) -> None:
    """Each Location is a path."""
    photo_id, photo = visitor.add(), (BytesIO(jpeg(80, 60)), "a.jpg")
    for response in (
        visitor.get("/tags/SEA", headers={"Host": EVIL}),
        visitor.get(f"/?after={photo_id}", headers={"Host": EVIL}),
        visitor.get("/tags//SEA", headers={"Host": EVIL}),
        visitor.post(
            "/upload", {"photo": photo}, headers={"Host": EVIL, "X-Requested-With": "test"}
        ),
    ):
        assert response.headers.get("Location", "/").startswith("/")
    assert response.status_code == 303


def test_forwarded_host_headers_are_ignored(visitor: Visitor) -> None:
    """Only the Host header names the site."""
    headers = {
        "X-Forwarded-Host": EVIL,
        "X-Host": EVIL,
        "X-Original-Host": EVIL,
        "Forwarded": f"host={EVIL}",
        "X-Forwarded-Server": EVIL,
    }
    for name, value in headers.items():
        response = visitor.get("/feed.xml", headers={name: value})
        assert response.status_code == 200, name
        assert EVIL not in response.text, name


def test_an_invalid_host_is_not_repeated(visitor: Visitor) -> None:
    """Characters that host names cannot have are not repeated in pages and feeds."""
    hosts = (
        'evil"><script>alert(1)</script>',
        "a b",
        "evil.example/x?y",
        "user@evil.example",
    )
    for host, path in itertools.product(hosts, ("/", "/feed.xml", "/robots.txt")):
        response = visitor.get(path, headers={"Host": host})
        assert host not in response.text, (host, path)
        assert "alert(1)" not in response.text
