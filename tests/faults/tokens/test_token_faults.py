"""A fault at any call to the storage leaves a token valid or revoked, and says nothing wrong."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.backends import Backend, aws_backend, local_backend
from tests.conftest import services_of
from tests.faults.fault_points import at_aws, on_disk
from tests.faults.injection import (
    AFTER,
    BEFORE,
    DENIED,
    FULL,
    GONE,
    LOST_ONCE,
    TIMEOUT,
    Fault,
    Injector,
)
from tests.faults.restartable_site import CONFIG

PASSWORD = "let me rule the site"
PAGE = "/admin/tokens"
FIELDS = {"name": "Wall", "role": "contributor"}
FAULTS = {
    "aws": (BEFORE, AFTER, TIMEOUT, DENIED, GONE, LOST_ONCE),
    "local": (BEFORE, TIMEOUT, DENIED, FULL, GONE),
}
pytestmark = pytest.mark.exhaustive("faults of tokens")
CASES = [(name, fault) for name, faults in FAULTS.items() for fault in faults]


@dataclass(frozen=True)
class Site:
    """A site with an admin, and how to inject a fault into its storage."""

    app: Flask
    services: Services
    at_storage: Callable[[Injector], AbstractContextManager[None]]
    restarted: Callable[[], "Site"]  # without connections that inject faults

    def ask(self, path: str, bearer: str = PASSWORD) -> TestResponse:
        return self.app.test_client().get(path, headers={"Authorization": f"Bearer {bearer}"})

    def send(self, path: str, fields: dict[str, str]) -> TestResponse:
        headers = {"Authorization": f"Bearer {PASSWORD}"}
        return self.app.test_client().post(path, data=fields, headers=headers)

    def is_valid(self, secret: str) -> bool:
        return self.services.tokens.find(secret) is not None


def site_on(backend: Backend, folder: Path) -> Site:
    config = replace(CONFIG, photo_dir=folder, runtime_dir=folder.parent, admin_password=PASSWORD)
    services = services_of(backend, config)
    clients = backend.clients

    def at_storage(injector: Injector) -> AbstractContextManager[None]:
        return at_aws(clients, injector) if clients else on_disk(folder, injector)

    def restarted() -> Site:
        return site_on(backend if clients else local_backend(folder), folder)

    return Site(create_app(config, services), services, at_storage, restarted)


@contextmanager
def new_site(name: str, tmp_path: Path, number: int) -> Iterator[Site]:
    folder = tmp_path / str(number) / "site"
    folder.mkdir(parents=True)
    if name == "local":
        yield site_on(local_backend(folder), folder)
        return
    with aws_backend() as backend:
        yield site_on(backend, folder)


def every_step(name: str, fault: Fault, tmp_path: Path) -> Iterator[tuple[Site, Injector]]:
    """Yield a new site and the fault at each of its steps, until an operation has no more steps."""
    for step in range(1, 50):
        injector = Injector(fault, step)
        with new_site(name, tmp_path, step) as site:
            yield site, injector
        if injector.injected_at is None:
            return
    raise AssertionError(fault)


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_token_is_created_or_not(
    name: str, fault: Fault, tmp_path: Path, no_pauses: None
) -> None:
    """A secret that was shown works. Without an answer, the page lists the tokens."""
    for faulty, injector in every_step(name, fault, tmp_path):
        faulty.services.tokens.all()  # opens the file
        with faulty.at_storage(injector):
            answer = faulty.send(PAGE, FIELDS)
        site = faulty.restarted()
        assert answer.status_code in {201, 503}, injector.injected_at
        if answer.status_code == 503:
            answer = site.send(PAGE, FIELDS)
        tokens = site.services.tokens.all()
        assert [token.name for token in tokens] == ["Wall"], injector.injected_at
        if answer.status_code == 422:  # the answer was lost, and the name is taken
            assert "There is a token with this name already." in answer.text
            site.send(f"{PAGE}/{tokens[0].token_id}/revoke", {})
            answer = site.send(PAGE, FIELDS)
        (secret,) = re.findall("shoebox_[0-9a-f]{40}", answer.text)
        assert site.is_valid(secret), injector.injected_at


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_token_is_revoked_or_not(
    name: str, fault: Fault, tmp_path: Path, no_pauses: None
) -> None:
    """A page that says so is right, and pressing the button again ends it."""
    for faulty, injector in every_step(name, fault, tmp_path):
        secret, token = faulty.services.tokens.create("Wall", Role.CONTRIBUTOR, None, None)
        path = f"{PAGE}/{token.token_id}/revoke"
        with faulty.at_storage(injector):
            answer = faulty.send(path, {})
        site = faulty.restarted()
        assert answer.status_code in {303, 503}, injector.injected_at
        if answer.status_code == 503:
            assert site.send(path, {}).status_code == 303
        assert not site.is_valid(secret), injector.injected_at
        assert site.ask("/uploads", secret).status_code == 401


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_valid_token_is_not_called_wrong(
    name: str, fault: Fault, tmp_path: Path, no_pauses: None
) -> None:
    """If the storage does not answer, that is no fault of the script, and does not count as one."""
    for site, injector in every_step(name, fault, tmp_path):
        secret, _token = site.services.tokens.create("Wall", Role.CONTRIBUTOR, None, None)
        with site.at_storage(injector):
            answer = site.ask("/uploads", secret)
        assert answer.status_code in {200, 503}, injector.injected_at
        assert "Retry-After" in answer.headers or answer.status_code == 200
        assert site.restarted().ask("/uploads", secret).status_code == 200
