"""A visitor gets the right language, and the whole page is in it.

Covers app.web.rendering.formatting, app.web.rendering.script_texts.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.services.operations import machine
from app.web.rendering.languages.catalogs import find_catalogs
from tests.sample_images import jpeg
from tests.translations.english import english_in
from tests.visitor import Visitor
from tests.web.rendering.every_route import pages_of_every_route

KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.8"}
LANGUAGES = sorted(find_catalogs(Path(__file__).parents[3] / "translations"))
KOREAN_TEXT = {"title": "해운대", "tags": "바다", "description": "저녁", "alt": "물결"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en-GB,en;q=0.9,ko;q=0.8", "en"),
        ("th,ko;q=0.5", "ko"),
        ("th-TH", "en"),
        ("fr-FR", "fr"),
        ("ko;q=0.1, en;q=0.2", "en"),
        ("*", "en"),
        ("../../etc,;;q=x", "en"),
    ],
)
def test_the_browser_s_settings_choose_the_language(
    visitor: Visitor, accepted: str | None, language: str
) -> None:
    """The page is in the supported language that the browser prefers, and says so."""
    page = visitor.get("/", headers={"Accept-Language": accepted} if accepted else {})
    assert language_of(page) == language
    assert page.headers["Content-Language"] == language
    assert {"accept-language", "cookie"} <= {name.lower() for name in page.vary}


def test_a_language_link_wins_and_is_remembered(visitor: Visitor) -> None:
    """A language link decides for its page and for all later ones."""
    assert language_of(visitor.get("/?lang=ko")) == "ko"
    assert language_of(visitor.get("/tags")) == "ko"
    assert language_of(visitor.get("/tags?lang=en", headers=KOREAN)) == "en"
    assert language_of(visitor.get("/", headers=KOREAN)) == "en"


def test_an_unknown_language_is_ignored(visitor: Visitor) -> None:
    """An unknown language in the URL or the cookie leaves the choice to the browser."""
    page = visitor.get("/?lang=../ko", headers=KOREAN)
    assert language_of(page) == "ko"
    assert "Set-Cookie" not in page.headers
    visitor.set_cookie("language", "xx")
    assert language_of(visitor.get("/", headers=KOREAN)) == "ko"


def test_every_page_links_to_itself_in_the_other_language(visitor: Visitor) -> None:
    """The link keeps the URL's parameters. The current language is no link."""
    page = visitor.get(
        "/search?q=%EB%B0%94%EB%8B%A4&before=01ARZ3NDEKTSV4RRFFQ69G5FAV&lang=en"
    ).text
    links = re.findall(
        r'<a lang="([\w-]+)" hreflang="([\w-]+)" href="([^"]+)"[^>]*>([^<]+)</a>', page
    )
    address = "?q=%EB%B0%94%EB%8B%A4&amp;before=01ARZ3NDEKTSV4RRFFQ69G5FAV&amp;lang="
    assert ("ko", "ko", f"{address}ko", "한국어") in links
    assert all(tag == own and link == f"{address}{tag}" for tag, own, link, _ in links)
    assert '<span lang="en" aria-current="true">English</span>' in page


def test_a_rejected_form_has_no_language_links(visitor: Visitor) -> None:
    """A rejected form shows no language links, which would lose the text."""
    page = visitor.upload(b"", title="x" * 300)
    assert page.status_code == 422
    assert "한국어" not in page.text


def test_the_language_cookie_is_private(visitor: Visitor) -> None:
    """The cookie is for this site only, and no publicly cached response sets it."""
    cookie = visitor.get("/?lang=ko").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Set-Cookie" not in visitor.get("/feed.xml?lang=ko").headers


def test_responses_without_text_do_not_vary(visitor: Visitor) -> None:
    """Photos and static files do not vary by language."""
    for path in ("/robots.txt", "/manifest.webmanifest", "/healthz", "/tags.json"):
        answer = visitor.get(path, headers=KOREAN)
        assert "Content-Language" not in answer.headers, path
        assert "Accept-Language" not in answer.vary, path


