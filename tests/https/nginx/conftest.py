"""nginx in front of a site, of a private site and of no site."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.https.instance import Instance, serving_instance
from tests.https.nginx.clients import PASSWORD
from tests.server.site import GUNICORN, RunningSite, free_port

BEHIND_NGINX = {"PROXY_HOPS": "1", "WEB_CONCURRENCY": "1"}
# So that the app would write forged headers into pages.
FORWARDED = {"PROXY_HEADERS": "port,prefix"}


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("open")
    with RunningSite(folder, GUNICORN, **BEHIND_NGINX, **FORWARDED) as running:
        yield running


@pytest.fixture
def instance(site: RunningSite, tmp_path: Path) -> Iterator[Instance]:
    with serving_instance(urlsplit(site.url).netloc, tmp_path) as made:
        yield made


@pytest.fixture
def instance_without_app(tmp_path: Path) -> Iterator[Instance]:
    with serving_instance(f"127.0.0.1:{free_port()}", tmp_path) as made:
        yield made


@pytest.fixture(scope="package")
def private_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance whose visitors need a password to upload, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("private")
    settings = {**BEHIND_NGINX, "UPLOAD_PASSWORD": PASSWORD}
    with (
        RunningSite(folder / "photos", GUNICORN, **settings) as site,
        serving_instance(urlsplit(site.url).netloc, folder) as made,
    ):
        yield made
