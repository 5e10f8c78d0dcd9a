"""An album with photos, and the steps that end or open its link."""

import re

from app.domain.albums.album import Album
from app.services.factory import Services

PHOTOS = 5


def album_of(services: Services, album_id: str) -> Album:
    return services.albums.get(album_id)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the form with which the page of a step continues."""
    named = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page)]
    return {tag["name"]: tag["value"] for tag in named if tag.get("type") == "hidden"}


def states(services: Services, album_id: str) -> list[str]:
    page = services.albums.page(album_id, 60)
    return sorted({photo.state.value for photo in page.summaries})
