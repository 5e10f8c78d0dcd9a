"""Which language a visitor gets, and that all of the page is in it."""

import json
import re
from dataclasses import replace

import pytest
from flask import url_for
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.translations.english import english_in
from tests.visitor import Visitor

KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.8"}
WORDS = {"title": "해운대", "tags": "바다", "description": "저녁", "alt": "물결"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en-GB,en;q=0.9,ko;q=0.8", "en"),
        ("fr,ko;q=0.5", "ko"),
        ("fr-FR", "en"),
        ("ko;q=0.1, en;q=0.2", "en"),
        ("*", "en"),
        ("../../etc,;;q=x", "en"),
    ],
)
def test_the_browser_s_languages_decide(
    visitor: Visitor, accepted: str | None, language: str
) -> None:
    """Of the languages we have a visitor gets the one they like best, and the page says which one it is."""
    page = visitor.get("/", headers={"Accept-Language": accepted} if accepted else {})
    assert spoken(page) == language
    assert page.headers["Content-Language"] == language
    assert {"accept-language", "cookie"} <= {name.lower() for name in page.vary}


def test_a_link_goes_before_the_browser_s_languages_and_is_remembered(visitor: Visitor) -> None:
    """The page that a link names is in that language, and so is every later one, until another link is followed."""
    assert spoken(visitor.get("/?lang=ko")) == "ko"
    assert spoken(visitor.get("/tags")) == "ko"
    assert spoken(visitor.get("/tags?lang=en", headers=KOREAN)) == "en"
    assert spoken(visitor.get("/", headers=KOREAN)) == "en"


def test_a_language_that_is_not_there_changes_nothing(visitor: Visitor) -> None:
    """An unknown language in the address, or in the cookie, leaves the choice to the browser."""
    page = visitor.get("/?lang=../ko", headers=KOREAN)
    assert spoken(page) == "ko"
    assert "Set-Cookie" not in page.headers
    visitor.client.set_cookie("language", "xx")
    assert spoken(visitor.get("/", headers=KOREAN)) == "ko"


def test_every_page_links_to_itself_in_the_other_language(visitor: Visitor) -> None:
    """The link keeps what the address asks for and names its language in itself; the page's own is no link."""
    page = visitor.get(
        "/search?q=%EB%B0%94%EB%8B%A4&before=01ARZ3NDEKTSV4RRFFQ69G5FAV&lang=en"
    ).text
    links = re.findall(r'<a lang="(\w+)" hreflang="(\w+)" href="([^"]+)"[^>]*>([^<]+)</a>', page)
    address = "?q=%EB%B0%94%EB%8B%A4&amp;before=01ARZ3NDEKTSV4RRFFQ69G5FAV&amp;lang=ko"
    assert links == [("ko", "ko", address, "한국어")]
    assert '<span lang="en" aria-current="true">English</span>' in page


def test_the_answer_to_a_form_has_no_link_that_would_lose_what_was_typed(visitor: Visitor) -> None:
    """A form that came back keeps the language it was sent in, and what was typed."""
    page = visitor.upload(b"", title="x" * 300)
    assert page.status_code == 422
    assert "한국어" not in page.text


def test_the_cookie_is_kept_from_scripts_and_from_caches(visitor: Visitor) -> None:
    """The choice travels in a cookie of this site alone, and with no answer that anyone may keep."""
    cookie = visitor.get("/?lang=ko").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Set-Cookie" not in visitor.get("/feed.xml?lang=ko").headers


def test_what_is_the_same_in_every_language_says_none(visitor: Visitor) -> None:
    """Feeds, photos and static files do not vary by language, so that caches keep one of each."""
    for path in ("/feed.xml", "/robots.txt", "/manifest.webmanifest", "/healthz", "/tags.json"):
        answer = visitor.get(path, headers=KOREAN)
        assert "Content-Language" not in answer.headers, path
        assert "Accept-Language" not in answer.vary, path


