"""Every photo gets the JSON file that Google Takeout names after it."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.maintenance.importing.items import FoundFile
from app.maintenance.importing.takeout_folder import TakeoutFolder
from app.maintenance.importing.takeout_names import (
    described_name,
    match_key,
    sidecar_stems,
    unedited_name,
)

bounded = settings(max_examples=200, derandomize=True, database=None)
# Names as people and cameras write them, also long ones and those with dots and parentheses.
STEMS = st.text("aZ9é편😀_-. ()", min_size=1, max_size=60).filter(lambda text: text.strip(" ."))
EXTENSIONS = st.sampled_from(["jpg", "JPG", "jpeg", "png", "heic"])
NUMBERS = st.sampled_from(["", "", "(1)", "(2)", "(13)"])
TITLES = st.tuples(STEMS, EXTENSIONS, NUMBERS)
SUFFIXES = st.sampled_from([".supplemental-metadata", ""])


def photo_name(stem: str, extension: str, number: str) -> str:
    """Return the name that an export gives a photo: at most 51 characters without the number."""
    return f"{stem[: 50 - len(extension)]}{number}.{extension}"


def json_name(stem: str, extension: str, number: str, suffix: str) -> str:
    """Return the name that an export gives the JSON file, by the rules that are known."""
    return f"{f'{stem}.{extension}{suffix}'[:46]}{number}.json"


@bounded
@given(st.lists(TITLES, min_size=1, max_size=6), SUFFIXES)
def test_photos_of_any_names_get_their_own_files(
    titles: list[tuple[str, str, str]], suffix: str
) -> None:
    """Photos whose names are the same after they were cut are left out: nothing tells them apart.

    So are photos whose own name ends like the number of another one.
    """
    expected = {photo_name(*title): json_name(*title, suffix) for title in titles}
    stems = [match_key(name.rpartition(".")[0]) for name in (*expected, *expected.values())]
    assume(len(set(stems)) == len(stems))
    assume(len({match_key(title[0])[:40] for title in titles}) == len(titles))
    assume(not any(title[0].endswith(")") for title in titles))
    folder = TakeoutFolder([FoundFile(name, 1) for name in expected], [], expected.values())
    assert {file.name: folder.sidecar_of(file) for file in folder.photos} == expected
    assert list(folder.unmatched()) == []


@pytest.mark.parametrize(
    ("photo", "json"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.JPG.json"),
        ("IMG_1.jpg", "IMG_1.jpg.suppl.json"),
        ("IMG_1.jpg", "IMG_1.jpg..json"),
        ("IMG_1.jpg", "IMG_1.json"),
        ("IMG_1(2).jpg", "IMG_1.jpg(2).json"),
        ("IMG_4081(1).jpg", "IMG_4081.JPG(1).json"),
        ("IMG_1(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json"),
        ("IMG_1(2).jpg", "IMG_1(2).jpg.supplemental-metadata.json"),
        ("IMG_1(2).jpg", "IMG_1.jpg.supp(2).json"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1-edited(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json"),
        ("Café.jpg", "Cafe\u0301.jpg.json"),
        ("21.12.11 - 1", "21.12.11 - 1.supplemental-metadata.json"),
        (
            "05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jpg",
            "05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jp.json",
        ),
        ("😀" * 23 + "b.jpg", "😀" * 23 + ".json"),
    ],
)
def test_names_of_real_exports_match(photo: str, json: str) -> None:
    folder = TakeoutFolder([FoundFile(photo, 1)], [], [json])
    assert folder.sidecar_of(folder.photos[0]) == json


def test_numbered_photos_do_not_share_a_file() -> None:
    """Each gets the one with its number, in both formats."""
    names = ["a.jpg", "a(1).jpg", "a(2).jpg"]
    for files in (
        ["a.jpg.json", "a.jpg(1).json", "a.jpg(2).json"],
        ["a.jpg.supplemental-metadata.json"]
        + [f"a.jpg.supplemental-metadata({number}).json" for number in (1, 2)],
    ):
        folder = TakeoutFolder([FoundFile(name, 1) for name in names], [], files)
        assert [folder.sidecar_of(file) for file in folder.photos] == files


def test_a_photo_without_a_file_gets_no_other() -> None:
    folder = TakeoutFolder([FoundFile("a.jpg", 1), FoundFile("ab.jpg", 1)], [], ["ab.jpg.json"])
    assert [folder.sidecar_of(file) for file in folder.photos] == [None, "ab.jpg.json"]


@bounded
@given(st.text(max_size=80))
def test_any_name_can_be_compared(name: str) -> None:
    """Names of any characters raise no error, and the key of a key is the same."""
    assert match_key(match_key(name)) == match_key(name)
    assert all(len(stem) <= len(name) + 50 for stem in sidecar_stems(name))
    unedited_name(name)
    described_name(name)
