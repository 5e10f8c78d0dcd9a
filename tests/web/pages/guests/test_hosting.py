"""The host makes the guest link, changes it, replaces it and ends it."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app import create_app
from app.config import Config
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from tests.visitor import JSON, Visitor
from tests.web.pages.guests.conftest import Party, photo_of, send


def test_a_host_makes_a_link(visitor: Visitor, services: Services) -> None:
    """The page shows it to copy, and the album is otherwise as before."""
    album_id = visitor.submit("/albums/new", title="Party").location.rpartition("/")[2]
    path = f"/albums/{album_id}/guests"
    before = services.albums.get(album_id)
    assert f'href="{path}"' in visitor.get(f"/albums/{album_id}").text
    assert "Make a guest link" in visitor.get(path).text
    settings = {"guest_access": "see", "guest_review": "y", "guest_name": "y", "guest_limit": "20"}
    answer = visitor.submit(path, **settings)
    assert (answer.status_code, answer.location) == (303, path)
    album = services.albums.get(album_id)
    assert album == replace(
        before,
        guest_code=album.guest_code,
        guest_access=GuestAccess.SEE,
        guest_review=True,
        guest_name=True,
        guest_limit=20,
        version=2,
        edited_version=1,
        guest_version=2,
    )
    assert f'value="http://localhost/join/{album.guest_code}"' in visitor.get(path).text


def test_the_form_shows_what_is_stored(party: Party) -> None:
    """Saving it without a change keeps everything, also the version."""
    party.change(guest_access="see", guest_limit="7", until_date="2040-02-29", until_time="18:30")
    before = party.album
    page = party.host.get(f"/albums/{party.album_id}/guests").text
    for value in ('value="7"', 'value="2040-02-29"', 'value="18:30"'):
        assert value in page
    party.change(guest_access="see", guest_limit="7", until_date="2040-02-29", until_time="18:30")
    assert party.album == before


def test_a_script_keeps_the_settings_that_it_leaves_out(party: Party) -> None:
    """Photos of guests still wait for review. An empty field of a checkbox turns it off."""
    end = {"until_date": "2040-02-29", "until_time": "18:30"}
    party.change(guest_access="see", guest_review="y", guest_name="y", guest_limit="7", **end)
    before = party.album
    path = f"/albums/{party.album_id}/guests"
    changes: list[tuple[dict[str, str], dict[str, object]]] = [
        ({"guest_limit": "9"}, {"guest_limit": 9}),
        ({"guest_review": ""}, {"guest_limit": 9, "guest_review": False}),
    ]
    for fields, expected in changes:
        assert party.host.post(path, fields, JSON).status_code == 303
        changed = party.album
        versions = {"version": changed.version, "guest_version": changed.guest_version}
        assert changed == replace(before, **versions, **expected)


def test_the_end_is_in_the_time_zone_of_the_site(config: Config, services: Services) -> None:
    """The link ends at the end of the day if no time is given."""
    seoul = create_app(replace(config, timezone=ZoneInfo("Asia/Seoul")), services)
    host = Visitor(seoul)
    album_id = host.submit("/albums/new", title="Party").location.rpartition("/")[2]
    path = f"/albums/{album_id}/guests"
    form = {"guest_access": "add", "guest_limit": "1", "until_date": "2040-05-01"}
    host.submit(path, **form, until_time="18:30")
    assert services.albums.get(album_id).guest_until == datetime(2040, 5, 1, 9, 30, tzinfo=UTC)
    assert 'value="18:30"' in host.get(path).text
    host.submit(path, **form, until_time="")
    assert services.albums.get(album_id).guest_until == datetime(2040, 5, 1, 14, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("guest_access", "all"),
        ("guest_access", "none"),
        ("guest_access", ""),
        ("guest_limit", "0"),
        ("guest_limit", "1001"),
        ("guest_limit", "many"),
        ("guest_limit", "9" * 5000),
        ("until_date", "soon"),
        ("until_date", "2040-02-30"),
        ("until_date", "9" * 5000),
        ("until_time", "25:00"),
        ("until_time", "9" * 5000),
    ],
)
def test_impossible_settings_are_refused(party: Party, field: str, text: str) -> None:
    """With a message at the field, and nothing is changed."""
    before = party.album
    day = {"until_date": "2040-01-01"} if field == "until_time" else {}
    answer = party.change(**day | {field: text})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert party.album == before


def test_a_time_needs_a_day(party: Party) -> None:
    assert party.change(until_time="12:00").status_code == 422


def test_a_change_in_the_meantime_is_no_loss(party: Party) -> None:
    """The form is shown again, and saves when it is sent again."""
    path = f"/albums/{party.album_id}/guests"
    form = party.host.fields(path) | {"guest_access": "add", "guest_limit": "9"}
    party.change(guest_limit="8")
    answer = party.host.post(path, form)
    assert answer.status_code == 409
    assert "Someone else changed this album" in answer.text
    assert party.album.guest_limit == 8
    assert party.host.post(path, form | {"version": str(party.album.version)}).status_code == 303
    assert party.album.guest_limit == 9


def test_guest_settings_and_texts_of_the_album_do_not_conflict(party: Party) -> None:
    """Each form shows its own fields alone."""
    album = f"/albums/{party.album_id}"
    guests, texts = party.host.fields(f"{album}/guests"), party.host.fields(f"{album}/edit")
    changed = guests | {"guest_access": "add", "guest_limit": "9"}
    assert party.host.post(f"{album}/guests", changed).status_code == 303
    assert party.host.post(f"{album}/edit", texts | {"title": "Mine"}).status_code == 303
    stale = changed | {"guest_limit": "10"}
    assert party.host.post(f"{album}/guests", stale).status_code == 409
    assert (party.album.title, party.album.guest_limit) == ("Mine", 9)


def test_replacing_and_ending_ask_first(party: Party) -> None:
    """Both do nothing to an album without a link."""
    path = f"/albums/{party.album_id}/guests"
    first = party.code
    assert "Replace the guest link?" in party.host.get(f"{path}/renew").text
    assert "Turn off the guest link?" in party.host.get(f"{path}/end").text
    assert party.code == first
    party.host.submit(f"{path}/renew")
    assert party.code not in {first, ""}
    fields = party.host.fields(f"{path}/end")
    assert party.host.post(f"{path}/end", fields).status_code == 303
    ended = party.album
    assert (ended.guest_code, ended.guest_access) == ("", GuestAccess.ADD)
    checked = re.findall(r'<input checked [^>]*value="(\w+)"', party.host.get(path).text)
    assert "add" in checked
    assert "see" not in checked
    for verb in ("renew", "end"):
        assert party.host.get(f"{path}/{verb}").status_code == 303
        assert party.host.post(f"{path}/{verb}", fields).status_code == 303
    assert party.album == ended
    assert party.host.get(f"{path}/card").status_code == 303


def test_replacing_twice_replaces_once(party: Party) -> None:
    """A double click, or Back and the same button, keeps the link that is printed already."""
    path = f"/albums/{party.album_id}/guests"
    form = party.host.fields(f"{path}/renew")
    first = party.code
    assert party.host.post(f"{path}/renew", form).location == path
    renewed = party.album
    assert renewed.guest_code not in {first, ""}
    for verb in ("renew", "end"):
        assert party.host.post(f"{path}/{verb}", form).location == path
        assert party.album == renewed
    ending = party.host.fields(f"{path}/end")
    party.host.post(f"{path}/end", ending)
    party.change()
    restarted = party.album
    for verb in ("renew", "end"):
        party.host.post(f"{path}/{verb}", ending)
        assert party.album == restarted


def test_a_link_is_not_replaced_without_its_code(party: Party) -> None:
    """The question is asked again."""
    path = f"/albums/{party.album_id}/guests"
    before = party.album
    for verb in ("renew", "end"):
        answer = party.host.post(f"{path}/{verb}", party.host.fields(path))
        assert (answer.status_code, answer.location) == (303, f"{path}/{verb}")
    assert party.album == before


def test_saving_twice_saves_once(party: Party) -> None:
    """The second answer is that of the first."""
    path = f"/albums/{party.album_id}/guests"
    form = party.host.fields(path) | {"guest_access": "see", "guest_limit": "9"}
    assert party.host.post(path, form).status_code == 303
    saved = party.album
    assert party.host.post(path, form).status_code == 303
    assert party.album == saved


@pytest.mark.parametrize("path", ["", "/renew", "/end", "/card"])
def test_only_the_host_and_the_admin_manage_guests(
    party: Party, config: Config, services: Services, path: str
) -> None:
    """A guest does not, nor does another contributor. Nothing names the link to them."""
    before = party.album
    guest = party.guest()
    for visitor in (guest, Visitor(party.host.app)):
        answer = visitor.get(f"/albums/{party.album_id}/guests{path}")
        assert answer.status_code == 403
        assert party.code not in answer.text
        if path != "/card":
            fields = visitor.fields("/upload")
            sent = visitor.post(f"/albums/{party.album_id}/guests{path}", fields)
            assert sent.status_code == 403
    assert party.album == before
    admin = Visitor(create_app(replace(config, admin_password="a long password"), services))
    admin.submit("/login", password="a long password")
    assert admin.get(f"/albums/{party.album_id}/guests{path}").status_code == 200


def test_the_page_says_that_a_link_has_ended(party: Party) -> None:
    party.change(until_date="2001-01-01")
    assert "The link has ended." in party.host.get(f"/albums/{party.album_id}/guests").text


def test_the_host_opens_the_wall_before_the_guests_come(party: Party) -> None:
    """The page of guests has the link before the first photo, and that to a ZIP file after it."""
    path, wall = f"/albums/{party.album_id}/guests", f"/albums/{party.album_id}/wall"
    page = party.host.get(path).text
    assert f'href="{wall}"' in page
    assert "/download.zip" not in page
    assert "No photos in this album yet" in party.host.get(wall).text
    send(party.guest(), party.link, photo_of(0))
    page = party.host.get(path).text
    assert f'href="{wall}"' in page
    assert "/download.zip" in page
