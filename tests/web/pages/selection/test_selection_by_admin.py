"""The admin changes the selected photos of every listing."""

import pytest
from flask import Flask

from app.domain.photo_summary import PhotoState, Role
from tests.visitor import Visitor
from tests.web.pages.selection.conftest import (
    Site,
    boxes,
    open_selection,
    photo,
    press,
    selected,
    verbs,
)


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
