"""Everything that an answer says, and the secrets in it."""

import io
import zipfile
from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.abuse.private_photos.scene import TAKEN, Scene


def texts_of(response: TestResponse) -> Iterator[str]:
    """Yield everything that an answer says: headers, body, and the files of a ZIP file."""
    yield str(response.headers)
    if response.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(response.data)) as files:
            for name in files.namelist():
                yield name
                yield files.read(name).decode("latin-1")
    yield response.data.decode("latin-1")


def secrets_of(scene: Scene, name: str) -> list[str]:
    """Return what tells of a photo: its words, its dates, and the keys of its objects."""
    photo = scene.photos[name]
    year = TAKEN[name][:4]
    return [name, name.lower(), photo.photo_id, photo.sha256, f"/{year}", f"{year}-"]


def revealed(path: str, response: TestResponse, secrets: list[str]) -> list[str]:
    """Return the secrets in an answer. A path is no secret to those who have sent it."""
    texts = "\n".join(texts_of(response))
    unknown = [secret for secret in secrets if secret.strip("/-") not in path]
    return [secret for secret in unknown if secret in texts]
