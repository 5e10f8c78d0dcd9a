"""The contents of a ZIP file."""

import json
import zipfile
from io import BytesIO

from werkzeug.test import TestResponse

LAKE = "/download.zip?in=tag:lake"


def files_in(answer: TestResponse) -> dict[str, bytes]:
    """Return the files of a whole ZIP file, which must be intact."""
    assert answer.status_code == 200, answer.text
    assert len(answer.data) == answer.content_length
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def photos_in(answer: TestResponse) -> list[str]:
    """Return the ids of the photos, in their order."""
    return [photo["photo_id"] for photo in json.loads(files_in(answer)["photos.json"])["photos"]]
