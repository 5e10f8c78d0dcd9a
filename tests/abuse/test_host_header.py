"""A forged Host header changes no link or redirect, and trusted hosts limit the names served."""

from dataclasses import replace
from io import BytesIO

import pytest

from app import create_app
from app.config import Config
from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.visitor import Visitor

EVIL = "evil.example"


@pytest.fixture
def strict(config: Config, service: PhotoService) -> Visitor:
    """A site with TRUSTED_HOSTS."""
    names = ("photos.example.org", ".photos.example.net", "203.0.113.7")
    return Visitor(
        create_app(replace(config, trusted_hosts=names, admin_password="let me rule"), service)
    )


@pytest.mark.parametrize(
    "path", ["/", "/feed.xml", "/robots.txt", "/sitemap.xml", "/login", "/nothing", "/upload"]
)
def test_an_untrusted_host_gets_400(strict: Visitor, path: str) -> None:
    """The response does not repeat the host name and is not publicly cacheable."""
    answer = strict.get(path, headers={"Host": EVIL})
    assert answer.status_code == 400
    assert "Open it at its own address." in answer.text
    assert EVIL not in answer.text
    assert "public" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "host",
    [
        "photos.example.org",
        "photos.example.org:8080",
        "a.photos.example.net",
        "203.0.113.7",
        "Photos.Example.ORG",
    ],
)
def test_trusted_hosts_are_served(strict: Visitor, host: str) -> None:
    """Any port and any case are accepted, and subdomains of a name that starts with a dot."""
    assert strict.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["photos.example.org.evil.example", "evil-photos.example.net", "photos.example.org@", ""],
)
def test_hosts_that_resemble_a_trusted_host_get_400(strict: Visitor, host: str) -> None:
    """Longer names and names that contain a trusted name are not accepted."""
    assert strict.get("/", headers={"Host": host}).status_code == 400


def test_health_checks_accept_any_host(strict: Visitor) -> None:
    """Probes of load balancers use an IP address."""
    for path in ("/healthz", "/readyz"):
        assert strict.get(path, headers={"Host": "10.0.0.9"}).status_code == 200


def test_any_host_is_served_by_default(visitor: Visitor) -> None:
    """An instance has an IP address that no setting knows. Feeds link to the address requested."""
    for host in ("203.0.113.9", "203.0.113.9:8080", "[2001:db8::1]", "localhost"):
        answer = visitor.get("/feed.xml", headers={"Host": host})
        assert answer.status_code == 200
        assert f"http://{host}/" in answer.text


@pytest.mark.parametrize("path", ["/", "/upload", "/login", "/tags", "/search?q=a", "/nothing"])
def test_a_forged_host_is_in_no_link_of_a_page(visitor: Visitor, path: str) -> None:
    """Only link previews have absolute URLs, and the page is not publicly cacheable."""
    answer = visitor.get(path, headers={"Host": EVIL})
    body = answer.text.partition("</head>")[2]
    assert EVIL not in body
    assert not [part for part in answer.text.split("<script")[1:] if EVIL in part.split(">")[0]]
    assert "public" not in answer.headers["Cache-Control"]


def test_redirects_do_not_use_the_host_header(visitor: Visitor) -> None:
    """Each Location is a path."""
    photo_id, photo = visitor.add(), (BytesIO(jpeg(160, 120)), "a.jpg")
    for answer in (
        visitor.get("/tags/SEA", headers={"Host": EVIL}),
        visitor.get(f"/?after={photo_id}", headers={"Host": EVIL}),
        visitor.get("/tags//SEA", headers={"Host": EVIL}),
        visitor.post(
            "/upload", {"photo": photo}, headers={"Host": EVIL, "X-Requested-With": "test"}
        ),
    ):
        assert answer.headers.get("Location", "/").startswith("/")
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded", "X-Forwarded-Server"]
)
def test_forwarded_host_headers_are_ignored(visitor: Visitor, name: str) -> None:
    """Only the Host header names the site."""
    answer = visitor.get(
        "/feed.xml", headers={name: f"host={EVIL}" if name == "Forwarded" else EVIL}
    )
    assert answer.status_code == 200
    assert EVIL not in answer.text


@pytest.mark.parametrize(
    "host", ['evil"><script>alert(1)</script>', "a b", "evil.example/x?y", "user@evil.example"]
)
def test_an_invalid_host_is_not_repeated(visitor: Visitor, host: str) -> None:
    """Characters that host names cannot have are not repeated in pages and feeds."""
    for path in ("/", "/feed.xml", "/robots.txt"):
        answer = visitor.get(path, headers={"Host": host})
        assert host not in answer.text
        assert "alert(1)" not in answer.text
