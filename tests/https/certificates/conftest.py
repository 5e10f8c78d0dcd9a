"""An instance with and without a certificate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.https.authority import Authority
from tests.https.certificates.domain import authority, certify, on_https
from tests.https.instance import Instance, serving_instance
from tests.server.site import GUNICORN, RunningSite


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = {"PROXY_HOPS": "1", "WEB_CONCURRENCY": "1"}
    with RunningSite(tmp_path_factory.mktemp("photos"), GUNICORN, **settings) as site:
        yield site.url.removeprefix("http://")


@pytest.fixture
def instance(app: str, tmp_path: Path) -> Iterator[Instance]:
    with serving_instance(app, tmp_path) as made:
        yield made


@pytest.fixture(scope="package")
def certified(
    app: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Instance, Authority]]:
    """Yield an instance that is served over HTTPS, for tests that do not change it."""
    folder = tmp_path_factory.mktemp("certified")
    with serving_instance(app, folder) as made, authority(made) as running:
        assert certify(made, running).startswith("0 ")
        on_https(made)
        yield made, running
