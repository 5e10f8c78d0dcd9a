"""The kinds of sites that attacks need. Each site has 5000 photos and 100 000 tags."""

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.storage.local import sqlite
from app.storage.local.sqlite_database import SqliteDatabase
from tests.https.instance import serving_instance
from tests.sample_photos import make_photo
from tests.server.site import GUNICORN, RunningSite

_RECYCLE_AFTER = 200  # requests of a gunicorn worker, instead of 5000
_PHOTOS = 5000
_TAGS_OF_PHOTO = 20
_CATALOG = "catalog.sqlite3"
_OPEN_FILES = 16_384  # of nginx, whose systemd unit allows more, and of the attacker
_MAX_REQUEST_MB = 500  # the default of an instance


@dataclass(frozen=True, slots=True)
class Site:
    """A running site. All its files are in `folder`, temporary ones too."""

    url: str
    folder: Path


@dataclass(frozen=True, slots=True)
class SiteKind:
    """A way to run the site with the photos in a folder. `name` is shown to people."""

    name: str
    running: Callable[[Path], AbstractContextManager[Site]]
    needs_nginx: bool = False


def create_catalog(folder: Path) -> None:
    """Write a catalog whose photos all have different tags, in one transaction."""
    database = SqliteDatabase(folder / _CATALOG)
    with database.transaction() as db:
        for number in range(_PHOTOS):
            first = number * _TAGS_OF_PHOTO
            tags = tuple(f"tag {first + n:06}" for n in range(_TAGS_OF_PHOTO))
            sqlite._add(db, make_photo(tags=tags))
    database.close()


def copy_catalog(source: Path, folder: Path) -> None:
    """Copy what `create_catalog` wrote into the folder `source`."""
    shutil.copy(source / _CATALOG, folder)


@contextmanager
def _running(folder: Path, module: str = "app", **settings: str) -> Iterator[Site]:
    temporary = folder / "tmp"
    temporary.mkdir()
    with (
        RunningSite(folder, module, TMPDIR=str(temporary), **settings) as site,
        _many_open_files(),
    ):
        yield Site(site.url, folder)


@contextmanager
def _behind_nginx(folder: Path, **settings: str) -> Iterator[Site]:
    with (
        _running(folder, GUNICORN, PROXY_HOPS="1", **settings) as app,
        serving_instance(app.url.removeprefix("http://"), folder, _MAX_REQUEST_MB) as instance,
    ):
        yield Site(f"http://127.0.0.1:{instance.http}", folder)


@contextmanager
def _many_open_files() -> Iterator[None]:
    """Allow this process, and those that it starts in the block, as many files as connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_OPEN_FILES, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


MAKE_RUN = SiteKind("make run", _running)
# Alone, gunicorn is not safe from slow clients: nginx keeps them away.
GUNICORN_ALONE = SiteKind(
    "gunicorn",
    partial(
        _running,
        module="tests.server.early_recycling",
        WEB_CONCURRENCY="2",
        RECYCLE_AFTER=str(_RECYCLE_AFTER),
    ),
)
NGINX = SiteKind("nginx", _behind_nginx, needs_nginx=True)
NGINX_WITH_PASSWORD = SiteKind(
    "nginx, password", partial(_behind_nginx, UPLOAD_PASSWORD="let me upload"), needs_nginx=True
)
