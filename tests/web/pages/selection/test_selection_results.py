"""The page after a change of selected photos: undo, failed photos, fields."""

import re

import pytest

from app.domain.image.credit_choice import CreditChoice
from app.domain.photo_summary import PhotoState, Role
from app.web.bulk import steps
from app.web.middleware.rate_limits import RateLimitExceeded, RateLimits
from tests.visitor import JSON, Visitor
from tests.web.pages.selection.conftest import (
    PUBLIC,
    Site,
    add_dated,
    boxes,
    photo,
    press,
    selected,
    undo,
)


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


@pytest.mark.parametrize("path", ["/photos/select/tags?in=uploads", "/uploads/albums/add"])
def test_a_script_gets_the_error_of_a_photo_that_was_not_changed(site: Site, path: str) -> None:
    """The other photos are changed."""
    own = {"photo": [site.own, "01M8RJV9S6BE8R5JQ76PE8YSF4"], "add": "sea", "album": site.album_id}
    answer = site.owner.client.post(path, data=own, headers=JSON)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    changed = photo(site, site.own)
    assert "sea" in changed.tags or site.album_id in {each.album_id for each in changed.albums}


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
