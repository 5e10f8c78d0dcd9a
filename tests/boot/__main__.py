"""`make test-boot`: check the requirements, build the images, run each profile."""

import os
import shutil
import subprocess
import sys

from tests.boot import image

# Command and the Debian package that contains it.
TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "dpkg-scanpackages": "dpkg-dev",
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "unshare": "util-linux",
    "git": "git",
    "pebble": "pebble",
}
NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]


def main() -> int:
    """Return 0 if every profile passed, 2 if a requirement is missing."""
    profiles = sys.argv[1:] or image.PROFILES
    if missing := _missing_requirements():
        print(
            "The boot test boots Debian on this machine, in separate namespaces. "
            f"It needs {missing}."
        )
        return 2
    image.wheels()
    for profile in profiles:
        image.build(profile)
    runs = [
        subprocess.run([*NAMESPACES, sys.executable, "-m", "tests.boot.run", profile], check=False)
        for profile in profiles
    ]
    return max(run.returncode for run in runs)


def _missing_requirements() -> str:
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    needs = ["root"] if os.geteuid() else []
    return " and ".join(needs + ([f"apt-get install -y {' '.join(missing)}"] if missing else []))


if __name__ == "__main__":
    sys.exit(main())
