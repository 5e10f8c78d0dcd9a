"""The permission to upload, for which nginx asks before it reads a body.

tests/https/nginx/test_upload_bodies.py asks with a real nginx.
"""

import json
from dataclasses import replace

import pytest

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import JSON, Visitor

PASSWORD = "let me upload"
PATH = "/upload/permission"


@pytest.fixture
def private(config: Config, services: Services) -> Visitor:
    """A visitor of a site with an upload password, who may guess it once a minute."""
    limited = replace(config, upload_password=PASSWORD, login_rate_limit="1 per minute")
    return Visitor(create_app(limited, services))


def test_everyone_may_upload_to_an_open_site(visitor: Visitor) -> None:
    """The answer has no body."""
    answer = visitor.get(PATH)
    assert (answer.status_code, answer.data) == (204, b"")


def test_password_gives_the_permission(private: Visitor) -> None:
    """As a session or as a token."""
    token = {"Authorization": f"Bearer {PASSWORD}"}
    assert private.get(PATH, headers=token).status_code == 204
    private.submit("/login", password=PASSWORD)
    assert private.get(PATH).status_code == 204


def test_browser_without_the_password_gets_the_login_page(private: Visitor) -> None:
    """Nginx redirects there."""
    answer = private.get(PATH)
    assert (answer.status_code, answer.headers["X-Upload-Login"]) == (403, "/login?next=/upload")


def test_script_without_the_password_gets_problem_details(private: Visitor) -> None:
    """A wrong password is counted, and too many are a 401, which nginx makes a 429."""
    guess = JSON | {"Authorization": "Bearer guess"}
    for status, problem_status in ((403, 403), (401, 429)):
        answer = private.get(PATH, headers=guess)
        assert answer.status_code == status
        assert json.loads(answer.headers["X-Upload-Problem"])["status"] == problem_status
    assert int(answer.headers["Retry-After"]) > 0


def test_a_guest_link_that_is_not_open_gives_no_permission(
    visitor: Visitor, private: Visitor
) -> None:
    """Also where everyone may upload. Browsers get to the page of the link."""
    for browser in (visitor, private):
        answer = browser.get(f"{PATH}?guest={'a' * 16}")
        assert answer.status_code == 403
        assert answer.headers["X-Upload-Login"] == f"/join/{'a' * 16}"
        answer = browser.get(f"{PATH}?guest={'a' * 16}", headers=JSON)
        assert "Open the link" in json.loads(answer.headers["X-Upload-Problem"])["detail"]
