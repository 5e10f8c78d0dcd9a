"""What the script lays out on the instance: gunicorn's settings, the systemd units, nginx's site."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import create_environ

DEPLOY = Path(__file__).parents[2] / "deploy"


def gunicorn_settings(monkeypatch: pytest.MonkeyPatch, *, cores: int = 2, mib: int = 1024) -> dict[str, Any]:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": mib * 256}
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr("os.sysconf", sizes.__getitem__)
    monkeypatch.setattr(Path, "is_file", lambda _: False)  # no container's ceiling
    return runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))


@pytest.mark.parametrize(
    ("cores", "mib", "workers", "decoders"),
    [(2, 512, 1, 1), (2, 1024, 1, 1), (2, 2048, 1, 2), (2, 8192, 1, 2), (8, 2048, 2, 1), (8, 16384, 2, 4)],
)
def test_workers_and_decoders_fit_cores_and_memory(
    monkeypatch: pytest.MonkeyPatch, cores: int, mib: int, workers: int, decoders: int
) -> None:
    """No more photos are decoded at once than there are cores and memory for: one on 1 GiB."""
    settings = gunicorn_settings(monkeypatch, cores=cores, mib=mib)
    assert settings["workers"] == workers
    assert settings["raw_env"] == [f"DECODERS={decoders}"]


def test_the_operators_numbers_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """WEB_CONCURRENCY and DECODERS are taken as they are set."""
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    monkeypatch.setenv("DECODERS", "2")
    settings = gunicorn_settings(monkeypatch)
    assert settings["workers"] == 3
    assert settings["raw_env"] == []


def test_gunicorn_takes_its_settings(tmp_path: Path) -> None:
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


def test_nginx_and_systemd_mean_the_same_socket() -> None:
    (socket,) = re.findall(r"^ListenStream=(\S+)$", (DEPLOY / "shoebox.socket").read_text(), re.MULTILINE)
    assert f"server unix:{socket} " in (DEPLOY / "nginx.conf").read_text()


def test_the_script_fills_in_every_placeholder() -> None:
    script = (DEPLOY / "user_data.sh").read_text()
    for name in ("nginx.conf", "shoebox.socket", "shoebox.service"):
        for placeholder in set(re.findall(r"@[A-Z][A-Z_]+@", (DEPLOY / name).read_text())):
            assert re.search(rf's/{placeholder}/[^\n]+/{name}"', script), f"{placeholder} of {name}"


def test_nginx_outlasts_neither_gunicorn_nor_the_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gunicorn must not be the first to close a connection that nginx keeps (nginx keeps it for 60 seconds)."""
    assert gunicorn_settings(monkeypatch)["keepalive"] > 60


def test_nobody_writes_down_who_visited() -> None:
    """Nginx logs no request; the app does, without addresses."""
    lines = [line.strip() for line in (DEPLOY / "nginx.conf").read_text().splitlines()]
    assert "access_log off;" in lines
    assert "Environment=PROXY_HOPS=1 REQUEST_LOG=yes" in (DEPLOY / "shoebox.service").read_text().splitlines()


@pytest.mark.parametrize(
    ("hops", "sent", "scheme"), [(1, "", "http"), (1, "https", "http"), (2, "https", "https"), (2, "http", "http")]
)
def test_who_says_that_a_visitor_came_by_tls(hops: int, sent: str, scheme: str) -> None:
    """Only a proxy that PROXY_HOPS counts: nginx alone, or the load balancer before it."""
    (passed,) = re.findall(r'X-Forwarded-Proto "(.+)";', (DEPLOY / "nginx.conf").read_text())
    header = passed.replace("$http_x_forwarded_proto", sent).replace("$scheme", "http")
    seen: list[str] = []
    fixed = ProxyFix(lambda environ, _: seen.append(environ["wsgi.url_scheme"]) or [], x_proto=hops)  # type: ignore[func-returns-value]
    fixed(create_environ(headers={"X-Forwarded-Proto": header}), lambda *_: lambda _: None)
    assert seen == [scheme]


def test_a_restart_waits_for_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", (DEPLOY / "shoebox.service").read_text(), re.MULTILINE)
    assert int(seconds) > gunicorn_settings(monkeypatch)["graceful_timeout"]


def test_the_service_is_locked_in() -> None:
    lines = (DEPLOY / "shoebox.service").read_text().splitlines()
    for line in (
        "User=shoebox",
        "CapabilityBoundingSet=",
        "NoNewPrivileges=yes",
        "PrivateDevices=yes",
        "PrivateTmp=yes",
        "ProtectHome=yes",
        "ProtectSystem=strict",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "SystemCallFilter=@system-service",
    ):
        assert line in lines


def test_nginx_accepts_its_site(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if nginx is None:
        pytest.skip("needs nginx")
    site = (DEPLOY / "nginx.conf").read_text().replace("@MAX_FORM_MB@", "500").replace("/var/lib/nginx", str(tmp_path))
    site = site.replace("/var/log/nginx", str(tmp_path))
    site = site.replace("listen 80 ", "listen 127.0.0.1:8980 ").replace("listen [::]:80 ", "listen [::1]:8980 ")
    config = tmp_path / "nginx.conf"
    config.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n")
    done = subprocess.run(
        [nginx, "-t", "-e", f"{tmp_path}/log", "-c", str(config)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr
