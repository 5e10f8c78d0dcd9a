"""Error pages say what happened and what to do.

Covers app.web.error_table and app.web.pages.health, app.domain.errors.
"""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from app.domain.errors import StorageRefused, StorageUnavailable
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor


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
