"""`make test-boot`: says what it needs, builds the images, and runs each profile in namespaces of its own."""

import os
import shutil
import subprocess
import sys

from tests.boot import image

# The command, and the package of Debian's that has it.
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
    """Exit code 0 when every profile passed; 2 when it can't be tried here."""
    profiles = sys.argv[1:] or image.PROFILES
    if wanting := _wanting():
        print(
            f"The boot test boots a Debian on this machine, in namespaces of its own. It needs {wanting}."
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


def _wanting() -> str:
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    needs = ["root"] if os.geteuid() else []
    return " and ".join(needs + ([f"apt-get install -y {' '.join(missing)}"] if missing else []))


if __name__ == "__main__":
    sys.exit(main())
