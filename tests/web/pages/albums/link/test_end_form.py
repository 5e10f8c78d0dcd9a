"""The host lets the link of an album end at a time.

Covers app.web.pages.albums.end_form.
"""

from datetime import UTC, datetime

import pytest

from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.albums.link.linked_albums import album_of, states


def test_an_end_in_the_future_is_shown_and_removed(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    path = f"/albums/{album_id}/link"
    end = {"until_date": "2040-02-29", "until_time": "18:30"}
    assert visitor.submit(path, **end).status_code == 303
    assert album_of(services, album_id).ends_at == datetime(2040, 2, 29, 18, 30, tzinfo=UTC)
    page = visitor.get(path).text
    assert 'value="2040-02-29"' in page
    assert 'value="18:30"' in page
    assert "until" in visitor.get(f"/albums/{album_id}").text
    assert visitor.submit(path, until_date="", until_time="").status_code == 303
    assert album_of(services, album_id).ends_at is None


def test_a_closed_album_with_a_later_end_is_open_until_then(
    visitor: Visitor, services: Services, album_id: str
) -> None:
    path = f"/albums/{album_id}/link"
    visitor.post(f"{path}/end", visitor.fields(path))
    assert visitor.submit(path, until_date="2040-02-29").status_code == 303
    album = album_of(services, album_id)
    assert services.album_links.is_open(album)
    assert album.settle_at == album.ends_at
    assert states(services, album_id) == ["unlisted"]


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2001-01-01", ""),
        ("soon", ""),
        ("2040-02-30", ""),
        ("2040-02-29", "25:00"),
        ("", "10:00"),
        ("9999-12-31", ""),
        ("2200-01-01", "00:00"),
        ("0001-01-01", "00:00"),
    ],
)
def test_a_wrong_end_is_refused_and_stays_in_the_form(
    visitor: Visitor, services: Services, album_id: str, day: str, clock: str
) -> None:
    answer = visitor.submit(f"/albums/{album_id}/link", until_date=day, until_time=clock)
    assert answer.status_code == 422
    assert not day or f'value="{day}"' in answer.text
    assert album_of(services, album_id).ends_at is None
