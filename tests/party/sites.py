"""The sites at which a party is held: the local one, and an instance on an emulator of AWS."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.https.instance import NGINX, serving_instance
from tests.party import emulator
from tests.party.party import WHOLE, WHOLE_ON_AWS, Size
from tests.server.client import run_command
from tests.server.site import RunningSite

# With the default of 600 photos a minute, a party of 3000 photos takes five minutes. One address
# may add a single photo to the gallery, so that guests who counted for it would be refused.
SETTINGS = {"ALBUM_RATE_LIMIT": "6000 per hour", "UPLOAD_RATE_LIMIT": "1 per hour"}
_MODULE = "tests.party.slow_storage"
_MAX_REQUEST_MB = 500  # the default of an instance


@dataclass(frozen=True, slots=True)
class PartySite:
    """A running site.

    Attributes:
        name: The servers, for people.
        url: The address.
        settings: The settings of its commands.
        server: The process id of the server.
        whole: The size of a whole party there.
    """

    name: str
    url: str
    settings: dict[str, str]
    server: int
    whole: Size = WHOLE


@contextmanager
def local_site(folder: Path, **settings: str) -> Iterator[PartySite]:
    """Serve a folder and SQLite as `make run` does."""
    with RunningSite(folder, **SETTINGS | settings) as site:
        yield PartySite("make run, local", site.url, {"PHOTO_DIR": str(folder)}, site.process.pid)


@contextmanager
def aws_site(folder: Path, **settings: str) -> Iterator[PartySite]:
    """Serve an instance: gunicorn, behind nginx where it is installed."""
    with ExitStack() as running:
        objects = Path(running.enter_context(TemporaryDirectory()))
        provisioned, used = running.enter_context(emulator.running(objects))
        run_command("provision", **provisioned, PHOTO_DIR=str(folder))
        aws = used | {"PHOTO_DIR": str(folder)}
        behind = {"PROXY_HOPS": "1"} if NGINX else {}
        module = RunningSite(folder, _MODULE, **aws, **SETTINGS, **behind, **settings)
        site = running.enter_context(module)
        url, name = site.url, "gunicorn, AWS"
        if NGINX:
            app = url.removeprefix("http://")
            folder.chmod(0o755)  # nginx's workers have a user of their own
            nginx = running.enter_context(serving_instance(app, folder, _MAX_REQUEST_MB))
            url, name = f"http://127.0.0.1:{nginx.http}", "nginx and gunicorn, AWS"
        yield PartySite(name, url, aws, site.process.pid, WHOLE_ON_AWS)


SITES = {"local": local_site, "aws": aws_site}
