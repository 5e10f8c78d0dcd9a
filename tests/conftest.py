"""The site on both storage backends, and a visitor of it."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from app import create_app
from app.config import Config
from app.imaging import pipeline
from app.imaging.credit_writing import write_credit
from app.services import deadline
from app.services.factory import Services, build_services
from app.services.photo_service import PhotoService
from app.services.quotas import Quota
from app.web.rendering import static_files
from tests.backends import Backend, aws_backend, local_backend
from tests.compiled_once import RuleCompiledOnce, TemplatesCompiledOnce
from tests.storage.local.disk_syncs import without_syncs
from tests.storage.local.rates_in_memory import rates_in_memory
from tests.visitor import Visitor

pytest_plugins = [
    "pytester",
    "tests.lanes.folders",
    "tests.lanes.sampling",
    "tests.object_stores.seaweedfs",
    "tests.faults.report",
]

SECRET = "a secret for tests alone"
ADMIN_PASSWORD = "change it all"
DEADLINE = 60.0  # seconds
TESTS = Path(__file__).parent
# Tests that mostly wait for processes. Those with the same number run one after the other.
WAITING = {
    "https": 0,
    "container": 0,
    "browser": 1,
    "server": 2,
    "party": 3,
    "firefox": 3,
    "object_stores": 3,
}


# A busy machine takes longer for some examples. No test asserts a time.
settings.register_profile("shoebox", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("sample", settings.get_profile("shoebox"), max_examples=25)


def pytest_configure(config: pytest.Config) -> None:
    """Do once in a process what each app that is created would do with the same files."""
    has_all_cases = config.getoption("--exhaustive") or config.getoption("--remaining")
    settings.load_profile("shoebox" if has_all_cases else "sample")
    Flask.jinja_options = {"bytecode_cache": TemplatesCompiledOnce(_folder_of_run(config))}
    Flask.url_rule_class = RuleCompiledOnce
    static_files._hash_of = cache(static_files._hash_of)


def _folder_of_run(config: pytest.Config) -> Path | None:
    """Return a folder that the workers of pytest-xdist share in this run."""
    if not hasattr(config, "workerinput"):
        return None
    folder = Path(config.option.basetemp).parent / "templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.hookimpl(specname="pytest_collection_modifyitems", trylast=True)
def pytest_start_with_waiting_tests(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let some workers start with the tests that wait, while the others use the processors.

    pytest-xdist gives each worker as many tests, in their order. If tests of a minute came last,
    the other workers would have nothing left to do.
    """
    workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    waiting: defaultdict[int, list[pytest.Item]] = defaultdict(list)
    others: list[pytest.Item] = []
    for item in items:
        number = WAITING.get(item.path.relative_to(TESTS).parts[0])
        (others if number is None else waiting[number % workers]).append(item)
    rest = iter(others)
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        share = (len(items) - len(ordered)) // (workers - worker)
        first = waiting[worker]
        ordered += [*first, *islice(rest, max(share - len(first), 0))]
    items[:] = [*ordered, *rest]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect no garbage while tests are collected, which saves a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Collect garbage less often, and never imported modules: this saves a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _no_periodic_tasks() -> Iterator[None]:
    """Start no background tasks in this process: they would outlive the folders of their tests."""
    with (
        mock.patch("app.periodic_tasks.start", _start_nothing),
        mock.patch("app.backends._start_in_background"),
    ):
        yield


def _start_nothing(_name: str, _task: object, _interval: float | None = None) -> None:
    """Keep no reference to the task, which has one to a whole site."""


@pytest.fixture(scope="session", autouse=True)
def _no_syncs() -> Iterator[None]:
    with without_syncs():
        yield


@pytest.fixture
def counts_in_memory() -> Iterator[None]:
    """Let a test that sends thousands of requests write no file for each."""
    with rates_in_memory():
        yield


@pytest.fixture(autouse=True)
def long_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests and uploads take longer: on a busy machine moto needs seconds for a page."""

    def set_deadline(seconds: float | None) -> None:
        deadline.set_deadline(None if seconds is None else DEADLINE)

    def timeout(_seconds: float) -> AbstractContextManager[None]:
        return deadline.timeout(DEADLINE)

    monkeypatch.setattr("app.web.middleware.request_deadline.set_deadline", set_deadline)
    monkeypatch.setattr("app.services.upload_service.timeout", timeout)
    monkeypatch.setattr("app.web.auth.principals.principal.timeout", timeout)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        photo_dir=tmp_path,
        secret_key=SECRET,
        max_upload_mb=2,
        max_request_mb=20,
        max_pixels=10_000_000,
    )


@pytest.fixture(params=["local", "aws"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    if request.param == "local":
        yield local_backend(tmp_path)
    else:
        with aws_backend() as backend:
            yield backend


@pytest.fixture
def services(backend: Backend, config: Config) -> Services:
    return services_of(backend, config)


@pytest.fixture
def service(services: Services) -> PhotoService:
    return services.photos


def services_of(backend: Backend, config: Config, **options: Any) -> Services:
    """Return the services; objects are stored one at a time, since moto is not thread-safe."""
    limits = pipeline.ImageLimits(
        config.max_pixels, config.keep_location, config.keep_credit, config.read_captions
    )
    return build_services(
        backend,
        partial(pipeline.process_image, limits=limits),
        max_file_bytes=config.max_upload_bytes,
        contributor_quota=Quota(
            config.max_photos_per_contributor, config.max_bytes_per_contributor
        ),
        site_quota=Quota(config.max_photos, config.max_bytes),
        default_credit=config.default_credit,
        write_credit=partial(write_credit, limits=limits),
        max_parallel_uploads=1,
        **options,
    )


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(config, services)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    """A visitor who has logged in, on a site whose `config` has this password."""
    admin = Visitor(app)
    admin.send("/login", password=ADMIN_PASSWORD)
    return admin
