"""Files that the script installs: gunicorn settings, systemd units, the nginx site."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import create_environ

DEPLOY = Path(__file__).parents[2] / "deploy"


def gunicorn_settings(
    monkeypatch: pytest.MonkeyPatch, *, cores: int = 2, mib: int = 1024
) -> dict[str, Any]:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": mib * 256}
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr("os.sysconf", sizes.__getitem__)
    monkeypatch.setattr(Path, "is_file", lambda _: False)  # no container's ceiling
    return runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))


@pytest.mark.parametrize(
    ("cores", "mib", "workers", "decoders"),
    [
        (2, 512, 1, 1),
        (2, 1024, 1, 1),
        (2, 2048, 1, 2),
        (2, 8192, 1, 2),
        (8, 2048, 2, 1),
        (8, 16384, 2, 4),
    ],
)
def test_workers_fit_cores_and_memory(
    monkeypatch: pytest.MonkeyPatch, cores: int, mib: int, workers: int, decoders: int
) -> None:
    """Image workers are limited by cores and memory: one on 1 GiB."""
    settings = gunicorn_settings(monkeypatch, cores=cores, mib=mib)
    assert settings["workers"] == workers
    assert settings["raw_env"] == [f"IMAGE_WORKERS={decoders}"]


def test_settings_of_the_operator_override_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """WEB_CONCURRENCY and IMAGE_WORKERS override the computed numbers."""
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    monkeypatch.setenv("IMAGE_WORKERS", "2")
    settings = gunicorn_settings(monkeypatch)
    assert settings["workers"] == 3
    assert settings["raw_env"] == []


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
    gunicorn["on_starting"](None)
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
    assert (done.returncode, done.stderr) == (0, "")


def test_nginx_and_systemd_use_the_same_socket() -> None:
    (socket,) = re.findall(
        r"^ListenStream=(\S+)$", (DEPLOY / "shoebox.socket").read_text(), re.MULTILINE
    )
    assert f"server unix:{socket} " in (DEPLOY / "nginx" / "app.conf").read_text()


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("https", "nginx/site.conf"),
        ("install", "shoebox.socket"),
        ("https", "nginx/app.conf"),
        ("https", "nginx/https.conf"),
    ],
)
def test_every_placeholder_is_replaced(script: str, name: str) -> None:
    text = (DEPLOY / script).read_text()
    for placeholder in re.findall(r"@[A-Z][A-Z_0-9]+@", (DEPLOY / name).read_text()):
        assert f"s/{placeholder}/" in text, f"{placeholder} of {name}"


@pytest.mark.parametrize(
    "name",
    [
        "shoebox.service",
        "shoebox-https.service",
        "shoebox-https.timer",
        "nginx/headers.conf",
        "nginx/http.conf",
    ],
)
def test_files_that_are_copied_have_no_placeholder(name: str) -> None:
    assert not re.search("@[A-Z_]+@", (DEPLOY / name).read_text())


def test_nginx_timeouts_fit_gunicorn_and_the_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gunicorn keeps idle connections longer than nginx, which closes them after 60 seconds."""
    assert gunicorn_settings(monkeypatch)["keepalive"] > 60


def test_no_log_contains_addresses() -> None:
    """Nginx logs no requests and no client errors. The app logs requests without addresses."""
    for name in ("site.conf", "https.conf"):
        lines = [line.strip() for line in (DEPLOY / "nginx" / name).read_text().splitlines()]
        assert "access_log off;" in lines
        assert "error_log /var/log/nginx/error.log emerg;" in lines
    assert (
        "Environment=PROXY_HOPS=1 REQUEST_LOG=yes"
        in (DEPLOY / "shoebox.service").read_text().splitlines()
    )


@pytest.mark.parametrize(
    ("hops", "sent", "scheme"),
    [(1, "", "http"), (1, "https", "http"), (2, "https", "https"), (2, "http", "http")],
)
def test_forwarded_proto_comes_from_trusted_proxies_only(hops: int, sent: str, scheme: str) -> None:
    """The app reads the scheme from nginx, or from the load balancer with PROXY_HOPS=2."""
    (passed,) = re.findall(
        r'X-Forwarded-Proto "(.+)";', (DEPLOY / "nginx" / "headers.conf").read_text()
    )
    header = passed.replace("$http_x_forwarded_proto", sent).replace("$scheme", "http")
    seen: list[str] = []

    def app(environ: dict[str, Any], _start_response: object) -> list[bytes]:
        seen.append(environ["wsgi.url_scheme"])
        return []

    fixed = ProxyFix(app, x_proto=hops)
    fixed(create_environ(headers={"X-Forwarded-Proto": header}), lambda *_: lambda _: None)
    assert seen == [scheme]


def test_restart_waits_for_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    (seconds,) = re.findall(
        r"^TimeoutStopSec=(\d+)$", (DEPLOY / "shoebox.service").read_text(), re.MULTILINE
    )
    assert int(seconds) > gunicorn_settings(monkeypatch)["graceful_timeout"]


def test_uploads_are_stored_on_disk_not_in_memory() -> None:
    """Temporary files are in /var/tmp, since /tmp is in memory on many systems."""
    assert "Environment=TMPDIR=/var/tmp" in (DEPLOY / "shoebox.service").read_text().splitlines()


def test_service_is_sandboxed() -> None:
    lines = (DEPLOY / "shoebox.service").read_text().splitlines()
    for line in (
        "User=shoebox",
        "CapabilityBoundingSet=",
        "NoNewPrivileges=yes",
        "PrivateDevices=yes",
        "PrivateTmp=yes",
        "ProtectHome=yes",
        "ProtectProc=invisible",
        "ProtectSystem=strict",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "SystemCallFilter=@system-service",
        "SystemCallFilter=landlock_create_ruleset landlock_restrict_self",
    ):
        assert line in lines
