"""A form with many files: its time limit, its rate limit and its client."""

from dataclasses import replace

import pytest

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web import uploads
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import Visitor

FILES = [jpeg(80 + 16 * n, 60) for n in range(5)]


def published(visitor: Visitor, **environ: object) -> tuple[int, list[str]]:
    """Upload five files. Return how many were published, and the errors of the others."""
    visitor.client.environ_base.update(environ)
    answer = visitor.upload_json(*FILES)
    assert answer.status_code in {201, 429, 503}, answer.text
    return len(answer.json["photos"]), [error["detail"] for error in answer.json["errors"]]


def test_files_after_the_time_limit_are_to_be_sent_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that were processed in time are published; the errors name what to do."""
    clock = iter([0.0, 1.0, uploads.FORM_TIMEOUT - 1, uploads.FORM_TIMEOUT + 1])
    monkeypatch.setattr(uploads, "monotonic", lambda: next(clock))
    added, errors = published(visitor)
    assert added == 2
    assert errors == ["The other photos took too long. Send this one again."] * 3


def test_sending_the_whole_form_again_adds_only_the_others(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visitor without JavaScript can send the same form again, and gets no photo twice."""
    fields = visitor.fields("/upload")
    monkeypatch.setattr(uploads, "FORM_TIMEOUT", -1.0)
    assert visitor.upload(*FILES, **fields).status_code == 503
    monkeypatch.undo()
    assert visitor.upload(*FILES, **fields).status_code == 303
    assert visitor.upload(*FILES, **fields).status_code == 303
    assert len(list(backend.catalog.photos())) == len(FILES)


def test_work_stops_when_the_client_has_gone(visitor: Visitor) -> None:
    """No further file is processed for a client that does not read the response."""
    checks = iter([False, False, True])
    added, errors = published(visitor, **{"waitress.client_disconnected": lambda: next(checks)})
    assert (added, len(errors)) == (2, 3)


def test_the_rate_limit_counts_photos(config: Config, services: Services) -> None:
    """A form of five photos counts as five, and the photos over the limit are refused by name."""
    limited = replace(config, upload_rate_limit="3 per minute")
    added, errors = published(Visitor(create_app(limited, services)))
    assert (added, len(errors)) == (3, 2)
