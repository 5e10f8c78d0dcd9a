"""No URL of the site redirects to another site."""

from dataclasses import replace
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("path", FOREIGN_URLS)
def test_login_redirects_only_to_a_path_of_the_site(visitor: Visitor, path: str) -> None:
    """Location is a path on one line, whatever `next` holds."""
    answer = visitor.post(
        "/login", visitor.fields("/login") | {"password": "let me add", "next": path}
    )
    assert answer.status_code == 303
    location = answer.location
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert not {"\r", "\n", "\t"} & set(location)


@pytest.mark.parametrize("path", FOREIGN_URLS)
def test_language_links_lead_to_the_same_page(visitor: Visitor, path: str) -> None:
    """The links are relative, whatever the query string holds."""
    page = visitor.client.get("/", query_string={"next": path, "lang": path}).text
    links = [part.split('"')[0] for part in page.split('class="languages"')[1].split('href="')[1:]][
        :2
    ]
    assert links
    assert all(link.startswith("?") for link in links)


@pytest.mark.parametrize(
    "path",
    ["//evil.example/..", "/tags//evil.example", "/photos//evil.example", "/%5cevil.example"],
)
def test_paths_with_extra_slashes_do_not_redirect_to_another_site(
    visitor: Visitor, path: str
) -> None:
    """They redirect to a path of the site, if at all."""
    location = visitor.client.get(path).headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
