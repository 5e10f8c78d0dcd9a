"""Photos of every listing are selected and changed at once, by those who may.

Covers app.web.bulk.deletable, app.web.pages.selection.verbs.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.image.credit_choice import CreditChoice
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.services.factory import Services
from app.web.bulk import steps
from app.web.middleware.rate_limits import RateLimitExceeded, RateLimits
from tests.visitor import Visitor
from tests.web.pages.selection.conftest import (
    PUBLIC,
    Site,
    add_dated,
    boxes,
    open_selection,
    press,
    selected,
    undo,
    verbs,
)

OWN = ("uploads", "batch")


def own_listing(site: Site, name: str) -> str:
    return f"batch:{site.own[:10]}" if name == "batch" else site.listing(name)


def photo(site: Site, photo_id: str) -> Photo:
    return site.services.photos.get_any_state(photo_id)


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


@pytest.mark.parametrize("listing", ["hidden", "trash", "contributor"])
def test_listings_of_the_admin_are_for_the_admin(
    site: Site, app: Flask, visitor: Visitor, listing: str
) -> None:
    """Others are asked to log in. A site without an admin does not have them."""
    value = f"contributor:{site.contributor}" if listing == "contributor" else listing
    assert site.owner.get(f"/photos/select?in={value}").location.startswith("/login?next=")
    assert press(site.owner, "tags", value, [site.own], add="sea").status_code == 403
    assert visitor.get(f"/photos/select?in={value}").status_code == 404
    assert site.admin.get(f"/photos/select?in={value}").status_code == 200


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


def test_the_admin_changes_all_photos_of_a_listing(site: Site) -> None:
    """Own photos are hidden as a contributor, others as the admin."""
    both = [site.own, site.others]
    press(site.admin, "tags", "tag:lake", both, add="sea")
    assert [set(photo(site, each).tags) for each in both] == [{"lake", "sea"}] * 2
    own = site.admin.add(title="Mine")
    page = site.admin.get(press(site.admin, "hide", "", [*both, own]).location).text
    assert "3 photos hidden." in page
    assert [photo(site, each).hidden_by for each in (*both, own)] == [
        Role.ADMIN,
        Role.ADMIN,
        Role.CONTRIBUTOR,
    ]
    page = open_selection(site.admin, "hidden")
    assert sorted(boxes(page)) == sorted([*both, own])
    assert verbs(page) == {"tags", "dates", "license", "publish", "delete"}
    assert press(site.admin, "publish", "hidden", both).status_code == 303
    assert boxes(open_selection(site.admin, "hidden")) == [own]


def test_the_admin_restores_photos_of_the_trash(site: Site) -> None:
    both = [site.own, site.others]
    asked = press(site.admin, "delete", "taken:2026", both)
    assert "Delete these 2 photos?" in asked.text
    press(site.admin, "delete", "taken:2026", both, confirm="yes")
    assert sorted(boxes(open_selection(site.admin, "trash"))) == sorted(both)
    assert press(site.admin, "restore", "trash", both).status_code == 303
    assert boxes(open_selection(site.admin, "trash")) == []
    assert [photo(site, each).state for each in both] == [PhotoState.PUBLIC] * 2


def test_photos_of_one_contributor_are_changed_by_the_admin(site: Site) -> None:
    listing = f"contributor:{site.contributor}"
    assert f"/photos/select?in={listing}" in site.admin.get(
        f"/admin/contributors/{site.contributor}"
    ).text.replace("%3A", ":")
    assert boxes(open_selection(site.admin, listing)) == [site.own]
    assert press(site.admin, "tags", listing, [site.own], add="sea").status_code == 303
    assert set(photo(site, site.own).tags) == {"lake", "sea"}


def test_the_trash_offers_only_what_can_succeed(site: Site) -> None:
    """Its photos are restored, not edited. Those that the admin deleted have no check box."""
    site.services.photos.delete(site.own, Role.ADMIN)
    mine = site.owner.add(title="Mine")
    site.services.photos.delete(mine)
    for visitor, listing, expected in (
        (site.owner, "deleted", [mine]),
        (site.admin, "trash", [mine, site.own]),
    ):
        page = open_selection(visitor, listing)
        assert boxes(page) == expected
        assert verbs(page) == {"restore"}
        assert "/download.zip" not in page
        assert selected(open_selection(visitor, listing, select="all")) == expected


def test_undo_of_hiding_shows_no_photo_that_was_hidden_before(site: Site) -> None:
    before = site.owner.add(title="Draft")
    site.services.photos.hide(before, Role.CONTRIBUTOR)
    answer = press(site.owner, "hide", "uploads", [before, site.own])
    answer = undo(site.owner, site.owner.get(answer.location).text)
    assert (answer.status_code, answer.location) == (303, "/uploads")
    assert photo(site, before).state is PhotoState.HIDDEN
    assert photo(site, site.own).state is PhotoState.PUBLIC


@pytest.mark.parametrize("name", ["admin", "owner"])
def test_undo_of_a_deletion_leads_back_to_the_listing(site: Site, name: str) -> None:
    visitor: Visitor = getattr(site, name)
    answer = press(visitor, "delete", "tag:lake", [site.own], confirm="yes")
    answer = undo(visitor, visitor.get(answer.location).text)
    assert answer.status_code == 303
    assert site.own in boxes(visitor.get(answer.location).text)


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_a_message_with_undo_fits_into_its_cookie(site: Site, verb: str) -> None:
    """Browsers refuse cookies of more than 4 kB. A page of photos adds less than 1.5 kB."""
    words = "search:" + "호수 " * 65
    answer = press(site.owner, verb, words, [site.own], confirm="yes")
    assert answer.status_code == 303
    assert 0 < len(site.owner.cookie("session")) < 2500
    answer = undo(site.owner, site.owner.get("/").text)
    assert answer.status_code == 303
    assert photo(site, site.own).state is PhotoState.PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_failure_shows_the_page_again_with_the_failed_photos_selected(
    site: Site, name: str
) -> None:
    full = add_dated(site.owner, title="Dusk", tags=", ".join(["lake", *map(str, range(19))]))
    site.services.albums.add(site.album_id, full)
    listing = site.listing(name)
    answer = press(site.owner, "tags", listing, [site.own, full, site.others], add="sea")
    assert answer.status_code == 422
    assert "There is 1 tag too many" in answer.text
    assert selected(answer.text) == [full]
    assert sorted(boxes(answer.text)) == sorted([full, site.own])
    assert "sea" in photo(site, site.own).tags


def test_photos_that_the_time_did_not_suffice_for_stay_selected(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says how many they are, and the same button continues."""
    photo_ids = [site.own, *(site.owner.add() for _ in range(2))]
    remaining = iter([100.0, 100.0, 1.0])
    with monkeypatch.context() as patch:
        patch.setattr(steps, "remaining_seconds", lambda: next(remaining))
        answer = press(site.owner, "tags", "uploads", photo_ids, add="sea")
    assert answer.status_code == 200
    assert "1 photo is left and still selected." in answer.text
    assert selected(answer.text) == photo_ids[2:]
    assert 'value="sea"' in answer.text
    assert press(site.owner, "tags", "uploads", photo_ids[2:], add="sea").status_code == 303
    assert all("sea" in photo(site, each).tags for each in photo_ids)


