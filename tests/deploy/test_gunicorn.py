"""The settings of gunicorn fit the machine, the service and nginx."""

import os
import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from app.http_server.limits import GRACEFUL_SECONDS
from app.imaging.workers.settings import WorkerLimits
from app.services import upload_service
from app.services.albums import guest_uploads
from app.web import uploads

DEPLOY = Path(__file__).parents[2] / "deploy"


def gunicorn_settings(monkeypatch: pytest.MonkeyPatch, *, cores: int = 2) -> dict[str, Any]:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    return runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))


@pytest.mark.parametrize(("cores", "workers"), [(1, 2), (2, 2), (8, 2), (16, 4)])
def test_one_worker_serves_while_another_is_replaced(
    monkeypatch: pytest.MonkeyPatch, cores: int, workers: int
) -> None:
    """There are at least two, however small the machine is."""
    assert gunicorn_settings(monkeypatch, cores=cores)["workers"] == workers


def test_setting_overrides_the_number_of_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    assert gunicorn_settings(monkeypatch)["workers"] == 3


@pytest.mark.parametrize(("workers", "most_replaced"), [("2", 1), ("1", 0)])
def test_workers_are_replaced_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch, workers: str, most_replaced: int
) -> None:
    """The next one follows when the new worker serves; a single one is never replaced."""
    monkeypatch.setenv("WEB_CONCURRENCY", workers)
    settings = gunicorn_settings(monkeypatch)
    served = SimpleNamespace(nr=settings["_RECYCLE_AFTER"], alive=True)
    with mock.patch("time.monotonic", return_value=1_000.0) as now, mock.patch("os.kill") as kill:
        settings["post_request"](SimpleNamespace(nr=1, alive=True), None, None, None)
        assert kill.call_count == 0
        for _ in range(3):
            settings["post_request"](served, None, None, None)
        assert kill.call_args_list == [mock.call(os.getpid(), signal.SIGTERM)] * most_replaced
        now.return_value += settings["graceful_timeout"]
        settings["post_request"](served, None, None, None)
        assert kill.call_count == most_replaced
        now.return_value += 31
        settings["post_request"](served, None, None, None)
        assert kill.call_count == 2 * most_replaced


@pytest.mark.parametrize(
    ("settings", "made"),
    [
        ({"PHOTO_BUCKET": "photos"}, True),
        ({}, False),
        ({"PHOTO_BUCKET": "photos", "RUNTIME_DIRECTORY": "/nowhere"}, False),
    ],
    ids=["AWS", "local", "systemd"],
)
def test_workers_of_the_aws_backend_share_a_runtime_folder(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], made: bool
) -> None:
    """Without systemd's folder, gunicorn creates one at start and removes it at exit."""
    monkeypatch.setattr(os, "environ", dict(settings))
    gunicorn = gunicorn_settings(monkeypatch)
    gunicorn["on_starting"](mock.Mock())
    folder = Path(os.environ.get("RUNTIME_DIRECTORY", "/nowhere"))
    assert folder.is_dir() is made
    gunicorn["on_exit"](None)
    assert not folder.is_dir()


def test_gunicorn_accepts_its_settings(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--check-config",
            "-c",
            str(DEPLOY / "gunicorn.conf.py"),
            "app:create_app()",
        ],
        cwd=DEPLOY.parent,
        env={"PATH": "/usr/bin:/bin", "PHOTO_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    # Image workers start in the background, and may say so before the process ends.
    assert [line for line in done.stderr.splitlines() if "Z INFO " not in line] == []


def test_nginx_timeouts_fit_gunicorn_and_the_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gunicorn keeps idle connections longer than nginx, which closes them after 60 seconds."""
    assert gunicorn_settings(monkeypatch)["keepalive"] > 60


@pytest.mark.parametrize(
    ("cores", "gigabytes"), [(1, 0.5), (2, 0.5), (2, 1), (8, 16), (32, 64), (192, 384)]
)
def test_the_service_may_have_all_threads_of_its_workers(
    monkeypatch: pytest.MonkeyPatch, cores: int, gigabytes: float
) -> None:
    """The kernel allows a thread for each 128 kB of memory: 8 stacks of 16 kB, kernel/fork.c."""
    settings = gunicorn_settings(monkeypatch, cores=cores)
    while_one_is_replaced = settings["workers"] + 1
    image_workers = 8 * cores
    service = (DEPLOY / "shoebox.service").read_text()
    (percent,) = re.findall(r"^TasksMax=(\d+)%$", service, re.MULTILINE)
    allowed = int(percent) * int(gigabytes * 2**30 / 2**17) // 100
    assert allowed > settings["threads"] * while_one_is_replaced + image_workers


def test_restart_waits_for_the_longest_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last file waits for an image worker and other photos of a guest, and is stored."""
    limits = WorkerLimits()
    last_file = limits.queue_seconds + limits.wall_seconds + guest_uploads.WAIT_TIMEOUT
    longest_form = uploads.FORM_TIMEOUT + last_file + upload_service.STORAGE_TIMEOUT
    graceful_timeout = gunicorn_settings(monkeypatch)["graceful_timeout"]
    assert graceful_timeout > longest_form
    assert graceful_timeout == GRACEFUL_SECONDS
    (seconds,) = re.findall(
        r"^TimeoutStopSec=(\d+)$", (DEPLOY / "shoebox.service").read_text(), re.MULTILINE
    )
    assert int(seconds) > graceful_timeout
