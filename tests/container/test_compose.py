"""compose.yaml agrees with the Dockerfile, and gives the site no rights."""

import json
import re

from tests.container.files import ROOT, compose_file, instructions


def test_compose_gives_the_site_no_rights() -> None:
    site = compose_file()["services"]["site"]
    assert site["read_only"] is True
    assert site["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in site["security_opt"]
    assert [port.split(":")[0] for port in site["ports"]] == ["127.0.0.1"]


def test_compose_waits_for_running_requests() -> None:
    """A container is killed no earlier than systemd kills the service."""
    unit = (ROOT / "deploy" / "shoebox.service").read_text("utf-8")
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert compose_file()["services"]["site"]["stop_grace_period"] == f"{seconds}s"


def test_compose_keeps_every_folder_that_is_written() -> None:
    (volumes,) = map(json.loads, instructions("VOLUME"))
    compose = compose_file()
    mounted = dict(mount.split(":")[:2] for mount in compose["services"]["site"]["volumes"])
    assert list(mounted.values()) == volumes
    assert set(mounted) <= set(compose["volumes"])


def test_settings_of_the_operator_have_precedence() -> None:
    """`environment` would override the files, and the last file overrides the others."""
    site = compose_file()["services"]["site"]
    assert "environment" not in site
    assert site["env_file"][-1] == {"path": "shoebox.env", "required": False}


def test_caddy_is_the_one_proxy_that_is_trusted() -> None:
    """DOMAIN makes the site trust one proxy, and Caddy forwards to the port of the image."""
    compose = compose_file()
    path = compose["services"]["site"]["env_file"][0]["path"]
    with_domain = ROOT / path.replace("${DOMAIN:+caddy}", "caddy")
    assert "\nPROXY_HOPS=1\n" in with_domain.read_text("utf-8")
    assert not (ROOT / path.replace("${DOMAIN:+caddy}", "")).exists()
    assert compose["services"]["caddy"]["profiles"] == ["tls"]
    caddyfile = (ROOT / "deploy" / "container" / "Caddyfile").read_text("utf-8")
    (port,) = instructions("EXPOSE")
    assert f"reverse_proxy site:{port}" in caddyfile
    assert "trusted_proxies" not in caddyfile
    assert "exclude http.log http.handlers\n" in caddyfile, "it logs addresses and paths"
