"""Shoebox: all that an upload costs before anything is stored, from the form's body on."""

from io import BytesIO

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import parse_form_data
from werkzeug.test import stream_encode_multipart

from app.imaging.pipeline import ImageLimits, process_image
from benchmarks.contestants.worker import serve

LIMITS = ImageLimits(max_bytes=200 * 2**20, max_pixels=200_000_000)
Form = tuple[bytes, str]  # its body and its boundary


def form(data: bytes) -> Form:
    """What a browser sends."""
    parts: MultiDict[str, object] = MultiDict(
        {"photo": FileStorage(BytesIO(data), "IMG_0001.jpg"), "title": "Pier"}
    )
    stream, _, boundary = stream_encode_multipart(parts, use_tempfile=False)
    return stream.read(), boundary


def upload(sent: Form) -> list[bytes]:
    """Multipart, hash, EXIF, cleaning, decoding, renditions, placeholder; the renditions, smallest first."""
    body, boundary = sent
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": f'multipart/form-data; boundary="{boundary}"',
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    _, _, files = parse_form_data(environ)
    prepared = process_image(files["photo"].stream, LIMITS)  # type: ignore[arg-type]  # Werkzeug's IO[bytes] is a BinaryIO
    files["photo"].close()
    return [rendition.body for rendition in prepared.renditions]


if __name__ == "__main__":
    serve(upload, form)
