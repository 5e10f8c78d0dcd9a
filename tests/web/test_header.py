"""The header of every page, for each role."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor

UPLOAD = "let me add"
ADMIN = "change it all"


@pytest.fixture(params=[True, False], ids=["upload password", "open"])
def app(config: Config, services: Services, request: pytest.FixtureRequest) -> Flask:
    upload_password = UPLOAD if request.param else None
    return create_app(
        replace(config, admin_password=ADMIN, upload_password=upload_password), services
    )


def header_of(visitor: Visitor, path: str = "/") -> str:
    return visitor.get(path).text.partition("<header")[2].partition("</header>")[0]


def names_in(header: str) -> list[str]:
    """Return the texts of the links and buttons, without those of the other window size."""
    controls = re.findall(r"<(a|button)\b(.*?)</\1>", header, re.DOTALL)
    return [re.sub(r"^[^>]*>|<[^>]*>", "", content).strip() for _, content in controls]


def test_no_one_sees_log_in_beside_log_out(app: Flask) -> None:
    """A stranger sees one link to the login, and everyone who logged in the button alone."""
    for password in (None, UPLOAD, ADMIN):
        visitor = Visitor(app)
        logged_in = password and visitor.submit("/login", password=password).status_code == 303
        names = names_in(header_of(visitor))
        assert names.count("Log in") == (0 if logged_in else 1)
        assert names.count("Log out") == (1 if logged_in else 0)


def test_a_stranger_without_passwords_has_tags_in_the_menu_alone(
    config: Config, services: Services
) -> None:
    """Wide windows show the link beside the menu, so they need no menu then."""
    visitor = Visitor(create_app(config, services))
    assert '<details class="menu narrow-window-only" name="menu">' in header_of(visitor)
    visitor.add()
    assert '<details class="menu" name="menu">' in header_of(visitor)


@pytest.mark.parametrize("path", ["/tags", "/upload", "/uploads", "/admin", "/login"])
def test_the_current_page_is_marked(config: Config, services: Services, path: str) -> None:
    """Screen readers say which of the links leads to this page."""
    visitor = Visitor(create_app(replace(config, admin_password=ADMIN), services))
    visitor.add()
    if path == "/admin":
        visitor.submit("/login", password=ADMIN)
    links = re.findall(r"<a\b[^>]*>", header_of(visitor, path))
    current = {link for link in links if 'aria-current="page"' in link}
    assert current
    assert all(f'href="{path}"' in link for link in current)
