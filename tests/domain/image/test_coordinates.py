"""Coordinates in a text are found, and other numbers are not."""

import pytest

from app.domain.image.coordinates import remove_coordinates


@pytest.mark.parametrize(
    "place",
    [
        "52.5200, 13.4050",
        "52.520008 13.404954",
        "-33.8688/151.2093",
        "52,5200; 13,4050",
        "N 52.52000 E 13.40500",
        "52.5200° N, 13.4050° E",
        "N 52° 31' 12.0\" E 13° 24' 18.0\"",
        "52°31\u203212\u2033N 13°24\u203218\u2033E",
        "37° 33.5' N",
        "48° N",
    ],
)
def test_coordinates_are_removed(place: str) -> None:
    """The words around them stay."""
    assert remove_coordinates(f"At the lake {place}") == "At the lake"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20 °C at the lake",
        "A panorama of 360°",
        "1,500 of 2,000 runners",
        "3.5 to 4.5 km",
        "f/2.8, 1/250 s",
        "2026-11-29 12.30",
        "It’s 5 o’clock",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    """Temperatures, angles, counts and times are no places."""
    assert remove_coordinates(text) == text


def test_a_long_text_takes_linear_time() -> None:
    """No part of the expression is tried again and again."""
    assert remove_coordinates("1" * 20_000) == "1" * 20_000
    assert remove_coordinates("1.111 " * 5_000) == ""
