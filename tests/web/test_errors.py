"""Error pages say what happened and what to do.

Covers app.web.error_table and app.web.pages.health, app.domain.errors.
"""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.errors import StorageRefused, StorageUnavailable
from app.services.factory import Services
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor
from tests.web.rendering.every_route import answers_to_invalid_forms


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_args: object, **_options: object) -> None:
        raise error

    return fail


def test_unknown_url_is_404(visitor: Visitor) -> None:
    """The page says that there is nothing here."""
    answer = visitor.get("/nothing")
    assert answer.status_code == 404
    assert "We can’t find this page" in answer.text


def test_wrong_method_is_405(visitor: Visitor) -> None:
    """A POST to a URL that only answers GET is a 405."""
    assert visitor.client.post("/tags", headers=JSON).status_code == 405


def test_a_client_that_asks_for_json_gets_no_page_of_a_form(
    config: Config, services: Services
) -> None:
    """An invalid field is a problem in every form, and most forms have one here."""
    answers = answers_to_invalid_forms(config, services)
    errors = {path: answer for path, answer in answers.items() if answer.status_code >= 400}
    assert {answer.content_type for answer in errors.values()} == {"application/problem+json"}
    invalid = [path for path, answer in errors.items() if answer.status_code == 422]
    assert len(invalid) >= 9, invalid


def test_throttled_storage_is_503_and_keeps_the_form(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page names the file and keeps the texts."""
    fields = visitor.fields("/upload")
    monkeypatch.setattr(backend.objects, "put", failing(StorageUnavailable("throttled")))
    answer = visitor.post(
        "/upload", fields | {"photo": (BytesIO(jpeg()), "a.jpg"), "title": "Typed"}
    )
    assert answer.status_code == 503
    assert "a.jpg" in answer.text
    assert "Typed" in answer.text


def test_gallery_without_its_catalog_is_503(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The response says when to try again."""
    monkeypatch.setattr(backend.catalog, "page", failing(StorageUnavailable("timed out")))
    answer = visitor.get("/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_messages_for_operators_are_not_shown_to_visitors(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing permission is a 503 without the name of the bucket; /readyz names it."""
    refusal = StorageRefused("Access to the bucket my-bucket is denied.")
    monkeypatch.setattr(backend.catalog, "page", failing(refusal))
    monkeypatch.setattr(backend.catalog, "ping", failing(refusal))
    assert "my-bucket" not in visitor.get("/").text
    ready = visitor.get("/readyz")
    assert ready.status_code == 503
    assert "my-bucket" in ready.text


def test_unexpected_error_is_a_500_page(
    app: Flask, visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page has no traceback."""
    monkeypatch.setattr(backend.catalog, "page", failing(ZeroDivisionError("secret detail")))
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_health_checks_are_200(visitor: Visitor, backend: Backend) -> None:
    """/healthz and /readyz are 200 while the storage answers."""
    assert visitor.get("/healthz").status_code == 200
    assert visitor.get("/readyz").status_code == 200


@pytest.fixture
def guarded(config: Config, services: Services) -> Visitor:
    """A visitor of a site with an admin password, after a wrong login used up the rate limit."""
    limited = replace(config, admin_password="let me rule", login_rate_limit="1 per hour")
    visitor = Visitor(create_app(limited, services))
    assert visitor.submit("/login", password="guess").status_code == 403
    return visitor


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_error_page_survives_a_bearer_token_over_the_rate_limit(
    guarded: Visitor, accept: str
) -> None:
    """The header of the page asks for the role, which the rate limit refuses to check."""
    headers = {"Authorization": "Bearer guess", "Accept": accept}
    assert guarded.get("/nothing", headers=headers).status_code == 404
    assert guarded.get("/photos/nothing", headers=headers).status_code == 404
    assert guarded.client.post("/tags", headers=headers).status_code == 429


def test_error_page_survives_storage_that_does_not_know_the_session(
    config: Config, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows no login if the storage does not answer whether the session is revoked."""
    visitor = Visitor(create_app(replace(config, admin_password="let me rule"), services))
    visitor.submit("/login", password="let me rule")
    assert "Log out" in visitor.get("/nothing").text
    revocations = services.backend.session_revocations
    monkeypatch.setattr(revocations, "is_revoked", failing(StorageUnavailable("timed out")))
    answer = visitor.get("/nothing")
    assert answer.status_code == 404
    assert "Log out" not in answer.text


def test_error_page_of_a_malformed_host_is_plain_text(
    config: Config, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """No page has a URL on such a host. It is no fault of the site and is not logged as one."""
    for proxy_hops in (0, 1):  # one of them checks the host itself
        visitor = Visitor(create_app(replace(config, proxy_hops=proxy_hops), services))
        answer = visitor.get("/", headers={"Host": "x" * 64})
        assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "failed" not in caplog.text


def test_address_too_long_for_a_header_leads_to_the_login_alone(
    config: Config, services: Services
) -> None:
    """After the login the visitor starts at the gallery."""
    visitor = Visitor(create_app(replace(config, admin_password="let me rule"), services))
    assert visitor.get("/admin?" + "x" * 3000).location == "/login"


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/", 503)])
def test_error_page_that_fails_becomes_plain_text(
    visitor: Visitor,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
    status: int,
) -> None:
    """The visitor reads the status of the first error; the log has the second one too."""
    monkeypatch.setattr(backend.catalog, "page", failing(StorageUnavailable("timed out")))
    monkeypatch.setattr("app.web.errors.render_template", failing(ZeroDivisionError("a fault")))
    answer = visitor.get(path)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert str(status) in answer.text
    assert "ZeroDivisionError: a fault" in caplog.text
