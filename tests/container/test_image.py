"""The image is built and run as it is documented: without root, rights or a writable system.

`IMAGE_PLATFORM=linux/arm64` tests the image for arm64 on another processor, with qemu.
"""

import http.client
import json
import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.container import engine as engines
from tests.container import processor
from tests.container.engine import Engine
from tests.imaging.sample_files import encode_image
from tests.sample_images import picture

MAX_MB = {"amd64": 300, "arm64": 325}  # the size in docs/containers.md, and a tenth more
_SECONDS = 60.0  # of a request, or of the start
# The line of the log where image workers are confined. qemu has neither seccomp nor Landlock.
_CONFINED = "Image workers have no access to files, network and other processes"
_NOT_CONFINED = "Image workers have access to: files, network, processes"
_RESIZERS = {"amd64": "cykooz-resizer", "arm64": "libvips"}


@pytest.mark.exhaustive("container image", every=2)
def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"runc", "podman"}
    monkeypatch.setattr("shutil.which", lambda name, **_: None if name in absent else name)
    assert engines.missing() == "apt-get install podman runc"


@pytest.mark.exhaustive("container image", every=2)
def test_the_image_serves_keeps_and_drains() -> None:
    """One test, since workers of pytest share no image, and building it takes a minute."""
    _skip_because_of(engines.missing())
    with engines.engine() as engine:
        _skip_because_of(engine.why_unusable())
        engine.build()
        _check_image(engine)
        port = _free_port()
        engine.start("first", port)
        _await_health(port)
        _check_running(engine, port)
        _check_drain(engine, port)
        engine.start("second", port)
        _await_health(port)
        _check_kept(engine, port)


@pytest.mark.exhaustive("container image", every=2)
@pytest.mark.parametrize("program", ["mmdebstrap", "buildah", "podman"])
def test_a_machine_that_runs_no_containers_skips_the_test(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With REQUIRE_CONTAINERS the test fails. Each gives the reason of the program."""
    _use_programs(
        tmp_path / "bin", monkeypatch, **{program: "echo no mount namespaces >&2; exit 1"}
    )
    monkeypatch.delenv("REQUIRE_CONTAINERS", raising=False)
    with engines.engine() as engine:
        reason = engine.why_unusable()
    assert program in reason
    with pytest.raises(pytest.skip.Exception, match="no mount namespaces"):
        _skip_because_of(reason)
    monkeypatch.setenv("REQUIRE_CONTAINERS", "1")
    with pytest.raises(AssertionError, match="no mount namespaces"):
        _skip_because_of(reason)


@pytest.mark.exhaustive("container image", every=2)
def test_a_fault_of_the_dockerfile_is_no_reason_to_skip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = f'case "$*" in *" {engines.ROOT}") exit 1;; esac'
    _use_programs(tmp_path / "bin", monkeypatch, buildah=fault)
    with engines.engine() as engine:
        assert engine.why_unusable() == ""
        with pytest.raises(engines.EngineError):
            engine.build()


def _use_programs(folder: Path, monkeypatch: pytest.MonkeyPatch, **scripts: str) -> None:
    """Put programs into the path that succeed, or do what their script says."""
    folder.mkdir()
    made = {"mmdebstrap": 'for tar; do :; done; : >"$tar"'}
    for name in engines.PROGRAMS:
        program = folder / name
        program.write_text(f"#!/bin/sh\n{scripts.get(name, made.get(name, ':'))}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def _skip_because_of(reason: str) -> None:
    """Skip the test if there is a reason. Where containers are required, the test fails."""
    if reason and not os.environ.get("REQUIRE_CONTAINERS"):
        pytest.skip(f"this machine cannot run containers: {reason}")
    assert not reason


def _check_image(engine: Engine) -> None:
    """The image has the documented size, and the health check that podman's own format lacks."""
    (image,) = json.loads(engine.podman("image", "inspect", engines.IMAGE))
    assert image["Size"] < MAX_MB[engine.target.name] * 1_000_000
    assert image["Healthcheck"]["Test"][0] == "CMD"
    assert image["Architecture"] == engine.target.name


def _check_running(engine: Engine, port: int) -> None:
    """The site runs without root, is healthy, and decodes in its sandbox."""
    assert engine.podman("exec", "first", "id", "-u").strip() != "0"
    _check_health(engine)
    assert _upload(port, "Pier", encode_image(picture(640, 480, seed=1), "JPEG")) == 201
    heic = BytesIO()
    pillow_heif.from_pillow(picture(320, 240, seed=2)).save(heic)
    assert _upload(port, "Lake", heic.getvalue()) == 201
    logged = engine.logs("first")
    assert f"Resizing with {_RESIZERS[engine.target.name]} in the modes CMYK, L, RGB" in logged
    assert (_NOT_CONFINED if engine.target.emulated else _CONFINED) in logged


def _check_health(engine: Engine) -> None:
    """The health check succeeds. qemu takes longer than the time limit of podman's own command."""
    if engine.target.emulated:
        engine.podman("exec", "first", "python", "deploy/container/healthcheck.py")
    else:
        engine.podman("healthcheck", "run", "first")


def _check_drain(engine: Engine, port: int) -> None:
    """A form that is being sent when the container is stopped is stored."""
    body, content_type = _form("Boat", encode_image(picture(900, 700, seed=3), "JPEG"))
    connection = _connect(port)
    connection.putrequest("POST", "/upload")
    for name, value in _headers(content_type, len(body)).items():
        connection.putheader(name, value)
    connection.endheaders(body[: len(body) // 2])
    time.sleep(1)
    grace = str(round(engine.target.seconds(_SECONDS)))
    with ThreadPoolExecutor(1) as executor:
        stopped = executor.submit(engine.podman, "stop", "--time", grace, "first")
        time.sleep(2)
        connection.send(body[len(body) // 2 :])
        assert connection.getresponse().status == 201
        stopped.result()
    connection.close()
    state = engine.podman("inspect", "first", "--format", "{{.State.ExitCode}}")
    assert state.strip() == "0"
    assert '"path":"/upload","status":201' in engine.logs("first")


def _check_kept(engine: Engine, port: int) -> None:
    """Another container on the same volume shows every photo, and the commands work in it."""
    page = _get(port, "/").decode()
    assert [title for title in ("Pier", "Lake", "Boat") if title not in page] == []
    thumbnails = re.findall(r'<img src="(/[^"]+\.jpg)"', page)
    assert len(thumbnails) == 3
    for path in thumbnails:
        Image.open(BytesIO(_get(port, path))).load()
    assert "No problems found." in engine.podman("exec", "second", "flask", "check", "--deep")
    compared = ("flask", "advisories", "--index", "http://127.0.0.1:9")  # port 9 does not answer
    assert "packages compared" in engine.podman("exec", "second", *compared)
    engine.podman("exec", "second", "flask", "export", "/data/backup")
    assert engines.RELEASE in engine.podman("exec", "second", "flask", "status")
    listed = engine.podman("exec", "second", "ls", "/data/backup")
    assert "index.html" in listed


def _upload(port: int, title: str, data: bytes) -> int:
    body, content_type = _form(title, data)
    connection = _connect(port)
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


def _connect(port: int) -> http.client.HTTPConnection:
    seconds = processor.chosen().seconds(_SECONDS)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)


def _get(port: int, path: str) -> bytes:
    connection = _connect(port)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200
    return body


def _await_health(port: int) -> None:
    deadline = time.monotonic() + processor.chosen().seconds(_SECONDS)
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
