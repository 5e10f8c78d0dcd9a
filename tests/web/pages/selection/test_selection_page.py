"""A page of check boxes, by day and with links to the next page.

Covers app.web.listings.selectable.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from app.domain import photo_ids
from app.web import pagination
from app.web.listings import album_source, archive_listings, newest_listings
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.web.pages.selection.checkbox_names import checkbox_names
from tests.web.pages.selection.conftest import Site, add_dated, boxes, open_selection, selected


def days(page: str) -> dict[str, str]:
    """Return the links that select a day, by the day."""
    links = map(unescape, re.findall(r'href="([^"]*)" data-select="all"\s+aria-label', page))
    return {link.rpartition("select=")[2]: link for link in links}


def add_on(site: Site, backend: Backend, day: int, **fields: object) -> str:
    """Publish a photo of the owner that was uploaded on a day of November 2026."""
    photo_id = photo_ids.first_id_at(datetime(2026, 11, day, 12, tzinfo=UTC))[:10]
    photo_id += "0" * 15 + str(len(fields))
    photo = replace(make_photo(photo_id=photo_id, owner=site.contributor, tags=("lake",)), **fields)
    publish_all(backend, [photo])
    return photo_id


@pytest.mark.parametrize("listing", ["", "tag:lake", "uploads"])
def test_all_photos_of_a_day_are_selected_by_a_link(
    site: Site, backend: Backend, listing: str
) -> None:
    """In listings in the order of upload, it is the day of the upload."""
    older = add_on(site, backend, 3)
    page = open_selection(site.owner, listing)
    links = days(page)
    assert "2026-11-03" in links
    assert selected(site.owner.get(links["2026-11-03"]).text) == [older]
    everything = open_selection(site.owner, listing, select="all")
    if listing == "uploads":
        everything = site.owner.get("/uploads?select=all").text
    assert sorted(selected(everything)) == sorted(boxes(page))
    assert selected(open_selection(site.owner, listing, select="2020-01-01")) == []


@pytest.mark.parametrize("listing", ["taken", "taken:2026", "album"])
def test_the_days_of_listings_by_date_are_those_of_the_dates(
    site: Site, backend: Backend, listing: str
) -> None:
    """Part of a date that is known is a heading too."""
    june = add_on(site, backend, 3, taken_at=datetime(2026, 6, 5, tzinfo=UTC))
    site.services.albums.add(site.album_id, june)
    listing = site.listing(listing)
    links = days(open_selection(site.owner, listing))
    assert set(links) == {"2026-08-15", "2026-06-05"}
    assert selected(site.owner.get(links["2026-06-05"]).text) == [june]


def test_an_album_in_an_order_of_its_own_has_no_days(site: Site) -> None:
    """Its photos are in that order."""
    second = add_dated(site.owner)
    site.services.albums.add(site.album_id, second)
    path = f"/albums/{site.album_id}"
    fields = site.owner.fields(f"{path}/arrange")
    site.owner.post(f"{path}/arrange", fields | {"photo": second, "place": "1"})
    page = open_selection(site.owner, f"album:{site.album_id}")
    assert boxes(page) == [second, site.own]
    assert not days(page)


@pytest.mark.parametrize("listing", ["", "tag:lake", "search:dusk", "taken", "taken:2026", "album"])
def test_pages_lead_on_and_back(site: Site, monkeypatch: pytest.MonkeyPatch, listing: str) -> None:
    """Each photo is on one page, and the form of a page leads back to it."""
    for _ in range(2):
        site.services.albums.add(site.album_id, add_dated(site.owner, title="Dusk", tags="lake"))
    for module in (pagination, album_source, archive_listings, newest_listings):
        monkeypatch.setattr(module, "PAGE_SIZE", 2)
    first = open_selection(site.admin, site.listing(listing))
    second_path = link(first, "next")
    second = site.admin.get(second_path).text
    assert len(boxes(first) + boxes(second)) == len({*boxes(first), *boxes(second)}) == 4
    action = re.search(r'action="(/photos/select/tags[^"]*)"', second)
    assert action
    fields = site.admin.fields("/upload") | {"photo": boxes(second), "add": "sea"}
    assert site.admin.post(unescape(action[1]), fields).location == second_path
    previous = site.admin.get(link(second, "prev"), follow_redirects=True).text
    assert boxes(previous) == boxes(first)


def link(page: str, rel: str) -> str:
    """Return the link to another page."""
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    assert found
    return unescape(found[1])


def test_the_page_of_an_album_and_its_selection_lead_to_each_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursors of an album's own page are the other way round."""
    for _ in range(2):
        site.services.albums.add(site.album_id, add_dated(site.owner, title="Dusk"))
    for module in (pagination, album_source):
        monkeypatch.setattr(module, "PAGE_SIZE", 2)
    monkeypatch.setattr("app.web.pages.albums.albums.PAGE_SIZE", 2)
    path = f"/albums/{site.album_id}"
    second_path = link(site.admin.get(path).text, "next")
    second = site.admin.get(second_path).text
    select = re.search(r'href="(/photos/select[^"]*)"', second)
    assert select
    page = site.admin.get(unescape(select[1])).text
    shown = re.findall(r'<li class="[^"]*" id="(\w+)"', second)
    assert boxes(page) == shown
    assert f'href="{second_path}"' in unescape(page)


@pytest.mark.parametrize("listing", ["", "uploads", "undated"])
def test_each_checkbox_has_a_name_of_its_own(site: Site, listing: str) -> None:
    """Also those of photos without a title, or with the same one."""
    for title in ("", "", "Sea", "Sea"):
        site.owner.add(title=title)
    names = checkbox_names(open_selection(site.owner, listing))
    assert len(set(names)) == len(names) >= 4
