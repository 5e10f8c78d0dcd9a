"""No URL of the site redirects to another site."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.config import Config
from tests.backends import Backend, local_backend
from tests.visitor import Visitor

FOREIGN_URLS = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/\r\nLocation: https://evil.example",
    "/%0d%0aLocation:%20x\r\n",
    "http:evil.example",
    "https:/evil.example",
    "/\x00//evil.example",
    "\u2028//evil.example",
]


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password="let me add")


def is_local_path(location: str) -> bool:
    """Return whether a browser stays on the site: one line that starts with a single slash."""
    is_path = location.startswith("/") and not location.startswith(("//", "/\\"))
    return is_path and not {"\r", "\n", "\t"} & set(location)


def test_login_redirects_only_to_a_path_of_the_site(app: Flask) -> None:
    """Location is a path on one line, whatever `next` holds."""
    for url in FOREIGN_URLS:
        visitor = Visitor(app)
        form = visitor.fields("/login") | {"password": "let me add", "next": url}
        response = visitor.post("/login", form)
        assert response.status_code == 303
        assert is_local_path(response.location), url


def test_language_links_lead_to_the_same_page(visitor: Visitor) -> None:
    """The links are relative, whatever the query string holds."""
    for url in FOREIGN_URLS:
        page = visitor.client.get("/", query_string={"next": url, "lang": url}).text
        _, language_menu = page.split('class="languages"')
        links = [part.split('"')[0] for part in language_menu.split('href="')[1:3]]
        assert links
        assert all(link.startswith("?") for link in links), url


def test_paths_with_extra_slashes_do_not_redirect_to_another_site(visitor: Visitor) -> None:
    """They redirect to a path of the site, if at all."""
    paths = (
        "//evil.example/..",
        "/tags//evil.example",
        "/photos//evil.example",
        "/%5cevil.example",
    )
    for path in paths:
        location = visitor.client.get(path).headers.get("Location", "/")
        assert is_local_path(location), path
