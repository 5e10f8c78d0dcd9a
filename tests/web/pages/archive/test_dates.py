"""Dates are mended on the edit form, and shifted for several photos at once."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html import unescape

import pytest

from app.domain.image.taken_date import DatePrecision
from app.domain.photo import Photo
from app.services.factory import Services
from tests.backends import Backend, make_photo
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor
from tests.web.pages.archive.archive_pages import archive_links, texts
from tests.web.pages.test_gallery import shown

TAKEN_AT = datetime(2026, 8, 15, 18, 30, 5, tzinfo=timezone(timedelta(hours=9)))
SHIFT = "/photos/select/dates?in=uploads"
NO_DATE = {"taken_year": "", "taken_month": "", "taken_day": "", "taken_time": ""}


@pytest.fixture
def photo_id(visitor: Visitor) -> str:
    """The id of a photo with the date of a camera and no title."""
    path = visitor.upload(jpeg(exif=phone_exif())).location
    return path.rpartition("/")[2]


def edit(visitor: Visitor, photo_id: str, **fields: str) -> None:
    answer = visitor.submit(f"/photos/{photo_id}/edit", **NO_DATE | fields)
    assert answer.status_code == 303


def facts(page: str) -> dict[str, str]:
    return dict(zip(texts(page, "dt"), texts(page, "dd"), strict=True))


def values(page: str) -> dict[str, str]:
    """Return the values of the fields of the date."""
    found = dict(re.findall(r'id="(taken_\w+)"[^>]*? value="([^"]*)"', page))
    chosen = re.search(r'<option selected value="(\d*)"', page.partition("taken_month")[2])
    return found | {"taken_month": chosen[1] if chosen else ""}


def test_the_form_has_the_date_of_the_camera(visitor: Visitor, photo_id: str) -> None:
    """A form that changes nothing keeps its seconds and its time zone."""
    page = visitor.get(f"/photos/{photo_id}/edit").text
    date = {"taken_year": "2026", "taken_month": "8", "taken_day": "15", "taken_time": "18:30"}
    assert date.items() <= values(page).items()
    edit(visitor, photo_id, **date, title="Dusk")


def test_a_form_without_a_date_keeps_it(
    visitor: Visitor, services: Services, photo_id: str
) -> None:
    """Such as that of a script which changes the title."""
    visitor.submit(f"/photos/{photo_id}/edit", title="Dusk")
    photo = services.photos.get(photo_id)
    assert (photo.title, photo.taken_at, photo.taken_precision) == ("Dusk", TAKEN_AT, None)


def test_a_month_that_is_a_guess(visitor: Visitor, services: Services, photo_id: str) -> None:
    """It shows on the photo's page, in the archive and to programs as far as it is known."""
    edit(visitor, photo_id, taken_year="1974", taken_month="6", taken_about="y")
    photo = services.photos.get(photo_id)
    assert photo.taken_precision is DatePrecision.MONTH
    page = visitor.get(f"/photos/{photo_id}").text
    assert facts(page)["Taken"] == "about June 1974"
    assert texts(page, "h1") == ["About June 1974"]
    assert 'alt="Photo, about June 1974"' in page
    [program] = re.findall(r'application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert "dateCreated" not in json.loads(unescape(program))
    for path in ("/1974", "/1974/06"):
        page = visitor.get(path).text
        assert shown(page) == [photo_id]
        assert texts(page, "h2") == ["June 1974 1 photo"]
        assert '<time datetime="1974-06">' in page
    assert "1974년 6월쯤" in visitor.get(f"/photos/{photo_id}?lang=ko").text
    assert values(visitor.get(f"/photos/{photo_id}/edit?lang=en").text)["taken_day"] == ""


def test_a_year_is_in_no_month(visitor: Visitor, services: Services, photo_id: str) -> None:
    """It comes after the photos of January, and counts for the year alone."""
    edit(visitor, photo_id, taken_year="1974")
    other = visitor.add()
    edit(visitor, other, taken_year="1974", taken_month="1", taken_day="1", taken_time="00:00")
    page = visitor.get("/1974").text
    assert shown(page) == [other, photo_id]
    assert texts(page, "h2") == ["Tuesday, January 1, 1974 1 photo", "1974 1 photo"]
    assert shown(visitor.get("/1974/01").text) == [other]
    assert archive_links(visitor.get("/").text) == ["/1974", "/1974/01"]
    counts = services.archive.counts()
    [year] = counts.years
    assert (year.year.photos, [month.photos for month in year.months]) == (2, [1])
    page = visitor.get(f"/photos/{photo_id}").text
    assert facts(page)["Taken"] == "1974"
    assert '"dateCreated": "1974"' in page
    assert (
        f'"/photos/{other}?in=taken:1974"' in visitor.get(f"/photos/{photo_id}?in=taken:1974").text
    )


def test_a_date_can_be_removed(visitor: Visitor, photo_id: str) -> None:
    """The photo is among those without a date from then on."""
    edit(visitor, photo_id)
    assert shown(visitor.get("/undated").text) == [photo_id]
    assert "Taken" not in facts(visitor.get(f"/photos/{photo_id}").text)


def test_an_impossible_date_is_refused(visitor: Visitor, photo_id: str) -> None:
    """The form keeps the typed text, and the error is at its field."""
    fields = NO_DATE | {"taken_year": "1974", "taken_month": "2", "taken_day": "30"}
    answer = visitor.submit(f"/photos/{photo_id}/edit", **fields, title="Dusk")
    assert answer.status_code == 422
    assert '<a href="#taken_day">This month has no such day.</a>' in answer.text
    assert values(answer.text)["taken_day"] == "30"
    assert values(answer.text)["taken_month"] == "2"


def test_a_conflict_shows_the_date_of_the_other_edit(visitor: Visitor, photo_id: str) -> None:
    fields = visitor.fields(f"/photos/{photo_id}/edit") | NO_DATE
    visitor.post(f"/photos/{photo_id}/edit", fields | {"taken_year": "1974"})
    answer = visitor.post(f"/photos/{photo_id}/edit", fields | {"taken_year": "1975"})
    assert answer.status_code == 409
    assert facts(answer.text)["Date taken"] == "1974"
    assert values(answer.text)["taken_year"] == "1975"


def shift(visitor: Visitor, chosen: list[str], **fields: str) -> tuple[int, str]:
    page = visitor.get("/uploads").text
    dates = re.findall(r'name="shown_date" value="([^"]+)"', page)
    form = visitor.fields("/uploads") | fields | {"photo": chosen, "shown_date": dates}
    answer = visitor.post(SHIFT, form)
    return answer.status_code, answer.text


def dates_of(services: Services, *photo_ids: str) -> list[str | None]:
    found = [services.photos.get(photo_id).taken for photo_id in photo_ids]
    return [taken and taken.iso for taken in found]


def test_the_dates_of_several_photos_are_shifted(
    visitor: Visitor, services: Services, photo_id: str
) -> None:
    """Photos that are not chosen keep theirs, and those without a date have none."""
    others = [visitor.upload(jpeg(90 + n, 70, exif=phone_exif())).location for n in range(2)]
    [second, third] = [path.rpartition("/")[2] for path in others]
    undated = visitor.add()
    chosen = [photo_id, second, undated]
    assert shift(visitor, chosen, shift_days="1", shift_hours="-3")[0] == 303
    shifted = "2026-08-16T15:30:05+09:00"
    dates = dates_of(services, photo_id, second, third, undated)
    assert dates == [shifted, shifted, TAKEN_AT.isoformat(), None]
    assert shown(visitor.get("/2026/08").text) == [second, photo_id, third]


def test_a_form_that_is_sent_twice_shifts_once(
    visitor: Visitor, services: Services, photo_id: str
) -> None:
    """After another shift, or an edit, the photo is reported and stays as it is."""
    shown_date = f"{photo_id} {TAKEN_AT.isoformat()}"
    form = visitor.fields("/uploads") | {"photo": photo_id, "shown_date": shown_date}
    for _ in range(2):
        assert visitor.post(SHIFT, form | {"shift_hours": "1"}).status_code == 303
        assert dates_of(services, photo_id) == ["2026-08-15T19:30:05+09:00"]
    assert visitor.post(SHIFT, form | {"shift_hours": "2"}).status_code == 409
    assert dates_of(services, photo_id) == ["2026-08-15T19:30:05+09:00"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "shift_days"),
        ({"shift_days": "0", "shift_hours": "0"}, "shift_days"),
        ({"shift_days": "1.5"}, "shift_days"),
        ({"shift_hours": "one"}, "shift_hours"),
        ({"shift_hours": "1000000"}, "shift_hours"),
    ],
)
def test_an_invalid_shift_is_refused(
    visitor: Visitor, services: Services, photo_id: str, fields: dict[str, str], field: str
) -> None:
    status, page = shift(visitor, [photo_id], **fields)
    assert status == 422
    assert f'<a href="#{field}">' in page
    assert dates_of(services, photo_id) == [TAKEN_AT.isoformat()]


@pytest.mark.parametrize("days", ["-99999", "99999"])
def test_a_shift_to_an_impossible_date_is_reported(
    visitor: Visitor, services: Services, photo_id: str, days: str
) -> None:
    status, page = shift(visitor, [photo_id], shift_days=days)
    assert status == 422
    assert "No photo can have been taken then." in page
    assert dates_of(services, photo_id) == [TAKEN_AT.isoformat()]


def test_photos_of_others_are_not_shifted(visitor: Visitor, backend: Backend) -> None:
    """Access is checked for each photo, whatever the form says."""
    visitor.add()
    others: Photo = replace(make_photo(owner="1" * 32), taken_at=TAKEN_AT)
    backend.catalog.publish(others)
    form = visitor.fields("/uploads") | {
        "photo": others.photo_id,
        "shown_date": f"{others.photo_id} {TAKEN_AT.isoformat()}",
        "shift_days": "1",
    }
    assert visitor.post(SHIFT, form).status_code == 403
    assert backend.catalog.get(others.photo_id) == others
