"""A site that a test can restart, with a clock that it can move."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from flask import Flask

from app import create_app
from app.config import Config
from app.domain.file_sizes import MB
from app.domain.photo import Photo
from app.services.factory import Services, build_services
from app.services.photo_service import PhotoService
from app.storage.aws.s3 import S3Store
from app.storage.local.sqlite import SqliteCatalog
from app.web.auth.contributor_cookie import COOKIE as CONTRIBUTOR_COOKIE
from app.web.auth.contributor_name import COOKIE as NAME_COOKIE
from app.web.context import AppContext, init_app
from app.web.cookies import SESSION_COOKIE
from tests.backends import (
    BUCKET,
    Backend,
    aws_backend,
    aws_backend_of,
    local_backend,
    store_backend,
    store_backend_of,
)
from tests.cli.test_cli import run
from tests.faults import stored_state
from tests.faults.fault_points import at_ports, below_ports
from tests.faults.injection import Injector
from tests.faults.shortcuts.inline_executor import inline_executors
from tests.maintenance.conftest import add, prepared, with_credit
from tests.visitor import Visitor

COOKIES = (SESSION_COOKIE, CONTRIBUTOR_COOKIE, NAME_COOKIE)
CONFIG = Config(secret_key="a secret for tests alone", upload_rate_limit="1000000 per minute")


@dataclass(frozen=True)
class Answer:
    """The response to an operation."""

    status: int
    text: str = ""
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        """Return whether the operation succeeded."""
        return self.status == 303


@dataclass(frozen=True)
class Checkpoint:
    """The state with which a site continues from an earlier time."""

    restore: stored_state.Restore
    cookies: dict[str, str]
    csrf_token: str
    other_photo: Photo


def serve(app: Flask, services: Services) -> None:
    """Replace the services of an app."""
    site: AppContext = app.extensions["shoebox"]
    init_app(app, replace(site, services=services))


class RestartableSite:
    """A site. `backend` is its storage without faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: set[tuple[str, str, str]] = set()
        self.app: Flask = create_app(
            replace(CONFIG, photo_dir=folder, runtime_dir=folder.parent),
            self._services(local_backend(folder)),
        )
        self._cookie_name = cache(Visitor(self.app).cookie_name)

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Use a new backend with one other photo, and a new visitor."""
        with self.on_empty(name):
            self.populate()
            yield

    @contextmanager
    def on_empty(self, name: str) -> Iterator[None]:
        """Use a new backend, and a new visitor."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with self._new_backend(name) as backend:
            self.backend, self.later = backend, timedelta()
            self.visit_with({})
            with inline_executors():
                yield
            self._close()

    def _new_backend(self, name: str) -> AbstractContextManager[Backend]:
        if name == "aws":
            return aws_backend()
        if name == "store":
            return store_backend(self.folder)
        return nullcontext(local_backend(self.folder))

    def populate(self) -> None:
        """Publish the other photo."""
        self.restart()
        self.other_photo = add(self.backend, title="By", tags="sea")

    def checkpoint(self, folder: Path) -> Checkpoint:
        """Save the stored data in a new folder, and the visitor."""
        self._close()
        restore = stored_state.save(self.backend, self.folder, folder)
        return Checkpoint(restore, self.cookies(), self._csrf_token, self.other_photo)

    def return_to(self, checkpoint: Checkpoint) -> None:
        """Restore the data and the visitor."""
        self._close()
        checkpoint.restore()
        self.later = timedelta()
        self.visit_with(checkpoint.cookies)
        self._csrf_token, self.other_photo = checkpoint.csrf_token, checkpoint.other_photo

    def cookies(self) -> dict[str, str]:
        """Return the visitor's cookies by purpose."""
        cookies = {purpose: self.visitor.cookie(purpose) for purpose in COOKIES}
        return {purpose: value for purpose, value in cookies.items() if value}

    def visit_with(self, cookies: dict[str, str]) -> None:
        """Start a new visit with the cookies of an earlier one."""
        self.visitor, self._csrf_token = Visitor(self.app), ""
        for purpose, value in cookies.items():
            self.visitor.client.set_cookie(self._cookie_name(purpose), value)

    @property
    def services(self) -> Services:
        """The services that the site uses now."""
        site: AppContext = self.app.extensions["shoebox"]
        return site.services

    def is_known(self, quality: str) -> bool:
        """Return whether a stored state that equals the present one was noted with a quality."""
        return self._state(quality) in self._known

    def note(self, quality: str, check: Callable[[], None] = lambda: None) -> None:
        """Note that the stored state has a quality, if the check passes, which may change it."""
        state = self._state(quality)
        check()
        self._known.add(state)

    def _state(self, quality: str) -> tuple[str, str, str]:
        return quality, self.backend.name, stored_state.digest(self.backend, self.folder)

    def now(self) -> datetime:
        """Return the time for leases."""
        return datetime.now(UTC) + self.later

    def restart(self) -> PhotoService:
        """Restart with the stored data only and return the service."""
        self._open_again()
        return self._serve(self.backend)

    def _open_again(self) -> None:
        self._close()
        if clients := self.backend.clients:
            objects = S3Store(clients.s3, BUCKET, "https://media.invalid")
            self.backend = aws_backend_of(objects, clients)
        elif self.backend.name == "store":
            self.backend = store_backend_of(self.backend.objects, self.folder)
        else:
            self.backend = local_backend(self.folder)

    @contextmanager
    def failing(self, level: str, injector: Injector) -> Iterator[None]:
        """Inject faults at one level inside the block. Then the stored data can be read."""
        self._open_again()
        is_at_ports = level == "ports"
        self._serve(at_ports(self.backend, injector) if is_at_ports else self.backend)
        with nullcontext() if is_at_ports else below_ports(self.backend, self.folder, injector):
            yield
        self._open_again()

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Serve the block from another instance on the same backend."""
        here = self.app.extensions["shoebox"]
        self._serve(self.backend)
        yield
        init_app(self.app, here)

    def fields(self, path: str) -> dict[str, str]:
        """Return the hidden fields of a form."""
        found = self.visitor.fields(path)
        self._csrf_token = found["csrf_token"]
        return found

    def csrf_token(self) -> str:
        """Return the token of the visitor's session, which every form of the session has."""
        if not self._csrf_token:
            self._csrf_token = self.fields("/upload")["csrf_token"]
        return self._csrf_token

    def post(self, path: str, fields: dict[str, str], photo: bytes = b"") -> Answer:
        """Send a form."""
        if photo:
            answer = self.visitor.post(path, fields | {"photo": (BytesIO(photo), "a.jpg")})
        else:
            answer = self.visitor.client.post(path, data=fields)
        return Answer(answer.status_code, answer.text, answer.headers.get("Retry-After"))

    def purge(self) -> Answer:
        """Run the purge command."""
        done = run(self.app, "purge", "--apply")
        return Answer(303 if done.exit_code == 0 else 500, done.output)

    def photos(self) -> list[Photo]:
        """Return every record but that of the other photo."""
        other = self.other_photo.photo_id
        return [photo for photo in self.backend.catalog.photos() if photo.photo_id != other]

    def _services(self, backend: Backend) -> Services:
        return build_services(
            backend,
            prepared,
            max_file_bytes=MB,
            now=self.now,
            max_parallel_uploads=1,
            write_credit=with_credit,
        )

    def _serve(self, backend: Backend) -> PhotoService:
        services = self._services(backend)
        serve(self.app, services)
        return services.photos

    def _close(self) -> None:
        if isinstance(self.backend.catalog, SqliteCatalog):
            self.backend.catalog.close()
