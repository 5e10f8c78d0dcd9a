"""Passwords that scripts send in `Authorization`."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import Visitor


def test_other_authorization_is_no_error(app: Flask, visitor: Visitor) -> None:
    """A header that a proxy or a browser adds for another site leaves the visitor anonymous."""
    for header in ("Basic \xff", "Basic x", "Digest a=\xff", "bearer", "Bearer ", "\xff", "a=b"):
        environ = {"HTTP_AUTHORIZATION": header}
        for path, status in (("/", 200), ("/upload", 303)):
            answer = visitor.client.get(path, environ_overrides=environ)
            assert answer.status_code == status, header


@pytest.mark.parametrize("password", ["key=value is long", "ends with equals==", 'a, b="c" d e f'])
def test_a_script_may_send_any_password(config: Config, services: Services, password: str) -> None:
    """Also one that looks like a list of parameters."""
    app = create_app(replace(config, upload_password=password), services)
    answer = Visitor(app).upload_json(jpeg(60, 40), headers={"Authorization": f"Bearer {password}"})
    assert answer.status_code == 201