def test_no_page_in_korean_has_english_on_it(visitor: Visitor) -> None:
    """Every page, in every state a visitor finds it in, is in Korean altogether."""
    visitor.client.set_cookie("language", "ko")
    pages = [visitor.get("/")]
    photo = f"/photos/{visitor.add(**WORDS)}"
    pages += [visitor.get(photo)]  # with what was said about the upload
    visitor.add(**WORDS)
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
        visitor.upload(b"", names=("바다",), **WORDS),
    ]
    pages += [visitor.submit(f"{photo}/delete"), visitor.get("/"), visitor.get(photo)]
    pages += [
        visitor.client.post("/upload"),
        visitor.client.post("/tags", headers={"X-Requested-With": "test"}),
    ]
    for page in pages:
        if page.status_code != 303:  # nobody sees what a redirection says
            assert english_in(page.text) == set(), (page.request.path, page.status_code)


def test_every_address_has_its_page_in_korean(config: Config, service: PhotoService) -> None:
    """Whatever page there is, the admin's among them, has no English on it."""
    app = create_app(replace(config, admin_password="관리"), service)
    visitor = Visitor(app)
    visitor.client.set_cookie("language", "ko")
    visitor.submit("/login", password="관리")
    shown, hidden, deleted = (visitor.add(**WORDS) for _ in range(3))
    visitor.post(f"/photos/{hidden}/hide", visitor.fields(f"/photos/{hidden}"))
    visitor.submit(f"/photos/{deleted}/delete")
    known = {"photo_id": shown, "tag": "바다"}
    with app.test_request_context():
        rules = [
            rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.arguments <= set(known)
        ]
        paths = [
            url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
            for rule in rules
        ]
    pages = [page for page in map(visitor.get, paths) if page.mimetype == "text/html"]
    assert len(pages) > 10
    for page in pages:
        assert english_in(page.text) == set(), page.request.path


def test_the_pages_behind_a_password_have_no_english_either(
    config: Config, service: PhotoService
) -> None:
    """The login, its refusal, and an empty gallery that asks for it are in Korean."""
    visitor = Visitor(
        create_app(replace(config, upload_password="열려라참깨", admin_password="관리"), service)
    )
    visitor.client.set_cookie("language", "ko")
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


def test_scripts_are_told_why_in_their_visitor_s_language(visitor: Visitor) -> None:
    """A problem's detail is in Korean for who asks in Korean, its figures too; its title is HTTP's own."""
    problem = visitor.upload_json(jpeg(4000, 3000), headers=KOREAN).json
    assert problem is not None
    assert problem["detail"] == ("사진이 너무 커요: 12메가픽셀(최대 10메가픽셀).")
    assert problem["errors"][0]["detail"] == problem["detail"]
    assert problem["title"] == "Request Entity Too Large"
    assert "12 megapixels (limit 10)" in visitor.upload_json(jpeg(4000, 3000)).json["detail"]


def test_the_scripts_texts_have_a_form_for_each_kind_of_number(visitor: Visitor) -> None:
    """A page hands its scripts one text for each plural category of its language, for them to fill in."""
    assert texts(visitor)["photos chosen"] == {
        "one": "%(count)s photo chosen.",
        "other": "%(count)s photos chosen.",
    }
    visitor.client.set_cookie("language", "ko")
    assert texts(visitor)["photos chosen"] == {"other": "사진 %(count)s장을 골랐어요."}


def test_dates_numbers_and_sizes_are_the_language_s_own(visitor: Visitor) -> None:
    """Moments, thousands and file sizes are written as each language writes them."""
    photo = visitor.upload(jpeg(1200, 800)).location
    english = visitor.get(photo).text
    assert re.search(r"[A-Z][a-z]+ \d+, 20\d\d, \d+:\d\d.[AP]M UTC", english)
    assert re.search(r"1,200 × 800 pixels, [\d.]+ kB", english)
    korean = visitor.get(photo, headers=KOREAN).text
    assert re.search(r"20\d\d년 \d+월 \d+일 오[전후] \d+:\d\d UTC", korean)
    assert re.search(r"1,200 × 800픽셀, [\d.]+kB", korean)


def spoken(page: TestResponse) -> str:
    return page.text.partition('<html lang="')[2].partition('"')[0]


def texts(visitor: Visitor) -> dict[str, object]:
    found = re.search(
        r'<script type="application/json" id="script-texts">(.*?)</script>',
        visitor.get("/upload").text,
    )
    assert found
    known: dict[str, object] = json.loads(found[1])
    return known
