"""A site on a home of its own, restarted as often as a test likes, and the clock it goes by."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask

from app import _quotas, create_app
from app.config import Config
from app.domain.photo import Photo
from app.services.photo_service import PhotoLibrary
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.s3 import S3Store
from app.storage.local.sqlite import SqliteCatalog
from app.web.context import Site, install
from tests.backends import BUCKET, TABLE, Home, aws_home, embedded_home
from tests.cli.test_cli import run
from tests.faults.fault_points import at_aws, at_ports, on_disk
from tests.faults.injection import Injector
from tests.maintenance.conftest import add, prepared
from tests.visitor import Visitor

CONFIG = Config(secret_key="a secret for tests alone", upload_rate_limit="1000000 per minute")


@dataclass(frozen=True)
class Answer:
    """What whoever did something was told."""

    status: int
    text: str = ""
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        """Whether they were told that it is done."""
        return self.status == 303


def serve(app: Flask, library: PhotoLibrary) -> None:
    """Put other use cases behind an app's pages."""
    site: Site = app.extensions["shoebox"]
    install(app, replace(site, library=library, quotas=_quotas(site.config, library)))


class Rig:
    """One site; `home` is as it is, without any fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app: Flask = create_app(
            replace(CONFIG, photo_dir=folder, runtime_dir=folder.parent), self._library(embedded_home(folder))
        )

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Stand on a new home, with one photo that nothing is done to, and a visitor who has done nothing yet."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with aws_home() if name == "aws" else nullcontext(embedded_home(self.folder)) as home:
            self.home, self.later, self.visitor = home, timedelta(), Visitor(self.app)
            self.bystander = add(self.restart(), title="By", tags="sea")
            yield
            self._close()

    def now(self) -> datetime:
        """The time that moves are held to."""
        return datetime.now(UTC) + self.later

    def restart(self) -> PhotoLibrary:
        """Begin again with nothing but what the home has kept; gives the use cases."""
        self._close()
        if clients := self.home.clients:
            objects = S3Store(clients.s3, BUCKET, "https://media.invalid")
            self.home = Home("aws", objects, DynamoCatalog(clients.dynamodb, TABLE), clients)
        else:
            self.home = embedded_home(self.folder)
        return self._serve(self.home)

    @contextmanager
    def failing(self, level: str, injector: Injector) -> Iterator[None]:
        """Let the home fail at one level while the block goes on."""
        self.restart()
        with ExitStack() as stack:
            if level == "ports":
                self._serve(at_ports(self.home, injector))
            elif self.home.clients:
                stack.enter_context(at_aws(self.home.clients, injector))
            else:
                stack.enter_context(on_disk(self.folder, injector))
            yield
        self.restart()

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Serve the block from another instance on the same home."""
        here = self.app.extensions["shoebox"]
        self._serve(self.home)
        yield
        install(self.app, here)

    def fields(self, path: str) -> dict[str, str]:
        """The hidden fields of a form."""
        return self.visitor.fields(path)

    def post(self, path: str, fields: dict[str, str], photo: bytes = b"") -> Answer:
        """Send a form."""
        answer = self.visitor.post(path, fields | ({"photo": (BytesIO(photo), "a.jpg")} if photo else {}))
        return Answer(answer.status_code, answer.text, answer.headers.get("Retry-After"))

    def purge(self) -> Answer:
        """Empty the trash, as the operator does."""
        done = run(self.app, "purge", "--apply")
        return Answer(303 if done.exit_code == 0 else 500, done.output)

    def photos(self) -> list[Photo]:
        """Every record but the bystander's."""
        return [photo for photo in self.home.catalog.photos() if photo.photo_id != self.bystander.photo_id]

    def _library(self, home: Home) -> PhotoLibrary:
        return PhotoLibrary(home.objects, home.catalog, prepared, now=self.now, putters=1)

    def _serve(self, home: Home) -> PhotoLibrary:
        library = self._library(home)
        serve(self.app, library)
        return library

    def _close(self) -> None:
        if isinstance(self.home.catalog, SqliteCatalog):
            self.home.catalog.close()
