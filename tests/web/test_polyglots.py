"""HTML and scripts inside uploaded files are never published."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from app.services.photo_service import PhotoService
from tests.backends import BUCKET, Backend
from tests.sample_images import jpeg, picture
from tests.visitor import Visitor

SCRIPT = b"<html><script>alert(document.domain)</script></html>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)


def jpeg_with_html_in_its_comment() -> bytes:
    whole = jpeg(80, 60)
    comment = b"\xff\xfe" + (len(SCRIPT) + 2).to_bytes(2, "big") + SCRIPT
    return whole[:2] + comment + whole[2:]


def png_with_html_in_its_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SCRIPT.decode())
    file = BytesIO()
    picture(64, 48).save(file, "PNG", pnginfo=text)
    return file.getvalue()


def gif_with_html_after_its_end() -> bytes:
    file = BytesIO()
    picture(64, 48).save(file, "GIF", comment=SCRIPT)
    return file.getvalue() + SCRIPT


@pytest.mark.parametrize(
    "body",
    [
        jpeg_with_html_in_its_comment(),
        jpeg(80, 60) + SCRIPT,
        png_with_html_in_its_text(),
        gif_with_html_after_its_end(),
    ],
    ids=["comment", "after the end", "text chunk", "gif"],
)
def test_html_inside_a_photo_is_removed(
    visitor: Visitor, service: PhotoService, backend: Backend, body: bytes
) -> None:
    """The photo is published, and none of its public objects holds the HTML."""
    response = visitor.upload(body, names=("photo.html",))
    assert response.status_code == 303
    photo = service.get(response.location.rpartition("/")[2])
    for key in photo.object_keys:
        published = backend.objects.get(key)
        assert b"<script" not in published
        assert Image.open(BytesIO(published)).get_format_mimetype() in {
            "image/jpeg",
            "image/png",
            "image/gif",
        }
        assert key.rpartition(".")[2] in {"jpg", "png", "gif"}


@pytest.mark.parametrize("name", ["photo.jpg", "photo.svg", "photo.html"])
def test_a_file_that_is_not_a_photo_is_refused_whatever_its_name(
    visitor: Visitor, backend: Backend, name: str
) -> None:
    """HTML, SVG, PDF and ICO files get 422, and nothing is stored."""
    for body in (SVG, SCRIPT, b"GIF89a/*" + SCRIPT, b"%PDF-1.7\n", b"\x00\x00\x01\x00"):
        assert visitor.upload(body, names=(name,)).status_code == 422, body[:10]
    assert list(backend.objects.list("")) == []


def test_objects_have_image_types_and_fixed_file_names(visitor: Visitor, backend: Backend) -> None:
    """The name of the uploaded file does not reach Content-Type or Content-Disposition."""
    visitor.upload(png_with_html_in_its_text(), names=('"; filename="evil.html',))
    headers = [
        _content_headers(visitor, backend, stored.key) for stored in backend.objects.list("photos/")
    ]
    assert {content_type for content_type, _ in headers} == {"image/jpeg", "image/png"}
    assert not any("evil" in disposition for _, disposition in headers)


def _content_headers(visitor: Visitor, backend: Backend, key: str) -> tuple[str, str]:
    """Return Content-Type and Content-Disposition, from the bucket or from the app."""
    if backend.clients:
        head = backend.clients.s3.head_object(Bucket=BUCKET, Key=key)
        return head["ContentType"], head["ContentDisposition"]
    headers = visitor.get(f"/media/{key}").headers
    return headers["Content-Type"], headers["Content-Disposition"]
