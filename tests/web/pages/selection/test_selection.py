"""Photos of every listing are selected and changed at once, by those who may.

Covers app.web.bulk.deletable, app.web.pages.selection.verbs.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app import create_app
from app.config import Config
from app.domain.image.credit_choice import CreditChoice
from app.domain.photo_summary import PhotoState, Role
from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.selection.conftest import (
    OWN,
    PUBLIC,
    Site,
    add_dated,
    boxes,
    open_selection,
    own_listing,
    photo,
    press,
    selected,
    verbs,
)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_listing_offers_the_photos_that_the_visitor_may_change(site: Site, name: str) -> None:
    """A contributor has check boxes for own photos, the admin for all."""
    listing = site.listing(name)
    page = open_selection(site.owner, listing)
    assert boxes(page) == [site.own]
    assert "1 of the 2 photos on this page is yours" in page
    assert site.others not in page
    assert sorted(boxes(open_selection(site.admin, listing))) == sorted([site.own, site.others])
    assert boxes(open_selection(Visitor(site.app), listing)) == []


def test_photos_without_a_date_can_be_selected(site: Site) -> None:
    photo_id = site.owner.add(title="Dawn")
    assert boxes(open_selection(site.owner, "undated")) == [photo_id]
    assert press(site.owner, "tags", "undated", [photo_id], add="sea").status_code == 303
    assert photo(site, photo_id).tags == ("sea",)


@pytest.mark.parametrize("name", [*PUBLIC, *OWN])
@pytest.mark.parametrize(
    ("verb", "typed"),
    [
        ("tags", {"add": "sea"}),
        ("hide", {}),
        ("delete", {"confirm": "yes"}),
        ("dates", {"shift_days": "1"}),
        ("license", {"license": "cc-by", "credit": "Mina"}),
    ],
)
def test_each_change_of_each_listing_leads_back_to_its_page(
    site: Site, name: str, verb: str, typed: dict[str, str]
) -> None:
    """The photo is changed, no other is, and the page does not select it again."""
    listing = own_listing(site, name)
    before = photo(site, site.own)
    assert before.taken
    typed = typed | {"shown_date": f"{site.own} {before.taken.iso}"}
    others = photo(site, site.others)
    assert verb in verbs(open_selection(site.owner, listing))
    answer = press(site.owner, verb, listing, [site.own], **typed)
    assert answer.status_code == 303
    page = site.owner.get(answer.location)
    assert page.status_code == 200
    assert selected(page.text) == []
    after = photo(site, site.own)
    assert after.taken_at
    assert before.taken_at
    changed = {
        "tags": set(after.tags) == {"lake", "sea"},
        "hide": (after.state, after.hidden_by) == (PhotoState.HIDDEN, Role.CONTRIBUTOR),
        "delete": (after.state, after.trashed_by) == (PhotoState.TRASHED, Role.CONTRIBUTOR),
        "license": CreditChoice.of(after.credit) == CreditChoice(credit="Mina", license="cc-by"),
        "dates": after.taken_at - before.taken_at == timedelta(days=1),
    }
    assert changed[verb]
    assert photo(site, site.others) == others


def publish_as(site: Site, state: PhotoState) -> None:
    """Write the state of the photo of others into its record, without albums to see it in."""
    public = photo(site, site.others)
    private = public.next_version(
        state=state,
        albums=(),
        unlisted=state is PhotoState.UNLISTED,
        awaiting_review=state is PhotoState.PENDING,
    )
    site.services.backend.catalog.update(public, private)


@pytest.mark.parametrize(
    ("verb", "typed"),
    [
        ("tags", {"add": "forged"}),
        ("dates", {"shift_days": "1"}),
        ("license", {"license": "cc0"}),
        ("hide", {}),
        ("publish", {}),
        ("delete", {"confirm": "yes"}),
        ("delete", {}),
        ("restore", {}),
    ],
)
@pytest.mark.parametrize("state", PhotoState)
def test_no_change_reaches_a_photo_of_another_contributor(
    site: Site, verb: str, typed: dict[str, str], state: PhotoState
) -> None:
    """Forged ids get 403 or, if the photo is not public, the answer for one that does not exist."""
    if state is PhotoState.HIDDEN:
        site.services.photos.hide(site.others, Role.CONTRIBUTOR)
    elif state is PhotoState.TRASHED:
        site.services.photos.delete(site.others)
    elif state is not PhotoState.PUBLIC:
        publish_as(site, state)
    before = photo(site, site.others)
    answer = press(site.owner, verb, "tag:lake", [site.others], **typed)
    is_question = verb == "delete" and not typed
    public_status = 404 if is_question else 403
    assert answer.status_code == (public_status if state is PhotoState.PUBLIC else 404)
    assert "Dusk</a>" not in answer.text
    assert photo(site, site.others) == before


@pytest.mark.parametrize(
    "value",
    [
        *("x", "tag:", "album:x", "taken:13", "search:", "batch:x", "batch", "uploads:x"),
        *("deleted:x", "hidden:x", "trash:x", "contributor:", "contributor:x", "x" * 3000),
    ],
)
def test_a_listing_that_there_is_not_is_not_found(site: Site, value: str) -> None:
    """It is never another listing."""
    assert site.admin.get(f"/photos/select?in={value}").status_code == 404
    for visitor in (site.owner, site.admin):
        answer = press(visitor, "tags", value, [site.own], add="sea")
        assert answer.status_code in {403, 404}
    assert photo(site, site.own).tags == ("lake",)


def test_selecting_needs_the_upload_password(config: Config, services: Services) -> None:
    visitor = Visitor(create_app(replace(config, upload_password="let me add"), services))
    for value in ("", "tag:lake", "uploads", "deleted"):
        assert visitor.get(f"/photos/select?in={value}").location.startswith("/login?next=")
    token = visitor.fields("/login")
    assert visitor.post("/photos/select/tags", token | {"photo": "x"}).status_code == 403


def test_only_who_may_have_photos_sees_the_link(site: Site) -> None:
    """Readers do not."""
    site.owner.add(title="Dawn")
    album = f"/albums/{site.album_id}"
    paths = ("/", "/?order=taken", "/tags/lake", "/search?q=dusk", "/2026", "/2026/08", "/undated")
    for path in (*paths, album):
        for visitor in (site.owner, site.admin):
            link = re.search(r'href="(/photos/select[^"]*)"', visitor.get(path).text)
            assert link, path
            page = visitor.get(link[1].replace("&amp;", "&")).text
            assert boxes(page)
        assert "/photos/select" not in Visitor(site.app).get(path).text


def test_the_address_of_a_change_shows_the_page(site: Site) -> None:
    """A visitor who loads the page of an error again opens it."""
    answer = site.owner.get("/photos/select/tags?in=tag:lake")
    assert answer.location == "/photos/select?in=tag:lake"
    assert site.owner.get("/photos/select/tags?in=uploads").location == "/uploads"


def test_an_album_is_chosen_for_the_photos_of_a_listing(site: Site) -> None:
    """The page of the choice leads back to the listing."""
    page = open_selection(site.owner, "tag:lake")
    path = re.search(r'formaction="(/uploads/albums[^"]*)"', page)
    assert path
    token = {"csrf_token": site.owner.fields("/upload")["csrf_token"]}
    address = path[1].replace("&amp;", "&")
    assert site.owner.post(address, token).location == "/photos/select?in=tag:lake"
    chosen = site.owner.post(address, token | {"photo": site.own})
    assert 'href="/photos/select?in=tag:lake"' in chosen.text


def test_search_engines_keep_no_page(site: Site) -> None:
    answer = site.owner.get("/photos/select")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Disallow: /photos/select" in site.owner.get("/robots.txt").text


@pytest.mark.parametrize(
    ("field", "text", "verb"),
    [
        ("add", "evening", "tags"),
        ("remove", "lake", "tags"),
        ("shift_days", "1", "dates"),
        ("shift_hours", "-2", "dates"),
        ("license", "cc-by", "license"),
        ("credit", "Anna", "license"),
    ],
)
def test_the_enter_key_does_what_its_field_is_for(
    site: Site, field: str, text: str, verb: str
) -> None:
    """As the button beside the field: the form goes to an address that looks at the fields."""
    page = open_selection(site.owner, "tag:lake")
    first = re.search(r"<button[^>]*>", page.partition('class="selection-form"')[2])
    assert first
    assert "formaction" not in first[0]
    assert 'action="/photos/select/entered' in page
    other = add_dated(site.owner, title="Dusk", tags="lake")
    shown = [f"{each} {photo(site, each).taken.iso}" for each in (site.own, other)]
    typed = {field: text, "shown_date": shown}
    answers = [
        press(site.owner, name, "uploads", [photo_id], **typed)
        for name, photo_id in (("entered", site.own), (verb, other))
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    entered, pressed = photo(site, site.own), photo(site, other)
    for name in ("tags", "taken_at", "credit"):
        assert getattr(entered, name) == getattr(pressed, name)
    assert entered.version > 1


@pytest.mark.parametrize("typed", [{}, {"add": "evening", "shift_days": "1"}])
def test_the_enter_key_changes_nothing_if_it_is_not_clear(
    site: Site, typed: dict[str, str]
) -> None:
    """The page is shown again with the typed text."""
    before = photo(site, site.own)
    answer = press(site.owner, "entered", "uploads", [site.own], **typed)
    assert answer.status_code == 422
    assert "Press the button for what you want to do." in answer.text
    assert selected(answer.text) == [site.own]
    for text in typed.values():
        assert f'value="{text}"' in answer.text
    assert photo(site, site.own) == before
