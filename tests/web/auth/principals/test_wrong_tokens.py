"""Wrong and expired tokens are refused, and their number is limited."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import Role
from app.domain.tokens import access_token
from app.services.factory import Services
from tests.backends import Backend
from tests.conftest import services_of
from tests.visitor import Visitor
from tests.web.auth.conftest import UPLOAD_PASSWORD
from tests.web.auth.principals.script import Script

UNKNOWN = "shoebox_" + "0" * 40


@pytest.mark.parametrize(
    "secret",
    [
        UNKNOWN,
        "shoebox_",
        "shoebox_" + "0" * 39,
        "shoebox_" + "x" * 7000,
        "shoebox_a=b",
        "shoebox_ä",
    ],
)
@pytest.mark.parametrize("path", ["/", "/uploads", "/healthz", "/no/such/page", "/admin"])
def test_a_wrong_token_is_refused_everywhere(open_app: Flask, secret: str, path: str) -> None:
    """Also where everyone may do the same without a token: its sender relies on it."""
    script = Script(open_app, secret)
    response = script.get(path)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer error=invalid_token"
    assert response.json["status"] == 401
    page = script.get(path, Accept="text/html")
    assert (page.status_code, page.mimetype) == (401, "text/html")
    assert script.upload().status_code == 401


def test_a_wrong_token_opens_no_file(open_app: Flask) -> None:
    """Files that are sent without Flask are refused too: a proxy may let all tokens pass."""
    visitor = Visitor(open_app)
    page = visitor.get(f"/photos/{visitor.add()}").text
    photos = re.findall(r'"(/media/[^" ]+)', page)
    static_files = re.findall(r'"(/static/[^" ]+)', page)
    assert static_files
    for path in (*photos, *static_files):
        for method in ("GET", "HEAD"):
            without = visitor.client.open(path, method=method, buffered=True)
            wrong = {"Authorization": f"Bearer {UNKNOWN}"}
            refused = visitor.client.open(path, method=method, headers=wrong, buffered=True)
            assert without.status_code == 200, path
            assert refused.status_code in {401, 429}, path  # wrong tokens are limited


def test_an_expired_token_is_refused(app: Flask, backend: Backend, config: Config) -> None:
    """From the second of its end on."""
    now = [datetime(2026, 11, 30, tzinfo=UTC)]
    services = services_of(backend, config, now=lambda: now[0])
    end = now[0] + timedelta(hours=1)
    secret, _ = services.tokens.create("Wall", Role.CONTRIBUTOR, None, end)
    script = Script(create_app(config, services), secret)
    assert script.get("/uploads").status_code == 200
    now[0] = end
    assert script.get("/uploads").status_code == 401


def test_wrong_tokens_are_limited(config: Config, services: Services) -> None:
    """Over the limit a right one is refused too, and both passwords still work."""
    app = create_app(replace(config, login_rate_limit="3 per minute"), services)
    right, wrong = Script.with_token(app, services, Role.CONTRIBUTOR), Script(app, UNKNOWN)
    assert [wrong.get("/").status_code for _ in range(4)] == [401, 401, 401, 429]
    limited = right.get("/")
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    password = Script(app, UPLOAD_PASSWORD)
    assert password.upload().status_code == 201


def test_nginx_gets_401_before_the_body_of_an_upload(app: Flask, script: Script) -> None:
    """It passes the error on, which is in a header: see deploy/nginx/site.conf."""
    assert script.get("/upload/permission").status_code == 204
    refused = Script(app, access_token.new_secret()).get("/upload/permission")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
    assert json.loads(refused.headers["X-Upload-Problem"])["status"] == 401
