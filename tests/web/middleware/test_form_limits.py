"""Limits on the size and the number of forms."""

import runpy
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.image.processed_image import ProcessedImage
from app.http_server.limits import THREADS
from app.services.factory import build_services
from app.web import uploads
from app.web.downloads.zip_files import MAX_DOWNLOADS
from app.web.middleware import form_limits
from app.web.middleware.concurrency.request_slots import SLOTS
from app.web.middleware.concurrency.slow_requests import KINDS
from app.web.middleware.form_limits import MAX_FORMS, MAX_FORMS_PER_ADDRESS, MAX_WAITING_FORMS
from app.web.pages.media.large_files import MAX_FILES
from tests.backends import local_backend
from tests.maintenance.conftest import prepared
from tests.visitor import Visitor

ROOT = Path(__file__).parent.parent.parent.parent


class Gate:
    """An image processor that waits until the test opens it."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.waiting = threading.Semaphore(0)

    def __call__(self, file: object, **_options: object) -> ProcessedImage:
        self.waiting.release()
        assert self.opened.wait(30)
        return prepared(file)  # type: ignore[arg-type]


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no form wait, as if the queue were full."""
    monkeypatch.setattr(form_limits, "MAX_WAITING_FORMS", 0)


@pytest.fixture
def app(config: Config, gate: Gate) -> Flask:
    """A site on the local backend: moto is not thread-safe."""
    backend = local_backend(config.photo_dir)
    return create_app(config, build_services(backend, gate, max_file_bytes=2_000_000))


def send_form(app: Flask, address: str) -> TestResponse:
    visitor = Visitor(app)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor.upload_json(address.encode())


@contextmanager
def forms_from(app: Flask, gate: Gate, *addresses: str) -> Iterator[list[Future[TestResponse]]]:
    """Serve one form from each address during the block."""
    with ThreadPoolExecutor(len(addresses)) as pool:
        forms = [pool.submit(send_form, app, address) for address in addresses]
        for _ in forms:
            assert gate.waiting.acquire(timeout=30)
        try:
            yield forms
        finally:
            gate.opened.set()


def test_forms_above_the_limit_wait_for_their_turn(app: Flask, gate: Gate) -> None:
    """None of them is refused, and pages are served meanwhile."""
    addresses = [f"192.0.2.{number}" for number in range(2 * SLOTS)]
    with ThreadPoolExecutor(len(addresses)) as pool:
        forms = [pool.submit(send_form, app, address) for address in addresses]
        for _ in range(MAX_FORMS):
            assert gate.waiting.acquire(timeout=30)
        assert not gate.waiting.acquire(timeout=0.05)
        assert Visitor(app).get("/").status_code == 200
        gate.opened.set()
    assert [form.result().status_code for form in forms] == [201] * len(forms)


def test_a_form_waits_for_others_of_its_address_alone(app: Flask, gate: Gate) -> None:
    """The forms of one address leave room for those of others."""
    one = ["192.0.2.1"] * MAX_FORMS_PER_ADDRESS
    with ThreadPoolExecutor(2) as pool, forms_from(app, gate, *one):
        waiting = pool.submit(send_form, app, "192.0.2.1")
        other = pool.submit(send_form, app, "192.0.2.2")
        assert gate.waiting.acquire(timeout=30)
        gate.opened.set()
        assert {waiting.result().status_code, other.result().status_code} == {201}


