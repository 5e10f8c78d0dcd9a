"""Shoebox: all the work of an upload, from the form's body until something is stored.

With the argument `peers` it makes the renditions that its peers make, else all of its own.
"""

import sys
from io import BytesIO

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import parse_form_data
from werkzeug.test import stream_encode_multipart

from app.domain.image import rendition_sizes
from app.imaging.pipeline import ImageLimits, process_image
from benchmarks.implementations.worker import WIDTHS, serve

LIMITS = ImageLimits(max_pixels=200_000_000)
Form = tuple[bytes, str]  # body and boundary


def encode_form(data: bytes) -> Form:
    """Return the form that a browser sends."""
    file = FileStorage(BytesIO(data), "IMG_0001.jpg")
    fields: MultiDict[str, object] = MultiDict({"photo": file, "title": "Pier"})
    stream, _, boundary = stream_encode_multipart(fields, use_tempfile=False)
    return stream.read(), boundary


def upload(form: Form) -> list[bytes]:
    """Parse the form and process the photo; return the renditions, smallest first."""
    body, boundary = form
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": f'multipart/form-data; boundary="{boundary}"',
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    _, _, files = parse_form_data(environ)
    file = files["photo"]
    processed = process_image(file.stream, LIMITS)  # type: ignore[arg-type]
    file.close()
    return [rendition.body for rendition in processed.renditions]


if __name__ == "__main__":
    if "peers" in sys.argv:
        rendition_sizes.JPEG_WIDTHS = WIDTHS  # type: ignore[assignment]
        rendition_sizes.AVIF_WIDTHS = ()  # type: ignore[assignment]
        rendition_sizes.PORTRAIT_AVIF_WIDTHS = ()  # type: ignore[assignment]
    serve(upload, encode_form)
