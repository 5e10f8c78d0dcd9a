"""An export of Flickr."""

from datetime import datetime
from typing import Any

import pytest

from app.domain.image.licenses import find_license
from app.domain.photo_summary import PhotoState
from tests.maintenance.importing.conftest import Site, Tree, small


def described(photo_id: str, **fields: Any) -> dict[str, Any]:
    """Return the JSON of a public photo, with a place, people and comments."""
    return {
        "id": photo_id,
        "name": f"Photo {photo_id}",
        "description": "",
        "count_views": "7",
        "date_taken": "2016-09-03 12:44:09",
        "license": "All Rights Reserved",
        "geo": [{"latitude": "35158300", "longitude": "129120000"}],
        "people": [{"nsid": "Anna"}],
        "tags": [],
        "albums": [],
        "privacy": "public",
        "comments": [{"comment": "Nice"}],
    } | fields


def test_photos_have_their_texts_and_albums(site: Site, tree: Tree) -> None:
    """The files of an export are in several folders, and name their id in two ways."""
    folder = tree(
        {
            "meta/photo_28985409503.json": described(
                "28985409503",
                name="Pier &amp; sea",
                description='At <b>dusk</b>, <a href="https://example.org">at</a> &lt;3 &lt;b&gt;',
                tags=[{"tag": "sea"}, {"tag": "blue hour"}],
            ),
            "meta/photo_111.json": described("111", tags=["one", "two"]),
            "meta/photo_222.json": described("222"),
            "meta/photo_333.json": described("333"),
            "meta/albums.json": {
                "albums": [
                    {"title": "Summer &amp; sun", "photos": ["28985409503", "111", "0", 222]},
                    {"title": "", "photos": ["111"]},
                    {"title": 7, "photos": "111"},
                ]
            },
            "meta/account_profile.json": {"email": "anna@example.org"},
            "data-1/pier-at-dusk_28985409503_o.jpg": small(taken="2001:02:03 04:05:06"),
            "data-2/111_1234567890_o.jpg": small(),
            "data-2/dsc_111_222_o.jpg": small(),
            "data-2/clip_333.mp4": b"video",
        }
    )
    imported = site.run(folder, "--folder-tags")
    assert "Flickr export: 3 new photos" in imported.output
    assert "albums (1): Summer & sun 3" in imported.output
    assert "comments 3" in imported.output
    assert "other files (1): meta/account_profile.json" in imported.output
    assert "without a photo" not in imported.output
    photos = site.photos()
    pier = photos["pier-at-dusk_28985409503_o.jpg"]
    assert pier.title == "Pier & sea"
    assert pier.description == "At dusk, at <3 <b>"
    assert pier.tags == ("sea", "blue hour", "summer & sun")
    assert pier.taken_at == datetime.fromisoformat("2016-09-03T12:44:09")
    assert photos["111_1234567890_o.jpg"].tags == ("one", "two", "summer & sun")
    assert photos["dsc_111_222_o.jpg"].title == "Photo 222"
    records = repr([photo.to_dict() for photo in photos.values()])
    assert "129120000" not in records
    assert "Anna" not in records


@pytest.mark.parametrize("privacy", ["private", "friend & family", "family", "friend", "", None])
def test_only_public_photos_are_public(site: Site, tree: Tree, privacy: str | None) -> None:
    """Also a photo without a JSON file or with a damaged one is hidden."""
    folder = tree(
        {
            "photo_111.json": described("111"),
            "photo_222.json": described("222", privacy=privacy),
            "photo_333.json": "{",
            "a_111_o.jpg": small(),
            "b_222_o.jpg": small(),
            "c_333_o.jpg": small(),
            "d_444_o.jpg": small(),
        }
    )
    imported = site.run(folder)
    assert "private or archived, so hidden here (3)" in imported.output
    public = [name for name, p in site.photos().items() if p.state is PhotoState.PUBLIC]
    assert public == ["a_111_o.jpg"]


@pytest.mark.parametrize(
    ("name", "license_"),
    [
        ("Attribution License", "CC BY 2.0"),
        ("Attribution-NonCommercial-ShareAlike License", "CC BY-NC-SA 2.0"),
        ("Attribution-NoDerivs License", "CC BY-ND 2.0"),
        ("CC BY-SA 4.0", "CC BY-SA 4.0"),
        ("Public Domain Dedication (CC0)", "CC0 1.0"),
        ("Public Domain Mark", "Public Domain Mark 1.0"),
        ("All Rights Reserved", None),
        ("United States Government Work", None),
    ],
)
def test_licenses_are_kept(site: Site, tree: Tree, name: str, license_: str | None) -> None:
    """A license that the site does not have is reported, and no other one replaces it."""
    folder = tree({"photo_1.json": described("1", license=name), "a_1_o.jpg": small()})
    imported = site.run(folder)
    assert ("licenses that are not known (1)" in imported.output) == (name.startswith("United"))
    credit = site.photos()["a_1_o.jpg"].credit
    assert credit
    found = find_license(credit)
    assert (found and found.name) == license_
    if license_ is None:
        assert credit.copyright_notice