def test_the_time_in_the_queue_counts_for_the_form(
    app: Flask, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers wait no longer for its end when they restart."""
    gate.opened.set()
    monkeypatch.setattr(form_limits, "seconds_in_queue", lambda: uploads.FORM_TIMEOUT + 1)
    assert send_form(app, "192.0.2.1").status_code == 503


@pytest.mark.usefixtures("no_queue")
def test_one_address_cannot_take_all_forms(app: Flask, gate: Gate) -> None:
    """A form over the limits of its address is a 503 at once; other addresses may still upload."""
    one = ["192.0.2.1"] * MAX_FORMS_PER_ADDRESS
    with forms_from(app, gate, *one, "192.0.2.2") as forms:
        refused = send_form(app, "192.0.2.1")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert Visitor(app).get("/").status_code == 200
    assert [form.result().status_code for form in forms] == [201] * len(forms)
    assert send_form(app, "192.0.2.1").status_code == 201


@pytest.mark.usefixtures("no_queue")
def test_an_ipv6_network_counts_as_one_address(app: Flask, gate: Gate) -> None:
    """A client has a /64 network of addresses."""
    network = [f"2001:db8::{n}" for n in range(MAX_FORMS_PER_ADDRESS)]
    with forms_from(app, gate, *network):
        assert send_form(app, "2001:db8::ffff").status_code == 503


@pytest.mark.usefixtures("no_queue")
def test_a_process_serves_a_limited_number_of_forms(app: Flask, gate: Gate) -> None:
    """A form over the limit gets a 503 at once from any address. Pages are still served."""
    with forms_from(app, gate, *(f"192.0.2.{n}" for n in range(MAX_FORMS))):
        assert send_form(app, "198.51.100.1").status_code == 503
        assert Visitor(app).get("/").status_code == 200
        assert Visitor(app).get("/upload").status_code == 200


def test_a_refused_form_is_not_counted(app: Flask, gate: Gate) -> None:
    """Errors release their place: a wrong form never blocks the address."""
    gate.opened.set()
    for _ in range(MAX_FORMS_PER_ADDRESS + 1):
        assert Visitor(app).post("/upload", {"photo": "no token"}).status_code == 400
    assert send_form(app, "127.0.0.1").status_code == 201


def test_only_uploads_may_be_large(app: Flask, gate: Gate) -> None:
    """Every other form has a small limit, which is checked before the form is parsed."""
    gate.opened.set()
    large = "x" * form_limits.MAX_SMALL_FORM_BYTES
    assert Visitor(app).post("/login", {"password": large}).status_code == 413
    assert Visitor(app).upload_json(large.encode()).status_code == 201


class CountingBody(BytesIO):
    """A body that counts how often it is read."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)


@pytest.mark.parametrize(
    "size",
    [
        {"CONTENT_LENGTH": str(form_limits.MAX_SMALL_FORM_BYTES + 1)},
        {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
    ],
    ids=["large", "unknown"],
)
def test_large_form_without_the_password_is_not_parsed(
    config: Config, gate: Gate, size: dict[str, Any]
) -> None:
    """The body is only discarded, which browsers need before they read the response."""
    services = build_services(local_backend(config.photo_dir), gate, max_file_bytes=2_000_000)
    app = create_app(replace(config, upload_password="let me upload"), services)
    body = CountingBody()
    answer = app.test_client().post(
        "/upload",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        environ_overrides=size,
    )
    assert answer.status_code == 403
    assert "Log in to add photos" in answer.text
    assert body.reads <= 1


def test_small_form_without_the_password_shows_what_was_typed(config: Config, gate: Gate) -> None:
    services = build_services(local_backend(config.photo_dir), gate, max_file_bytes=2_000_000)
    app = create_app(replace(config, upload_password="let me upload"), services)
    form = {"title": "A pier at dusk", "photo": (BytesIO(b"small"), "a.jpg")}
    answer = Visitor(app).post("/upload", form, {"X-Requested-With": "test"})
    assert answer.status_code == 403
    assert "A pier at dusk" in answer.text


def test_nginx_has_the_same_limit() -> None:
    site = (ROOT / "deploy" / "nginx" / "site.conf").read_text()
    assert f"client_max_body_size {form_limits.MAX_SMALL_FORM_BYTES};" in site


def test_uploads_and_downloads_leave_threads_for_pages() -> None:
    """So do changes. Those that wait and downloads take other threads."""
    settings = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))
    working = MAX_FORMS + sum(kind.most for kind in KINDS)
    waiting = MAX_WAITING_FORMS + sum(kind.queue.most for kind in KINDS)
    assert working + 4 <= SLOTS
    for threads in (settings["threads"], THREADS):
        assert threads > SLOTS + waiting + MAX_DOWNLOADS + MAX_FILES


def test_a_form_that_has_waited_has_time_for_a_file() -> None:
    assert form_limits.MAX_QUEUE_SECONDS < uploads.FORM_TIMEOUT
