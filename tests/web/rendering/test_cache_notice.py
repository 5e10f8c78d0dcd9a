"""Pages mention copies in caches."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor

NOTICE = "Copies may stay in caches for up to one hour after that."


CDN = {"photo_bucket": "photos", "media_base_url": "https://cdn.example.org"}
PROXY = {"proxy_hops": 1}


@pytest.fixture(params=[CDN, PROXY], ids=["CDN", "proxy"])
def behind_cache(request: pytest.FixtureRequest, config: Config, services: Services) -> Visitor:
    """A visitor of a site with a CDN, or of a local one with a proxy in front."""
    return Visitor(create_app(replace(config, **request.param), services))


def pages_of(visitor: Visitor) -> list[str]:
    """Return the pages that say that a photo is no longer public, or is about to be."""
    hidden, deleted, purged = (visitor.add() for _ in range(3))
    pages = [visitor.get(f"/photos/{deleted}/delete").text]
    fields = visitor.fields("/upload")
    for photo_id, verb in ((hidden, "hide"), (deleted, "delete"), (purged, "delete")):
        answer = visitor.post(f"/photos/{photo_id}/{verb}", fields)
        pages.append(visitor.get(answer.location).text)  # the message
    pages += [visitor.get(f"/photos/{photo_id}").text for photo_id in (hidden, deleted)]
    answer = visitor.post(f"/photos/{purged}/purge", fields)
    pages.append(visitor.get(answer.location).text)
    selection = fields | {"photo": hidden}
    pages.append(visitor.post("/photos/select/delete?in=uploads", selection).text)
    answer = visitor.post("/photos/select/delete?in=uploads", selection | {"confirm": "yes"})
    pages.append(visitor.get(answer.location).text)
    return pages


def test_pages_of_a_site_with_a_cache_say_how_long_copies_stay(behind_cache: Visitor) -> None:
    """Otherwise, "hidden" and "deleted" would promise too much."""
    assert [page for page in pages_of(behind_cache) if NOTICE not in page] == []


def test_pages_of_a_site_without_a_cache_say_nothing_of_copies(app: Flask) -> None:
    """S3 and the local backend stop to serve a photo at once."""
    assert [page for page in pages_of(Visitor(app)) if NOTICE in page] == []
