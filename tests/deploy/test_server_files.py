"""Files that the script installs: systemd units, the nginx site, the operator command."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import create_environ

DEPLOY = Path(__file__).parents[2] / "deploy"


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
        "shoebox-weekly.service",
        "shoebox-weekly.timer",
        "nginx/headers.conf",
        "nginx/http.conf",
    ],
)
def test_files_that_are_copied_have_no_placeholder(name: str) -> None:
    assert not re.search("@[A-Z_]+@", (DEPLOY / name).read_text())


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


def test_uploads_are_stored_on_disk_not_in_memory() -> None:
    """Temporary files are in /var/tmp, since /tmp is in memory on many systems."""
    assert "Environment=TMPDIR=/var/tmp" in (DEPLOY / "shoebox.service").read_text().splitlines()


def test_operator_commands_have_the_environment_of_the_service(tmp_path: Path) -> None:
    """`import` and `repair` store originals in temporary files too; settings come last and win."""
    systemd_run = tmp_path / "systemd-run"
    systemd_run.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    systemd_run.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    command = [DEPLOY / "shoebox", "check", "--deep"]
    arguments = subprocess.check_output(command, env={"PATH": path}, text=True).splitlines()
    unit = (DEPLOY / "shoebox.service").read_text().splitlines()
    shared = ("Environment=TMPDIR=", "Environment=CERTIFICATE_EXPIRY_FILE=")
    from_unit = sorted((line for line in unit if line.startswith(shared)), reverse=True)
    environment = [line for line in arguments if line.startswith("Environment")]
    assert environment == [*from_unit, "EnvironmentFile=/etc/shoebox/env"]
    assert arguments[-2:] == ["check", "--deep"]


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
