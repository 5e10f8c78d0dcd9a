"""Root images: Debian with systemd and cloud-init, and one that looks like Amazon Linux 2023."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("SHOEBOX_BOOT_CACHE", "/var/cache/shoebox-boot"))
SUITE = os.environ.get("SHOEBOX_BOOT_SUITE", "bookworm")
PYTHON = {"bookworm": "3.11", "trixie": "3.13"}[SUITE]  # the release's Python

BASE = "systemd-sysv,dbus,ca-certificates,curl,cloud-init,iproute2,procps,sudo,python3,netbase,cron"
# Packages that the script installs. The image contains them, since the machine has no network.
INSTALLED = (
    f"ca-certificates curl git nginx openssl python3 python3-venv python{PYTHON}-venv tar gzip"
)
WHEELS = CACHE / f"wheels-{PYTHON}"
PROFILES = ("debian", "amazon")

NETWORK = """[Match]
Name=host0
[Network]
Address=10.99.0.2/24
Gateway=10.99.0.1
LinkLocalAddressing=no
"""
CLOUD_INIT = """datasource_list: [NoCloud]
network: {config: disabled}
apt: {preserve_sources_list: true}
growpart: {mode: "off"}
resize_rootfs: false
locale: false
"""
OS_RELEASE = """NAME="Amazon Linux"
VERSION="2023"
ID="amzn"
VERSION_ID="2023"
PRETTY_NAME="Amazon Linux 2023"
"""


def build(profile: str) -> Path:
    """Return the root folder of `profile`, from the cache if possible."""
    folder = CACHE / f"{SUITE}-{profile}"
    made_of, ready = f"{BASE}\n{INSTALLED}\n{CLOUD_INIT}\n{NETWORK}", folder / ".ready"
    if not ready.exists() or ready.read_text() != made_of:
        print(f"building a system ({SUITE}, {profile}), once: {folder}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        _bootstrap(folder)
        _settle(folder)
        if profile == "amazon":
            _disguise(folder)
        ready.write_text(made_of)
    return folder


def wheels() -> None:
    """Download the wheels of both requirements.txt for the machine's pip."""
    options = [
        "--only-binary=:all:",
        "--python-version",
        PYTHON,
        "--disable-pip-version-check",
        "--quiet",
    ]
    command = [sys.executable, "-m", "pip", "download", "--no-deps", *options, "--dest", WHEELS]
    subprocess.run(
        [*command, *_pins(ROOT / "requirements.txt"), *_pins(ROOT / "deploy/requirements.txt")],
        check=True,
    )


def _pins(file: Path) -> Iterator[str]:
    """Yield the pins of `file` whose markers fit the machine's Python, which differs from ours."""
    environment = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0"}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith(("#", " ", "-")):  # a comment, a hash or an option
            continue
        pin = Requirement(line.removesuffix("\\").strip())
        if pin.marker is None or pin.marker.evaluate(environment):
            yield f"{pin.name}{pin.specifier}"


def _bootstrap(folder: Path) -> None:
    download = (
        f'chroot "$1" apt-get -qq install --download-only --no-install-recommends {INSTALLED}'
    )
    keep = 'mkdir -p "$1/srv/debs" && cp "$1"/var/cache/apt/archives/*.deb "$1/srv/debs"'
    scan = 'cd "$1/srv/debs" && dpkg-scanpackages -m . >Packages 2>/dev/null'
    hooks = [f"--customize-hook={hook}" for hook in (download, keep, scan)]
    subprocess.run(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=important",
            f"--include={BASE}",
            *hooks,
            SUITE,
            folder,
        ],
        check=True,
    )


def _settle(folder: Path) -> None:
    etc = folder / "etc"
    (etc / "apt/sources.list").write_text("deb [trusted=yes] file:/srv/debs ./\n")
    shutil.rmtree(etc / "apt/sources.list.d", ignore_errors=True)
    (etc / "cloud/cloud.cfg.d/99-boot.cfg").write_text(CLOUD_INIT)
    (etc / "cloud/ds-identify.cfg").write_text("policy: enabled\ndatasource: NoCloud\n")
    (etc / "systemd/network/10-host0.network").write_text(NETWORK)
    (etc / "machine-id").write_text("")
    (etc / "hostname").unlink(missing_ok=True)
    subprocess.run(["chroot", folder, "systemctl", "-q", "enable", "systemd-networkd"], check=True)
    waiting = "systemd-networkd-wait-online.service"  # needs udev, which the container lacks
    subprocess.run(["chroot", folder, "systemctl", "-q", "mask", waiting], check=True)


def _disguise(folder: Path) -> None:
    """Make the image look like Amazon Linux: its os-release, dnf instead of apt, its nginx.conf."""
    here, hidden = Path(__file__).parent / "amazon", folder / "usr/lib/boot-test"
    hidden.mkdir()
    (folder / "usr/bin/apt-get").rename(hidden / "apt-get")
    (folder / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (folder / "usr/sbin/policy-rc.d").chmod(0o755)
    (folder / "etc/os-release").unlink()
    (folder / "etc/os-release").write_text(OS_RELEASE)
    shutil.copy(here / "nginx.conf", hidden)
    shutil.copy(here / "dnf", folder / "usr/bin/dnf")
