"""Cached HTML is shown only where rendering would give the same."""

import re
from dataclasses import replace

import pytest
from flask import render_template_string

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor

PASSWORD = "a good password"


def rendered(visitor: Visitor, text: str) -> str:
    """Return a template rendered for a request of the visitor's app."""
    with visitor.app.test_request_context("/"):
        return render_template_string(text).strip()


def header_of(page: str) -> str:
    return page.partition("<header")[2].partition("</header>")[0]


def test_a_cached_macro_depends_on_its_arguments(visitor: Visitor) -> None:
    """Lists count as arguments, too."""
    icons = ("menu", "close")
    text = "".join(f'{{{{ cached_macro("_macros.html", "icon", "{icon}") }}}}' for icon in icons)
    first, again = (rendered(visitor, text) for _ in range(2))
    assert first == again
    assert first.count("<svg") == 2
    assert "M4 7h16" in first
    assert "M6 6l12" in first
    rows = '{{ cached_macro("_macros.html", "photo_rows", [], none, 4, false) }}'
    assert '<ul class="gallery"' in rendered(visitor, rows)


def test_no_template_imports_macros(visitor: Visitor) -> None:
    """They come from `macros`, which runs their template once and not for each page."""
    for name in visitor.app.jinja_env.list_templates(["html", "xml"]):
        source, _path, _is_current = visitor.app.jinja_env.loader.get_source(
            visitor.app.jinja_env, name
        )
        assert not re.search(r"{%-? *(import|from) ", source), name


def test_macros_know_the_visitor_of_each_page(config: Config, services: Services) -> None:
    """They run once, before any visitor is known, and show each one what that one may do."""
    app = create_app(replace(config, admin_password=PASSWORD), services)
    admin, stranger = Visitor(app), Visitor(app)
    photo_id = stranger.add(tags="sea")
    admin.submit("/login", password=PASSWORD)
    for _ in range(2):
        assert "/photos/select" not in Visitor(app).get("/tags/sea").text
        assert "/photos/select" in admin.get("/tags/sea").text
        assert "/photos/select" in stranger.get("/tags/sea").text
        assert f"/photos/{photo_id}/edit" not in Visitor(app).get(f"/photos/{photo_id}").text


def test_a_cached_macro_is_in_the_language_of_the_page(visitor: Visitor) -> None:
    headers = {"ko": header_of(visitor.get("/?lang=ko").text)}
    headers |= {"en": header_of(visitor.get("/?lang=en").text)}
    assert "Albums" in headers["en"]
    assert "앨범" in headers["ko"]


def test_an_archive_that_grows_has_its_new_year(visitor: Visitor) -> None:
    """The links to years are those of the counts of now."""
    for year in (2003, 2004):
        photo_id = visitor.add()
        visitor.submit(f"/photos/{photo_id}/edit", taken_year=str(year))
        assert f'href="/{year}"' in visitor.get("/?order=added").text


@pytest.mark.parametrize("upload_password", ["", PASSWORD])
def test_each_visitor_gets_the_own_header(
    config: Config, services: Services, upload_password: str
) -> None:
    """The header of one visitor is never shown to another one: neither links nor tokens."""
    settings = replace(config, admin_password=PASSWORD + "!", upload_password=upload_password)
    app = create_app(settings, services)
    admin, stranger = Visitor(app), Visitor(app)
    first = header_of(stranger.get("/").text)
    admin.submit("/login", password=PASSWORD + "!")
    own = header_of(admin.get("/").text)
    assert 'href="/admin"' in own
    assert 'name="csrf_token"' in own
    for address in ("/", "/tags", "/"):
        shown = header_of(stranger.get(address).text)
        assert 'href="/admin"' not in shown
        assert "csrf_token" not in shown
    assert shown == first
    token = re.compile(r'value="[^"]+\.[^"]+"')  # of the form; it has the time
    assert token.sub("", header_of(admin.get("/").text)) == token.sub("", own)