def test_shifted_dates_are_counted(site: Site) -> None:
    """A photo without a date is not among them, and a form that is sent again shifts none."""
    undated = site.owner.add(title="Dawn")
    taken = photo(site, site.own).taken
    assert taken
    typed = {"shift_hours": "1", "shown_date": f"{site.own} {taken.iso}"}
    chosen = [site.own, undated]
    page = site.owner.get(press(site.owner, "dates", "uploads", chosen, **typed).location).text
    assert "1 photo updated." in page
    assert "1 photo has no date to shift." in page
    page = site.owner.get(press(site.owner, "dates", "uploads", chosen, **typed).location).text
    assert "updated." not in page
    assert "No date was shifted: they are shifted already, or too imprecise." in page
    assert "1 photo has no date to shift." in page
    answer = press(site.owner, "dates", "uploads", [undated], shift_hours="1")
    page = site.owner.get(answer.location).text
    assert "already" not in page
    assert "1 photo has no date to shift." in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "license"),
        ({"license": "mine"}, "license"),
        ({"license": "other"}, "license_url"),
        ({"license": "other", "license_url": "javascript:alert(1)"}, "license_url"),
        ({"credit": "x" * 101}, "credit"),
    ],
)
def test_an_invalid_license_is_refused(site: Site, typed: dict[str, str], field: str) -> None:
    """The fault is at its field, which is open, and no photo is changed."""
    before = photo(site, site.own)
    answer = press(site.owner, "license", "tag:lake", [site.own], **typed)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert re.search(r"<details[^>]* open>\s*<summary>License<", answer.text)
    assert selected(answer.text) == [site.own]
    assert photo(site, site.own) == before


def test_licenses_count_as_work_of_image_workers(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the limit of an address, no photo is changed."""

    def exceeded(_limits: RateLimits) -> None:
        raise RateLimitExceeded(60)

    before = photo(site, site.own)
    monkeypatch.setattr(RateLimits, "check_decoding", exceeded)
    answer = press(site.owner, "license", "tag:lake", [site.own], license="cc0")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert photo(site, site.own) == before


def test_empty_fields_of_a_license_stay_as_they_are(site: Site) -> None:
    """A credit may be set alone, and a license too."""
    press(site.owner, "license", "uploads", [site.own], license="cc-by")
    press(site.owner, "license", "uploads", [site.own], credit="Mina")
    choice = CreditChoice.of(photo(site, site.own).credit)
    assert (choice.license, choice.credit) == ("cc-by", "Mina")
    assert "CC BY 4.0" in site.owner.get(f"/photos/{site.own}").text


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
