"""Photos with and without a title, everywhere that a page or a program names them."""

import json
import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import create_app
from app.config import Config
from app.domain import photo_ids
from app.domain.photo_summary import PhotoSummary
from app.domain.unicode_text import is_blank
from app.services.factory import Services
from app.web.rendering.photo_names import photo_alt, photo_caption, photo_name
from tests.backends import make_photo
from tests.sample_images import jpeg, phone_exif
from tests.visitor import JSON, Visitor

TEMPLATES = Path(__file__).parents[3] / "templates"
PASSWORD = "change it all"
# 15:30 in UTC is the next day in Seoul.
EVENING = photo_ids.first_id_at(datetime(2026, 11, 13, 15, 30, tzinfo=ZoneInfo("UTC")))

typed_texts = st.one_of(
    st.sampled_from(["", " ", "\N{HANGUL FILLER}", "\N{ZERO WIDTH JOINER}"]),
    st.text(max_size=30),
)
file_names = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30)


class Page(HTMLParser):
    """The accessible names on a page: its title, its headings and the links to photos."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self._open: list[str] = []  # tags of elements that have a name
        self._hidden: list[str] = []  # tags of elements that screen readers skip
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        is_hidden = values.get("aria-hidden") == "true"
        if (is_hidden or self._hidden) and tag not in {"img", "source", "input"}:
            self._hidden.append(tag)
        elif tag in {"title", "h1"} or (tag == "a" and "/photos/" in values["href"]):
            self._open.append(tag)
            self.names.append(values.get("aria-label", ""))
        elif tag == "img" and not self._hidden:
            self.handle_data(values["alt"])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Skip `<path/>`, which has no text."""

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            assert self._hidden.pop() == tag
        elif self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and not self._hidden:
            self.names[-1] += data.removesuffix(" · Shoebox")


@pytest.fixture
def owner(config: Config, services: Services) -> Visitor:
    """The uploader, who is also logged in as the admin."""
    owner = Visitor(create_app(replace(config, admin_password=PASSWORD), services))
    owner.submit("/login", password=PASSWORD)
    return owner


@settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.generate],  # shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(title=typed_texts, alt=typed_texts, filename=file_names)
def test_a_photo_has_an_accessible_name_everywhere(
    owner: Visitor, title: str, alt: str, filename: str
) -> None:
    """Titles, headings and links have a name, whatever an upload form sends."""
    form = {"photo": (BytesIO(jpeg(80, 60)), filename), "title": title, "alt": alt, "tags": "sea"}
    [photo] = owner.post("/upload", form, JSON).json["photos"]
    path = photo["path"]
    assert not is_blank(photo["title"])
    neighbor = f"/photos/{owner.add()}"
    public = ["/", path, neighbor, "/tags/sea", f"{path}/edit", f"{path}/delete", "/uploads"]
    check_pages(owner, [*public, "/admin"])
    check_programs(owner, path)
    fields = owner.fields("/upload") | {"photo": photo["photo_id"]}
    assert_named(owner.post("/photos/select/delete?in=uploads", fields).text)
    flashed = owner.submit(f"{path}/delete").location
    assert "“” " not in owner.get(flashed).text
    check_pages(owner, [path, f"{path}/purge", "/uploads/deleted", "/admin/deleted"])


def check_pages(visitor: Visitor, paths: list[str]) -> None:
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert_named(answer.text)


def assert_named(page: str) -> None:
    names = Page(page).names
    assert len(names) > 1
    assert [name for name in names if is_blank(name)] == []


def check_programs(visitor: Visitor, path: str) -> None:
    """Check the feed, oEmbed, JSON-LD, the link preview and the embed codes."""
    feed = visitor.get("/feed.xml").text
    titles = re.findall("<title>(.*?)</title>", feed)
    oembed = visitor.get(f"/oembed?url=http://localhost{path}").json
    page = visitor.get(path).text
    [linked_data] = re.findall(r"ld\+json\">(.*?)</script>", page)
    previews = re.findall('property="og:(?:title|image:alt)" content="(.*?)"', page)
    alts = re.findall('alt="(.*?)"', unescape(page.split('"embed-code-1"')[1]))
    names = [*titles, *previews, *alts, oembed["title"], json.loads(linked_data)["name"]]
    assert len(previews) == 2
    assert [name for name in names if is_blank(unescape(name))] == []


