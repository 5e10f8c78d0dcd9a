"""Host header attacks: a forged name leads nobody away, and where names are set no other is answered to."""

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
    """A site that knows its names."""
    names = ("photos.example.org", ".photos.example.net", "203.0.113.7")
    return Visitor(
        create_app(replace(config, trusted_hosts=names, admin_password="let me rule"), service)
    )


@pytest.mark.parametrize(
    "path", ["/", "/feed.xml", "/robots.txt", "/sitemap.xml", "/login", "/nothing", "/upload"]
)
def test_no_name_but_its_own_is_answered_to(strict: Visitor, path: str) -> None:
    """Under a name that is not the site's every address is a 400 in words, without that name in it."""
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
def test_its_own_names_are_answered_to(strict: Visitor, host: str) -> None:
    """With any port, in any case, and below a name that begins with a dot."""
    assert strict.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["photos.example.org.evil.example", "evil-photos.example.net", "photos.example.org@", ""],
)
def test_names_that_look_like_its_own_are_not(strict: Visitor, host: str) -> None:
    """Neither a longer name nor one with the name in it."""
    assert strict.get("/", headers={"Host": host}).status_code == 400


def test_load_balancers_may_ask_by_address(strict: Visitor) -> None:
    """Health is told under any name: a probe has none."""
    for path in ("/healthz", "/readyz"):
        assert strict.get(path, headers={"Host": "10.0.0.9"}).status_code == 200


def test_by_default_any_address_will_do(visitor: Visitor) -> None:
    """An instance is opened by an IP address that nobody knew beforehand, and says so in what it links to."""
    for host in ("203.0.113.9", "203.0.113.9:8080", "[2001:db8::1]", "localhost"):
        answer = visitor.get("/feed.xml", headers={"Host": host})
        assert answer.status_code == 200
        assert f"http://{host}/" in answer.text


@pytest.mark.parametrize("path", ["/", "/upload", "/login", "/tags", "/search?q=a", "/nothing"])
def test_a_forged_name_gets_into_no_link_of_a_page(visitor: Visitor, path: str) -> None:
    """Links, forms, scripts and styles of pages are relative; what previews show is absolute, and kept by no cache."""
    answer = visitor.get(path, headers={"Host": EVIL})
    body = answer.text.partition("</head>")[2]
    assert EVIL not in body
    assert not [part for part in answer.text.split("<script")[1:] if EVIL in part.split(">")[0]]
    assert "public" not in answer.headers["Cache-Control"]


def test_a_forged_name_redirects_nobody(visitor: Visitor) -> None:
    """Every Location is a path."""
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
def test_headers_that_claim_another_name_are_not_believed(visitor: Visitor, name: str) -> None:
    """No header but Host names the site, behind a proxy or not."""
    answer = visitor.get(
        "/feed.xml", headers={name: f"host={EVIL}" if name == "Forwarded" else EVIL}
    )
    assert answer.status_code == 200
    assert EVIL not in answer.text


@pytest.mark.parametrize(
    "host", ['evil"><script>alert(1)</script>', "a b", "evil.example/x?y", "user@evil.example"]
)
def test_what_is_no_name_gets_nowhere(visitor: Visitor, host: str) -> None:
    """Characters that no name has are not repeated, in pages and feeds alike."""
    for path in ("/", "/feed.xml", "/robots.txt"):
        answer = visitor.get(path, headers={"Host": host})
        assert host not in answer.text
        assert "alert(1)" not in answer.text
