"""The exposure of a photo."""

import re

import pytest
from flask import Flask

from app.domain.image.camera_info import CameraInfo
from app.web.rendering.camera.exposure import exposure_facts
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor


def shown(app: Flask, camera: CameraInfo, path: str = "/") -> list[str]:
    with app.test_request_context(path):
        return [fact.text for fact in exposure_facts(camera)]


def test_the_settings_are_in_one_line(app: Flask) -> None:
    """They are in the order of a light meter."""
    camera = CameraInfo(aperture=8.0, exposure_time=1 / 60, focal_length=24.0, iso=100)
    assert shown(app, camera) == ["ƒ/8", "1/60\u00a0s", "24\u00a0mm", "ISO 100"]
    assert shown(app, CameraInfo(make="Acme")) == []


def test_screen_readers_say_what_each_setting_is(visitor: Visitor) -> None:
    """The page hides the signs from them, and has texts that only they read."""
    page = visitor.get(visitor.upload(jpeg(exif=phone_exif())).location).text
    exposure = page.split('class="exposure"')[1].split("</dd>")[0]
    signs = re.findall(r'aria-hidden="true">(.*?)<', exposure)
    spoken = re.findall(r'class="visually-hidden">(.*?)<', exposure)
    assert signs == ["ƒ/1.8", "1/120\u00a0s", "4.2\u00a0mm", "ISO 50"]
    assert spoken == [
        "Aperture f/1.8",
        "Exposure time 1/120\u00a0s",
        "Focal length 4.2\u00a0mm",
        "ISO 50",
    ]


@pytest.mark.parametrize(
    ("real", "equivalent", "text"),
    [
        (6.3, 23.0, "23\u00a0mm equivalent"),  # a phone
        (8.8, 24.0, "24\u00a0mm equivalent"),  # a compact camera with a 1-inch sensor
        (25.0, 50.0, "25\u00a0mm (50\u00a0mm equivalent)"),  # Four Thirds
        (18.0, 27.0, "18\u00a0mm (27\u00a0mm equivalent)"),  # APS-C
        (80.0, 63.0, "80\u00a0mm (63\u00a0mm equivalent)"),  # medium format
        (70.5, 71.0, "70.5\u00a0mm"),  # 35 mm
        (50.0, None, "50\u00a0mm"),
        (None, 28.0, "28\u00a0mm equivalent"),
    ],
)
def test_the_focal_length_says_the_field_of_view(
    app: Flask, real: float | None, equivalent: float | None, text: str
) -> None:
    """The equivalent is added where the sensor crops, and replaces what few people understand."""
    camera = CameraInfo(focal_length=real, focal_length_35mm=equivalent)
    assert shown(app, camera) == [text]
