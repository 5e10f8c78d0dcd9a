"""Photos of a private bucket: their addresses, and signed URLs.

Covers app.services.media.source, app.storage.aws.other_stores.media, app.web.pages.media.routes.
"""

import re

import pytest
import requests
from flask import Flask

from app.domain import object_keys
from app.storage.aws.other_stores.media import SIGNED_SECONDS, TEMPORARY_SECONDS
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.object_stores.reads.markers import NONE, either, presigned
from tests.object_stores.test_site import change
from tests.visitor import JSON, Visitor

pytestmark = [pytest.mark.exhaustive("object stores"), pytest.mark.usefixtures("private_bucket")]


@either
def test_addresses_do_not_expire(visitor: Visitor, photo_id: str, key: str) -> None:
    """Pages, JSON, feeds, the sitemap and previews name paths of the site, never signed URLs."""
    path = f"/media/{key}"
    photo = visitor.get(f"/photos/{photo_id}", headers=JSON).json["photo"]
    assert photo["original_url"] == f"http://localhost{path}"
    address = f"http://localhost/photos/{photo_id}"
    pages = ("/", f"/photos/{photo_id}", "/feed.xml", "/tags/sea", f"/oembed?url={address}")
    months = re.findall(r"http://localhost(/sitemap-.*?)<", visitor.get("/sitemap.xml").text)
    assert months
    for page in (*pages, *months, "/slideshow?in=tag:sea"):
        text = visitor.get(page).text
        assert f"/media/photos/{photo_id[-1]}/{photo_id}/" in text, page
        assert "X-Amz" not in text, page


@presigned
def test_a_signed_url_reads_the_photo(
    visitor: Visitor, key: str, backend: Backend, endpoint: str | None
) -> None:
    """The redirect leads to the object, and is kept for half as long as the URL is valid."""
    answer = visitor.get(f"/media/{key}")
    assert answer.status_code == 302
    is_temporary = "X-Amz-Security-Token=" in answer.location
    assert is_temporary is (endpoint is None)
    valid_seconds = TEMPORARY_SECONDS if is_temporary else SIGNED_SECONDS
    assert answer.headers["Cache-Control"] == f"public, max-age={valid_seconds // 2}"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert f"X-Amz-Expires={SIGNED_SECONDS}" in answer.location
    policy = visitor.get("/").headers["Content-Security-Policy"]
    assert f"img-src 'self' {'/'.join(answer.location.split('/')[:3])};" in policy
    if endpoint:
        response = requests.get(answer.location, timeout=10)
        assert response.content == backend.objects.get(key)
        assert response.headers["Content-Type"] == "image/jpeg"
        head = visitor.client.open(f"/media/{key}", method="HEAD").location
        assert requests.head(head, timeout=10).status_code == 200
        assert requests.get(answer.location.partition("?")[0], timeout=10).status_code == 403


@presigned
def test_a_signed_url_of_a_hidden_photo_reads_nothing(
    visitor: Visitor, photo_id: str, key: str, endpoint: str | None
) -> None:
    """Its object is under another key as soon as the photo is hidden."""
    url = visitor.get(f"/media/{key}").location
    change(visitor, photo_id, "hide")
    if endpoint:
        assert requests.get(url, timeout=10).status_code == 404


@either
def test_only_public_images_have_addresses(
    visitor: Visitor, photo_id: str, backend: Backend
) -> None:
    """Every other key is not found, private objects and sidecars included."""
    change(visitor, photo_id, "hide")
    private = [found.key for found in backend.objects.list("")]
    assert len(private) > 3
    names = ("record.json", "..%2f320.jpg", "%2e%2e", "320.exe", "320", "A" * 300 + ".jpg")
    others = [f"photos/{NONE[-1]}/{NONE}/{name}" for name in names]
    others += [f"photos/{photo_id}/320.jpg", f"photos/-/{photo_id}/320.jpg", f"photos/{photo_id}"]
    others += ["photos/e/probe/320.jpg", "photos///320.jpg", object_keys.sidecar(photo_id)]
    for other in (*private, *others):
        assert visitor.get(f"/media/{other}").status_code == 404, other


@pytest.mark.parametrize("endpoint", ["seaweedfs"], indirect=True)
@either
def test_audit_reads_what_browsers_read(app: Flask, photo_id: str, backend: Backend) -> None:
    """It follows the redirect to a signed URL."""
    audited = run(app, "audit")
    count = len(backend.catalog.get(photo_id).object_keys)
    assert audited.output.endswith(f"{count} objects read: 0 findings.\n")
    assert object_keys.PUBLIC_PREFIX not in audited.output
