"""Pages and scripts dressed as photos: none comes back as anything a browser would run."""

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


def jpeg_with_a_page_in_its_comment() -> bytes:
    whole = jpeg()
    comment = b"\xff\xfe" + (len(SCRIPT) + 2).to_bytes(2, "big") + SCRIPT
    return whole[:2] + comment + whole[2:]


def png_with_a_page_in_its_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SCRIPT.decode())
    file = BytesIO()
    picture(64, 48).save(file, "PNG", pnginfo=text)
    return file.getvalue()


def gif_with_a_page_behind_it() -> bytes:
    file = BytesIO()
    picture(64, 48).save(file, "GIF", comment=SCRIPT)
    return file.getvalue() + SCRIPT


@pytest.mark.parametrize(
    "body",
    [
        jpeg_with_a_page_in_its_comment(),
        jpeg() + SCRIPT,
        png_with_a_page_in_its_text(),
        gif_with_a_page_behind_it(),
    ],
    ids=["comment", "after the end", "text chunk", "gif"],
)
def test_a_page_inside_a_photo_is_not_published(
    visitor: Visitor, service: PhotoService, body: bytes
) -> None:
    """The photo is taken, and no public object of it holds a word of the page."""
    answer = visitor.upload(body, names=("photo.html",))
    assert answer.status_code == 303
    photo = service.get(answer.location.rpartition("/")[2])
    for key in photo.object_keys:
        published = service.objects.get(key)
        assert b"<script" not in published
        assert Image.open(BytesIO(published)).get_format_mimetype() in {
            "image/jpeg",
            "image/png",
            "image/gif",
        }
        assert key.rpartition(".")[2] in {"jpg", "png", "gif"}


@pytest.mark.parametrize("name", ["photo.jpg", "photo.svg", "photo.html"])
@pytest.mark.parametrize(
    "body", [SVG, SCRIPT, b"GIF89a/*" + SCRIPT, b"%PDF-1.7\n", b"\x00\x00\x01\x00"]
)
def test_what_is_no_photo_is_refused_whatever_its_name(
    visitor: Visitor, backend: Backend, name: str, body: bytes
) -> None:
    """A page, a drawing with scripts or a document is a 422, and nothing of it is stored."""
    assert visitor.upload(body, names=(name,)).status_code == 422
    assert list(backend.objects.list("")) == []


def test_an_object_is_what_its_key_says(visitor: Visitor, backend: Backend) -> None:
    """What is sent along with an object is an image type and a fixed file name, whatever the upload was called."""
    visitor.upload(png_with_a_page_in_its_text(), names=('"; filename="evil.html',))
    sent = [_sent_with(visitor, backend, stored.key) for stored in backend.objects.list("photos/")]
    assert {content_type for content_type, _ in sent} == {"image/jpeg", "image/png"}
    assert not any("evil" in disposition for _, disposition in sent)


def _sent_with(visitor: Visitor, backend: Backend, key: str) -> tuple[str, str]:
    """Content-Type and Content-Disposition, from the bucket or from the app."""
    if backend.clients:
        head = backend.clients.s3.head_object(Bucket=BUCKET, Key=key)
        return head["ContentType"], head["ContentDisposition"]
    headers = visitor.get(f"/media/{key}").headers
    return headers["Content-Type"], headers["Content-Disposition"]
