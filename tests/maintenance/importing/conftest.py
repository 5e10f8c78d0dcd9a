"""Fixtures: the site into which photos are imported, and small trees of files."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result
from flask import Flask
from PIL import Image
from PIL.ExifTags import IFD, Base

from app import create_app
from app.config import Config
from app.domain.photo import Photo
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.sample_images import jpeg

# The clock is eight hours ahead of UTC in winter and in summer.
ZONE = ZoneInfo("Asia/Singapore")

Content = bytes | str | dict[str, Any]


@pytest.fixture
def config(config: Config) -> Config:
    """The settings of a site that is not in the time zone UTC."""
    return Config(
        photo_dir=config.photo_dir,
        secret_key=config.secret_key,
        max_upload_mb=4,  # more than a sidecar may have
        max_request_mb=config.max_request_mb,
        max_pixels=config.max_pixels,
        timezone=ZONE,
    )


@pytest.fixture
def app(config: Config, backend: Backend) -> Flask:
    """The site, with the real image pipeline."""
    return create_app(config, services_of(backend, config))


def small(*, taken: str = "", seed: int | None = None) -> bytes:
    """Return a small photo, with the date taken if there is one: `2001:02:03 04:05:06`."""
    exif = Image.Exif()
    if taken:
        exif[Base.Make] = "Acme"
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = taken
    return jpeg(40, 30, seed=seed, exif=exif)


def write(root: Path, files: dict[str, Content]) -> Path:
    """Write files by their paths: bytes, texts, or JSON objects."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        body = json.dumps(content) if isinstance(content, dict) else content
        target.write_bytes(body.encode() if isinstance(body, str) else body)
    return root


@dataclass(frozen=True, slots=True)
class Site:
    """The site, by its commands and its photos."""

    app: Flask
    backend: Backend

    def run(self, folder: Path, *options: str) -> Result:
        """Run `import`."""
        return run(self.app, "import", str(folder), *options)

    def photos(self) -> dict[str, Photo]:
        """Return the photos by the names of their files, which are all different."""
        photos = list(self.backend.catalog.photos())
        by_name = {photo.filename: photo for photo in photos}
        assert len(by_name) == len(photos)
        return by_name


@pytest.fixture
def site(app: Flask, backend: Backend) -> Site:
    return Site(app, backend)


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[dict[str, Content]], Path]:
    """Write the files of one folder, and return the folder."""

    def make(files: dict[str, Content]) -> Path:
        return write(tmp_path / "tree", files)

    return make


Tree = Callable[[dict[str, Content]], Path]