def test_korean_pages_contain_no_english(visitor: Visitor) -> None:
    """Every page is in Korean in every state."""
    visitor.set_cookie("language", "ko")
    pages = [visitor.get("/")]
    photo = f"/photos/{visitor.add(**KOREAN_TEXT)}"
    pages += [visitor.get(photo)]  # with the upload's message
    visitor.add(**KOREAN_TEXT)
    paths = ("/", "/tags", "/tags/바다", "/tags/없음", "/upload", "/login", "/nothing", photo)
    pages += map(visitor.get, paths)
    searches = (
        "/search",
        "/search?q=해운대",
        "/search?q=없음",
        "/search?q=!",
        "/search?q=해운+없음",
    )
    pages += map(visitor.get, searches)
    pages += [visitor.get(f"{photo}/{what}") for what in ("edit", "delete")]
    pages += [visitor.submit(f"{photo}/edit", title="글" * 300, tags="글" * 60)]
    pages += [
        visitor.upload(b"no photo", names=("바다",)),
        visitor.upload(b"", names=("바다",), **KOREAN_TEXT),
    ]
    pages += [visitor.submit(f"{photo}/delete"), visitor.get("/"), visitor.get(photo)]
    pages += [
        visitor.client.post("/upload"),
        visitor.client.post("/tags", headers={"X-Requested-With": "test"}),
    ]
    for page in pages:
        if page.status_code != 303:  # browsers show no text of a redirect
            assert english_in(page.text) == set(), (page.request.path, page.status_code)


def test_every_route_has_a_korean_page(
    config: Config, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page has no English on it, the admin's included. A commit may look like a word."""
    monkeypatch.setattr(machine, "read_release", lambda _root: "v1.0 beefcafe0123")
    pages = pages_of_every_route(config, services, "ko")
    for page in pages:
        if not page.request.path.endswith("/guests/card"):  # has a second language
            assert english_in(page.text) == set(), page.request.path


def test_every_route_is_rendered_in_every_language(config: Config, services: Services) -> None:
    """No page fails, and each is in the language of the cookie and says so."""
    for page in pages_of_every_route(config, services, *LANGUAGES):
        assert page.status_code < 500, page.request.path
        sent = parse_cookie(page.request.headers["Cookie"])
        (chosen,) = (sent[name] for name in sent if name.startswith("language"))
        if language_of(page):  # a page without text names none
            assert language_of(page) == chosen == page.headers["Content-Language"], (
                page.request.path
            )


def test_pages_with_a_password_contain_no_english(config: Config, services: Services) -> None:
    """The login, its error and the empty gallery are in Korean."""
    visitor = Visitor(
        create_app(replace(config, upload_password="열려라참깨", admin_password="관리"), services)
    )
    visitor.set_cookie("language", "ko")
    pages = [visitor.get("/"), visitor.get("/login"), visitor.submit("/login", password="틀림")]
    pages += [
        visitor.submit("/login", password="열려라참깨"),
        visitor.get("/login"),
        visitor.get("/upload"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 403, 303, 200, 200]
    for page in pages:
        if page.status_code != 303:
            assert english_in(page.text) == set(), page.request.path


def test_problem_details_are_in_the_visitor_s_language(visitor: Visitor) -> None:
    """A problem's detail and numbers are in Korean. Its title is HTTP's."""
    problem = visitor.upload_json(jpeg(4000, 3000), headers=KOREAN).json
    assert problem is not None
    assert problem["detail"] == "사진이 너무 커요: 12메가픽셀(최대 10메가픽셀)."
    assert problem["errors"][0]["detail"] == problem["detail"]
    assert problem["title"] == "Request Entity Too Large"
    assert "12\u00a0megapixels (limit 10)" in visitor.upload_json(jpeg(4000, 3000)).json["detail"]


def test_script_texts_have_every_plural_form(visitor: Visitor) -> None:
    """Scripts get one text for each plural category of the language."""
    assert script_texts_of(visitor)["photos chosen"] == {
        "one": "%(count)s photo chosen.",
        "other": "%(count)s photos chosen.",
    }
    visitor.set_cookie("language", "ko")
    assert script_texts_of(visitor)["photos chosen"] == {"other": "사진 %(count)s장을 골랐어요."}


def test_dates_numbers_and_sizes_are_localized(visitor: Visitor) -> None:
    """Dates, numbers and file sizes have the format of the language."""
    photo = visitor.upload(jpeg(1200, 800)).location
    english = visitor.get(photo).text
    assert re.search(r"[A-Z][a-z]+ \d+, 20\d\d, \d+:\d\d.[AP]M UTC", english)
    assert re.search(r"1,200 × 800 pixels, [\d.]+\u00a0kB", english)
    korean = visitor.get(photo, headers=KOREAN).text
    assert re.search(r"20\d\d년 \d+월 \d+일 오[전후] \d+:\d\d UTC", korean)
    assert re.search(r"1,200 × 800픽셀, [\d.]+kB", korean)


def language_of(page: TestResponse) -> str:
    return page.text.partition('<html lang="')[2].partition('"')[0]


def script_texts_of(visitor: Visitor) -> dict[str, object]:
    found = re.search(
        r'<script type="application/json" id="script-texts">(.*?)</script>',
        visitor.get("/upload").text,
    )
    assert found
    known: dict[str, object] = json.loads(found[1])
    return known
