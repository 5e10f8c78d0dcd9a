"""A client of a running site: uploads, pages and commands."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from types import MappingProxyType
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from botocore.loaders import create_loader
from click.testing import CliRunner
from flask.cli import cli

from tests.image_workers import ended_image_workers
from tests.server.site import ROOT

BOUNDARY = "shoebox-test"
_RETRY_PAUSE = 0.2  # seconds
_create_loader = cache(create_loader)  # reading the API descriptions is slow


def multipart(body: bytes, **fields: str) -> bytes:
    """Return the body of a form with one file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    disposition = 'form-data; name="photo"; filename="a.jpg"'
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
    return b"".join([*parts, head, body, f"\r\n--{BOUNDARY}--\r\n".encode()])


def post(
    url: str, body: bytes, headers: Mapping[str, str] = MappingProxyType({}), **fields: str
) -> tuple[int, dict[str, Any]]:
    """Upload one file as a script does; return the status and the JSON of the response."""
    sent = {
        "Accept": "application/json",
        "X-Requested-With": "test",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    address = urlsplit(url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.netloc, timeout=60)
    connection.request(
        "POST", f"{address.path}/upload", multipart(body, **fields), {**sent, **headers}
    )
    answer = connection.getresponse()
    status, text = answer.status, answer.read()
    connection.close()
    return status, json.loads(text)


def post_until_served(
    url: str, body: bytes, headers: Mapping[str, str] = MappingProxyType({}), **fields: str
) -> tuple[int, dict[str, Any]]:
    """Upload one file, again after each 503, as the page asks while the site is busy."""
    while (response := post(url, body, headers, **fields))[0] == HTTPStatus.SERVICE_UNAVAILABLE:
        time.sleep(_RETRY_PAUSE)
    return response


def photos_in(answer: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the photos of a response, which must be a 201."""
    status, body = answer
    assert status == 201, body
    photos: list[dict[str, Any]] = body["photos"]
    return photos


def contributor_cookie(url: str) -> str:
    """Return the cookie of a new contributor, as in the header `Cookie`."""
    with urllib.request.urlopen(f"{url}/upload", timeout=60) as answer:  # noqa: S310  loopback
        cookies = answer.headers.get_all("Set-Cookie")
    return next(cookie.split(";")[0] for cookie in cookies if cookie.startswith("contributor-"))


def run_command(*command: str, **settings: str) -> str:
    """Run `flask --app app` with a command in this process; return its output.

    The command must succeed. A process of its own would first import the site.
    """
    with (
        mock.patch.dict(os.environ, settings),
        mock.patch("botocore.session.create_loader", _create_loader),
        ended_image_workers(),
    ):
        done = CliRunner().invoke(cli, ["--app", "app", *command])
    assert done.exit_code == 0, f"{done.output}{done.exception!r}"
    return done.stdout


def run_process(*command: str, **settings: str) -> str:
    """Run `flask --app app` with a command, which must succeed; return its output."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *command],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def failed_start(*arguments: str, **settings: str) -> str:
    """Run Python with settings with which it must fail; return its error without a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def get(url: str) -> tuple[str, bytes]:
    """Return the content type and the body."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  loopback
        return answer.headers["Content-Type"], answer.read()
