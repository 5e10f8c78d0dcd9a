"""The image is built and run as it is documented: without root, rights or a writable system."""

import http.client
import json
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pillow_heif
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.container import engine as engines
from tests.container.engine import Engine
from tests.imaging.sample_files import encode_image
from tests.sample_images import picture

MAX_MB = 300  # what docs/containers.md says, and a tenth more
_START_SECONDS = 60.0


@pytest.mark.exhaustive("container image", every=2)
def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"runc", "podman"}
    monkeypatch.setattr("shutil.which", lambda name, **_: None if name in absent else name)
    assert engines.missing() == "apt-get install podman runc"


@pytest.mark.exhaustive("container image", every=2)
def test_the_image_serves_keeps_and_drains() -> None:
    """One test, since workers of pytest share no image, and building it takes a minute."""
    missing = engines.missing()
    if missing and not os.environ.get("REQUIRE_CONTAINERS"):
        pytest.skip(f"cannot build an image without: {missing}")
    assert not missing
    with engines.engine() as engine:
        _check_image(engine)
        port = _free_port()
        engine.start("first", port)
        _await_health(port)
        _check_running(engine, port)
        _check_drain(engine, port)
        engine.start("second", port)
        _await_health(port)
        _check_kept(engine, port)


def _check_image(engine: Engine) -> None:
    """The image has the documented size, and the health check that podman's own format lacks."""
    (image,) = json.loads(engine.podman("image", "inspect", engines.IMAGE))
    assert image["Size"] < MAX_MB * 1_000_000
    assert image["Healthcheck"]["Test"][0] == "CMD"
    assert image["Architecture"] in {"amd64", "arm64"}


def _check_running(engine: Engine, port: int) -> None:
    """The site runs without root, is healthy, and decodes in its sandbox."""
    assert engine.podman("exec", "first", "id", "-u").strip() != "0"
    engine.podman("healthcheck", "run", "first")
    assert _upload(port, "Pier", encode_image(picture(640, 480, seed=1), "JPEG")) == 201
    heic = BytesIO()
    pillow_heif.from_pillow(picture(320, 240, seed=2)).save(heic)
    assert _upload(port, "Lake", heic.getvalue()) == 201


def _check_drain(engine: Engine, port: int) -> None:
    """A form that is being sent when the container is stopped is stored."""
    body, content_type = _form("Boat", encode_image(picture(900, 700, seed=3), "JPEG"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", "/upload")
    for name, value in _headers(content_type, len(body)).items():
        connection.putheader(name, value)
    connection.endheaders(body[: len(body) // 2])
    time.sleep(1)
    with ThreadPoolExecutor(1) as executor:
        stopped = executor.submit(engine.podman, "stop", "--time", "60", "first")
        time.sleep(2)
        connection.send(body[len(body) // 2 :])
        assert connection.getresponse().status == 201
        stopped.result()
    connection.close()
    state = engine.podman("inspect", "first", "--format", "{{.State.ExitCode}}")
    assert state.strip() == "0"
    assert '"path":"/upload","status":201' in engine.podman("logs", "first")


def _check_kept(engine: Engine, port: int) -> None:
    """Another container on the same volume shows every photo, and the commands work in it."""
    page = _get(port, "/")
    assert [title for title in ("Pier", "Lake", "Boat") if title not in page] == []
    assert "No problems found." in engine.podman("exec", "second", "flask", "check", "--deep")
    engine.podman("exec", "second", "flask", "export", "/data/backup")
    listed = engine.podman("exec", "second", "ls", "/data/backup")
    assert "index.html" in listed


def _upload(port: int, title: str, data: bytes) -> int:
    body, content_type = _form(title, data)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/upload", body, _headers(content_type, len(body)))
    status = connection.getresponse().status
    connection.close()
    return status


def _form(title: str, data: bytes) -> tuple[bytes, str]:
    fields = {"title": title, "photo": FileStorage(BytesIO(data), "photo.jpg")}
    stream, _, boundary = stream_encode_multipart(fields, use_tempfile=False)
    return stream.read(), f'multipart/form-data; boundary="{boundary}"'


def _headers(content_type: str, length: int) -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Content-Length": str(length),
        "Content-Type": content_type,
        "X-Requested-With": "test",
    }


def _get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    assert response.status == 200
    return body


def _await_health(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            _get(port, "/healthz")
        except OSError:
            assert time.monotonic() < deadline, "the site does not start"
            time.sleep(0.2)
        else:
            return


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
