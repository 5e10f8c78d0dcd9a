"""Assert the outcome of a party: nothing is lost, and the site shows what the host decided."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlsplit

from tests.party.browser import JSON, Browser
from tests.party.party import SMALL, Party, Size
from tests.party.photos import number_of, numbered_photo
from tests.party.sites import PartySite
from tests.server.client import run_command


def assert_nothing_lost(site: PartySite, party: Party, size: Size) -> None:
    """Assert that each photo is decided about, shown and downloaded once, and its files exist."""
    _assert_no_fault(party, size)
    _assert_accepted_once(party, size)
    _assert_shown_once(site, party)
    _assert_limited_by_the_host(party, size)
    assert "No problems found." in run_command("check", **site.settings)


def _assert_no_fault(party: Party, size: Size) -> None:
    """Only a party that is too large for the machine makes a guest's page send a photo again."""
    faults = [answer for answer in party.answers if answer.is_fault]
    assert faults == []
    refused = Counter(answer.status for answer in party.answers if answer.status >= 400)
    assert size is not SMALL or not refused, refused


def _assert_accepted_once(party: Party, size: Size) -> None:
    assert len(party.published) == size.guests * size.photos
    assert len(set(party.published)) == len(party.published)
    assert party.host.approved.isdisjoint(party.host.refused)
    assert party.host.approved | party.host.refused == set(party.published)
    assert party.host.count_waiting() == 0


def _assert_shown_once(site: PartySite, party: Party) -> None:
    """The album, its wall and its ZIP files have all approved photos, and the gallery has none."""
    stranger = Browser(site.url)
    album = party.host.album
    shown, count = _album_of(stranger, album)
    assert Counter(shown) == Counter(party.host.approved)
    assert count == len(shown)
    new = stranger.get(f"{album}/wall/new", JSON).json["photos"]
    assert {each["photo_id"] for each in new} <= party.host.approved
    assert stranger.get("/", JSON).json["photos"] == []
    assert Counter(_numbers_in_zip_files(stranger, album)) == Counter(_approved_numbers(party))
    stranger.close()


def _album_of(browser: Browser, album: str) -> tuple[list[str], int]:
    """Return the ids of all photos of an album, and the number that its first page names."""
    page = browser.get(album, JSON).json
    count = page["count"]
    found = [photo["photo_id"] for photo in page["photos"]]
    while page["next"]:
        page = browser.get(_path_of(page["next"]), JSON).json
        found += [photo["photo_id"] for photo in page["photos"]]
    return found, count


def _approved_numbers(party: Party) -> Iterator[int]:
    for number, guest in enumerate(party.guests):
        for position, photo_id in guest.published.items():
            if photo_id in party.host.approved:
                yield number * len(guest.published) + position


def _numbers_in_zip_files(browser: Browser, album: str) -> Iterator[int]:
    """Yield the number that each photo shows, in one ZIP file after the other."""
    path = f"/download.zip?in=album:{album.rpartition('/')[2]}"
    while path:
        with zipfile.ZipFile(BytesIO(browser.get(path).body)) as file:
            assert file.testzip() is None
            names = [name for name in file.namelist() if name.endswith(".jpg")]
            yield from (number_of(file.read(name)) for name in names)
            next_url = json.loads(file.read("photos.json"))["next"]
        path = next_url and _path_of(next_url)


def _path_of(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def _assert_limited_by_the_host(party: Party, size: Size) -> None:
    """A guest who has added all photos that the host allows cannot add another one."""
    has_all = next(
        guest for guest in party.guests if party.host.refused.isdisjoint(guest.published.values())
    )
    answer = has_all.add_one_more(numbered_photo(size.guests * size.photos))
    assert answer.status == 403, answer.text
    assert f"{size.photos} photos" in answer.text