def test_a_photo_without_a_title_has_its_date(visitor: Visitor) -> None:
    """The date is the caption and the heading, and other texts say that it is a photo."""
    path = visitor.upload(jpeg(exif=phone_exif())).location
    page = visitor.get(path).text
    assert '<h1 dir="auto">August 15, 2026</h1>' in page
    assert "<title>Photo, August 15, 2026 · Shoebox</title>" in page
    assert 'alt="Photo, August 15, 2026"' in page
    gallery = visitor.get("/").text
    assert 'alt="Photo, August 15, 2026"' in gallery
    assert re.search(r'class="caption" dir="auto" aria-hidden="true">August 15, 2026<', gallery)


@pytest.mark.parametrize("typed", ["title", "alt"])
def test_what_is_typed_comes_first(visitor: Visitor, typed: str) -> None:
    """The title names the photo, and the alternative text describes its image."""
    page = visitor.get(visitor.upload(jpeg(exif=phone_exif()), **{typed: "A pier"}).location).text
    assert 'alt="A pier"' in page
    assert ('<h1 dir="auto">A pier</h1>' in page) == (typed == "title")


def test_the_date_of_the_upload_is_that_of_the_site(config: Config, services: Services) -> None:
    """A photo without a date was added on a day in the time zone of the site."""
    site = create_app(replace(config, timezone=ZoneInfo("Asia/Seoul")), services)
    photo = make_photo(photo_id=EVENING, title="")
    with site.test_request_context("/"):
        assert photo_caption(photo) == "November 14, 2026"
    with site.test_request_context("/?lang=ko"):
        assert photo_name(photo) == photo_alt(photo.summary) == "사진, 2026년 11월 14일"


def test_an_entry_of_an_earlier_version_has_the_date_of_its_upload(
    config: Config, services: Services
) -> None:
    """Summaries of earlier versions do not say when the photo was taken."""
    photo = make_photo(photo_id=EVENING, title="", taken_at=datetime(2020, 1, 2))  # noqa: DTZ001
    record = photo.summary.to_dict()
    with create_app(config, services).test_request_context("/"):
        assert photo_caption(PhotoSummary.from_dict(record)) == "January 2, 2020"
        del record["taken_at"]
        assert photo_caption(PhotoSummary.from_dict(record)) == "November 13, 2026"


def test_templates_name_photos_by_the_filters() -> None:
    """Where a title is not certain to exist, no template prints it."""
    printed = re.compile(r"\b(?:photo|summary|newer|older)\.title\b")
    known = "{% if photo.title %}<strong>{{ photo.title }}</strong>{% endif %}"
    for path in TEMPLATES.rglob("*.*"):
        assert not printed.search(path.read_text("utf-8").replace(known, "")), path


@pytest.mark.parametrize(
    ("language", "untitled", "titled"),
    [
        ("en", "Photo (November 14, 2026) deleted.", "“Pier” deleted."),
        ("de", "Foto (14. November 2026) gelöscht.", "Foto „Pier“ gelöscht."),
        ("es", "Se eliminó la foto (14 de noviembre de 2026).", "Se eliminó la foto “Pier”."),
    ],
)
def test_a_message_quotes_a_title_and_no_date(
    visitor: Visitor, language: str, untitled: str, titled: str
) -> None:
    visitor.get(f"/?lang={language}")
    date = {"taken_year": "2026", "taken_month": "11", "taken_day": "14", "taken_time": ""}
    for title, message in (("", untitled), ("Pier", titled)):
        path = f"/photos/{visitor.add(title=title)}"
        visitor.submit(f"{path}/edit", title=title, **date)
        answer = visitor.submit(f"{path}/delete")
        assert message in unescape(visitor.get(answer.location).text)


def test_no_message_has_quotation_marks_around_a_name() -> None:
    """The name of a photo without a title would look like its title there."""
    sources = [*TEMPLATES.rglob("*.html"), *(TEMPLATES.parent / "app" / "web").rglob("*.py")]
    quoted = re.compile(r"“%\(\w+\)s”(?:(?!_\().)*photo_name", re.DOTALL)
    found = [path for path in sources if quoted.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in found if path.name != "photo_names.py"] == []
