"""An export of Google Photos.

Covers app.maintenance.importing.sidecar_files, app.maintenance.importing.takeout_folder.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.photo_summary import PhotoState
from tests.maintenance.importing.conftest import ZONE, Site, Tree, small

YEAR = "Takeout/Google Photos/Photos from 2019"
TRIP = "Takeout/Google Photos/Trip"
BEST = "Takeout/Google Photos/Best"
NOON = datetime(2019, 7, 1, 12, tzinfo=UTC)


def described(title: str, **fields: Any) -> dict[str, Any]:
    """Return the JSON of a photo, with a place and a person."""
    return {
        "title": title,
        "description": "",
        "photoTakenTime": {"timestamp": str(int(NOON.timestamp())), "formatted": "…"},
        "geoData": {"latitude": 35.1583, "longitude": 129.12},
        "people": [{"name": "Anna"}],
    } | fields


def album(title: str) -> dict[str, Any]:
    return {"title": title, "description": "By the sea", "access": "protected", "date": {}}


def test_an_export_in_several_parts_is_one(site: Site, tree: Tree) -> None:
    """A file in an album folder and in a year folder is one photo; its JSON is in any part."""
    pier, sea = small(), small()
    folder = tree(
        {
            f"part-1/{YEAR}/pier.jpg": pier,
            f"part-1/{TRIP}/pier.jpg": pier,
            f"part-2/{YEAR}/pier.jpg.json": described("pier.jpg", description="A &lt;pier&gt;"),
            f"part-2/{TRIP}/metadata.json": album("Trip to the sea"),
            f"part-2/{BEST}/pier.jpg": pier,
            f"part-1/{BEST}/métadonnées.json": album("Best &amp; brightest"),
            f"part-2/{YEAR}/metadata.json": album("Photos from 2019"),
            f"part-1/{YEAR}/sea.jpg": sea,
            f"part-2/{TRIP}/sea.jpg": sea,
            f"part-2/{YEAR}/sea.jpg.supplemental-metadata.json": described("sea.jpg"),
            "part-1/Takeout/archive_browser.html": "<html>",
        }
    )
    planned = site.run(folder, "--plan")
    assert f"part-1/{YEAR}/pier.jpg; sidecar: part-2/{YEAR}/pier.jpg.json" in planned.output
    imported = site.run(folder, "--folder-tags")
    assert "Google Takeout: 2 new photos" in imported.output
    assert "2 have a sidecar." in imported.output
    assert "albums (2): Trip to the sea 2, Best & brightest 1" in imported.output
    assert "copies of another file (3)" in imported.output
    assert "people 2" in imported.output
    assert "geoData 2" in imported.output
    assert "other files (1): part-1/Takeout/archive_browser.html" in imported.output
    assert "2 added, 0 skipped, 0 failed." in imported.output
    photos = site.photos()
    assert photos["pier.jpg"].description == "A <pier>"
    assert set(photos["pier.jpg"].tags) == {"trip to the sea", "best & brightest"}
    assert photos["sea.jpg"].tags == ("trip to the sea",)
    records = repr([photo.to_dict() for photo in photos.values()])
    assert "129.12" not in records
    assert "Anna" not in records


def test_the_date_of_a_file_has_precedence(site: Site, tree: Tree) -> None:
    """Google states UTC, which becomes the time on the clocks of the site."""
    folder = tree(
        {
            f"{YEAR}/camera.jpg": small(taken="2001:02:03 04:05:06"),
            f"{YEAR}/camera.jpg.json": described("camera.jpg"),
            f"{YEAR}/scan.jpg": small(),
            f"{YEAR}/scan.jpg.json": described("scan.jpg"),
            f"{YEAR}/unknown.jpg": small(),
            f"{YEAR}/unknown.jpg.json": described("unknown.jpg", photoTakenTime={"timestamp": "0"}),
        }
    )
    imported = site.run(folder)
    photos = site.photos()
    assert photos["camera.jpg"].taken_at == datetime.fromisoformat("2001-02-03T04:05:06")
    assert photos["scan.jpg"].taken_at == NOON.astimezone(ZONE).replace(tzinfo=None)
    assert photos["unknown.jpg"].taken_at is None
    assert f"photos without a date (1): {YEAR}/unknown.jpg" in imported.output


@pytest.mark.parametrize(("year", "has_date"), [(1825, False), (1827, True), (1899, True)])
def test_old_photos_have_the_dates_that_people_may_type(
    site: Site, tree: Tree, year: int, has_date: bool
) -> None:
    seconds = int(datetime(year, 6, 5, 12, tzinfo=UTC).timestamp())
    time = {"timestamp": str(seconds)}
    folder = tree(
        {
            f"{YEAR}/a.jpg": small(),
            f"{YEAR}/a.jpg.json": described("a.jpg", photoTakenTime=time),
        }
    )
    assert site.run(folder).exit_code == 0
    taken_at = site.photos()["a.jpg"].taken_at
    assert (taken_at and taken_at.year) == (year if has_date else None)


def test_an_edited_copy_replaces_its_original(site: Site, tree: Tree) -> None:
    """It has the JSON of the original. The word is in the language of the account."""
    folder = tree(
        {
            f"{YEAR}/a.jpg": small(),
            f"{YEAR}/a-edited.jpg": small(),
            f"{YEAR}/a.jpg.supplemental-metadata.json": described("a.jpg", description="A"),
            f"{YEAR}/b.jpg": small(),
            f"{YEAR}/b(1).jpg": small(),
            f"{YEAR}/b-bearbeitet(1).jpg": small(),
            f"{YEAR}/b.jpg.json": described("b.jpg", description="B"),
            f"{YEAR}/b.jpg(1).json": described("b.jpg", description="B1"),
            f"{YEAR}/c.PNG": small(),
            f"{YEAR}/c-편집됨.jpg": small(),
            f"{YEAR}/c.PNG.json": described("c.PNG", description="C"),
        }
    )
    imported = site.run(folder)
    assert "4 new photos" in imported.output
    assert f"left out for their edited copies (3): {YEAR}/a.jpg ({YEAR}/a-edited.jpg)" in (
        imported.output
    )
    photos = {photo.description: photo.filename for photo in site.backend.catalog.photos()}
    assert photos == {"A": "a.jpg", "B": "b.jpg", "B1": "b.jpg", "C": "c-편집됨.jpg"}


def test_trashed_photos_are_left_out_and_archived_ones_are_hidden(site: Site, tree: Tree) -> None:
    """A photo whose JSON cannot be read may be archived, so it is hidden.

    So is a photo of which one copy is archived.
    """
    copied = small()
    folder = tree(
        {
            f"{YEAR}/trashed.jpg": small(),
            f"{YEAR}/trashed.jpg.json": described("trashed.jpg", trashed=True),
            f"{YEAR}/archived.jpg": small(),
            f"{YEAR}/archived.jpg.json": described("archived.jpg", archived=True),
            f"{YEAR}/damaged.jpg": small(),
            f"{YEAR}/damaged.jpg.json": "{",
            f"{YEAR}/alone.jpg": small(),
            f"{BEST}/copied.jpg": copied,
            f"{YEAR}/copied.jpg": copied,
            f"{BEST}/copied.jpg.json": described("copied.jpg"),
            f"{YEAR}/copied.jpg.json": described("copied.jpg", archived=True),
        }
    )
    imported = site.run(folder)
    assert f"in the trash there, so left out (1): {YEAR}/trashed.jpg" in imported.output
    assert "private or archived, so hidden here (3)" in imported.output
    assert "cannot be read (1): " in imported.output
    assert f"photos without a sidecar (1): {YEAR}/alone.jpg" in imported.output
    states = {name: photo.state for name, photo in site.photos().items()}
    assert states == {
        "archived.jpg": PhotoState.HIDDEN,
        "copied.jpg": PhotoState.HIDDEN,
        "damaged.jpg": PhotoState.HIDDEN,
        "alone.jpg": PhotoState.PUBLIC,
    }


def test_a_title_is_the_name_of_the_file_or_of_the_photo(site: Site, tree: Tree) -> None:
    """Names of files are no titles, but the JSON has them before they were cut."""
    folder = tree(
        {
            f"{YEAR}/Peanut Butter Balls.jpg": small(),
            f"{YEAR}/Peanut Butter Balls.supplemental-metadata.json": described(
                "Peanut Butter Balls"
            ),
            f"{YEAR}/2234089303984509579.jpg": small(),
            f"{YEAR}/2234089303984509579.json": described("2234089303984509579"),
            f"{YEAR}/PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINA.jpg": small(),
            f"{YEAR}/PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGIN.json": described(
                "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINAL.jpg"
            ),
        }
    )
    assert site.run(folder).exit_code == 0
    titles = {name: photo.title for name, photo in site.photos().items()}
    assert titles == {
        "Peanut Butter Balls.jpg": "Peanut Butter Balls",
        "2234089303984509579.jpg": "",
        "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINAL.jpg": "",
    }


def test_json_without_a_photo_is_reported(site: Site, tree: Tree) -> None:
    """That of a video is not. A photo is also found by the title."""
    folder = tree(
        {
            f"{YEAR}/clip.mp4": b"video",
            f"{YEAR}/clip.mp4.json": described("clip.mp4"),
            f"{YEAR}/gone.jpg.json": described("gone.jpg"),
            f"{YEAR}/sea.jpg": small(),
            f"{YEAR}/other name.json": described("sea.jpg", description="Found"),
            f"{YEAR}/user-generated-memory-titles.json": {"memories": []},
            f"{YEAR}/broken.json": "[]",
        }
    )
    imported = site.run(folder)
    assert f"sidecars without a photo (1): {YEAR}/gone.jpg.json" in imported.output
    assert f"other files (1): {YEAR}/user-generated-memory-titles.json" in imported.output
    assert f"sidecars that cannot be read (1): {YEAR}/broken.json: " in imported.output
    assert site.photos()["sea.jpg"].description == "Found"


@pytest.mark.parametrize(
    "values",
    [
        described("a.jpg", photoTakenTime=[], description={}) | {"title": 5},
        described("a.jpg", photoTakenTime={"timestamp": "9" * 10_000}),
        described("a.jpg", photoTakenTime={"timestamp": 10**400}),
        described("a.jpg", photoTakenTime={"timestamp": "-99999999999"}),
        '{"title": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"title": ' + "9" * 10_000 + "}",
        '{"title": "\\ud800", "description": "\\u0000\\ud800"}',
        "null",
    ],
    ids=["types", "digits", "number", "early", "deep", "title", "surrogates", "null"],
)
def test_json_of_any_content_costs_the_facts_of_one_photo(
    site: Site, tree: Tree, values: dict[str, Any] | str
) -> None:
    imported = site.run(tree({f"{YEAR}/a.jpg": small(), f"{YEAR}/a.jpg.json": values}))
    assert "1 added, 0 skipped, 0 failed." in imported.output
    [photo] = site.backend.catalog.photos()
    assert (photo.title, photo.taken_at) == ("", None)
