"""The texts of a ZIP file say who made the photos, when, and what others may do with them."""

import json
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.image.credit import Credit
from app.domain.image.taken_date import DatePrecision
from app.domain.photo import Photo
from app.services.factory import Services
from tests.backends import Backend, make_photo
from tests.visitor import Visitor
from tests.web.downloads.zip_contents import files_in

TAKEN = datetime(2026, 8, 15, 18, 5)  # noqa: DTZ001  cameras may record no time zone
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def photo(backend: Backend) -> Photo:
    photo = make_photo(
        title="호숫가",
        description="Two\nlines",
        tags=("lake", "저녁"),
        alt="A lake",
        contributor_name="Mina",
        filename="IMG_0001.jpg",
        taken_at=TAKEN,
        bytes=3,
        crc32=0x352441C2,
        credit=Credit(creator="Mina Kim", license_url=LICENSE),
    )
    backend.catalog.publish(photo)
    backend.objects.put(photo.stored_keys[-1], b"abc")
    return photo


def texts(app: Flask, photo: Photo, **headers: str) -> tuple[dict[str, object], str]:
    answer = Visitor(app).get(f"/download.zip?photo={photo.photo_id}", headers=headers)
    files = files_in(answer)
    return json.loads(files["photos.json"]), files["README.txt"].decode()


def test_programs_read_the_details(app: Flask, photo: Photo) -> None:
    """Everything is what the photo's page shows. The name of the uploaded file is not there."""
    document, _ = texts(app, photo)
    assert document == {
        "site": "Shoebox",
        "title": "Selected photos",
        "url": "http://localhost/",
        "next": None,
        "missing": [],
        "photos": [
            {
                "file": "001 호숫가.jpg",
                "photo_id": photo.photo_id,
                "url": f"http://localhost/photos/{photo.photo_id}",
                "title": "호숫가",
                "description": "Two\nlines",
                "alt": "A lake",
                "tags": ["lake", "저녁"],
                "contributor_name": "Mina",
                "taken_at": "2026-08-15T18:05:00",
                "taken_precision": None,
                "taken_about": False,
                "uploaded_at": photo.uploaded_at.isoformat(),
                "rights": photo.rights,
                "license_url": LICENSE,
                "credit": {"creator": "Mina Kim", "license_url": LICENSE},
                "bytes": 3,
                "crc32": "352441c2",
            }
        ],
    }


def test_people_read_them_in_their_language(app: Flask, photo: Photo) -> None:
    _, english = texts(app, photo)
    address = f"http://localhost/photos/{photo.photo_id}"
    for text in ("1 photo.", "호숫가", "Mina Kim", LICENSE, "Tags: lake, 저녁", address):
        assert text in english
    assert "Taken: August 15, 2026" in english
    assert "\n    Two\n    lines\n" in english
    assert "IMG_0001" not in english
    _, korean = texts(app, photo, **{"Accept-Language": "ko"})
    assert "사진 1장이에요" in korean
    assert "2026년 8월 15일" in korean


def test_the_address_is_that_of_the_page(
    config: Config, services: Services, backend: Backend
) -> None:
    """The title of the site and of the listing come first."""
    visitor = Visitor(create_app(replace(config, site_title="Lakes"), services))
    visitor.add(tags="lake")
    readme = files_in(visitor.get("/download.zip?in=tag:lake"))["README.txt"].decode()
    assert readme.startswith("lake · Lakes\nhttp://localhost/tags/lake\n")


def test_a_typed_date_is_stated_as_far_as_it_is_known(app: Flask, backend: Backend) -> None:
    """The format of the file begins in 1980."""
    photo = make_photo(
        title="",
        taken_at=datetime(1974, 6, 1),  # noqa: DTZ001  local
        taken_precision=DatePrecision.MONTH,
        taken_about=True,
        bytes=3,
        crc32=0x352441C2,
    )
    backend.catalog.publish(photo)
    backend.objects.put(photo.stored_keys[-1], b"abc")
    answer = Visitor(app).get(f"/download.zip?photo={photo.photo_id}")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.infolist()[0].filename == "001 1974-06.jpg"
        assert archive.infolist()[0].date_time[:3] == (1980, 1, 1)
        assert "Taken: about June 1974\n" in archive.read("README.txt").decode()
