"""The folders and programs of an instance, on which the scripts of deploy/ run."""

import os
import shutil
import subprocess
from pathlib import Path

from app.services.operations.machine import read_release

DEPLOY = Path(__file__).parents[2] / "deploy"
FIRST = "20260101T000000Z"
BROKEN = "the site does not answer"  # a file of a release
# Of the first release; the environments of the others link to it. Making a real one takes seconds.
PYTHON = """
case "$*" in
  "-m venv "*)
    mkdir -p "$3/bin"
    ln -s "$(readlink -f "$0")" "$3/bin/python"
    cp "$SHOEBOX_ROOT/pip" "$3/bin/pip" ;;
esac"""
# It says that it has begun, and waits until a test lets it continue.
PIP = """
[ ! -e "$SHOEBOX_ROOT/waits" ] || echo "installing packages"
while [ -e "$SHOEBOX_ROOT/waits" ]; do /bin/sleep 0.05; done"""
PROGRAMS = {
    # A file for each unit that is enabled.
    "systemctl": """
echo "systemctl $*" >>"$SHOEBOX_ROOT/log"
mkdir -p "$SHOEBOX_ROOT/enabled"
cd "$SHOEBOX_ROOT/enabled"
verb=$1
shift
for unit; do
  case "$verb $unit" in
    *" -"*) ;;  # an option
    "enable "*) touch "$unit" ;;
    "disable "*) rm -f "$unit" ;;
    "is-enabled "*) [ -e "$unit" ] || exit 1 ;;
  esac
done""",
    # The release is the working directory of the unit.
    "systemd-run": """
case "$*" in
  *" limits")
    [ ! -e "$SHOEBOX_RELEASE/cannot be installed" ] || exit 1
    . "$SHOEBOX_ROOT/etc/shoebox/env"  # its quotes are those of a shell
    printf '%s\\n' MAX_REQUEST_MB=5 "WEEKLY_CHECK=${WEEKLY_CHECK:-yes}" ;;
  *" provision") [ ! -e "$SHOEBOX_RELEASE/refuses the settings" ] ;;
  *) echo "ran $*" ;;
esac""",
    "nginx": '[ "$1" != -v ] || echo "nginx version: nginx/1.28.0" >&2',
    "curl": f'[ ! -e "$SHOEBOX_ROOT/opt/shoebox/current/{BROKEN}" ]',
    "journalctl": "echo the journal",
    "sleep": ":",
    # A second for each call, so that releases have names of their own.
    "date": """
echo >>"$SHOEBOX_ROOT/clock"
printf '20260201T%06dZ\\n' $(wc -l <"$SHOEBOX_ROOT/clock")""",
}
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]


class Instance:
    """The folders of an instance, with a repository of three versions."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.bin = folder / "bin"
        self.repository = folder / "shoebox.git"
        for name in ("run", "usr/local/bin", "etc/systemd/system", "etc/nginx/conf.d"):
            (self.root / name).mkdir(parents=True)
        (self.root / "etc/shoebox").mkdir()
        (self.root / "etc/shoebox/env").write_text("PHOTO_BUCKET=photos\n")
        (self.root / "etc/nginx/nginx.conf").write_text("user www-data;\nevents {}\n")
        self.bin.mkdir()
        for name, text in PROGRAMS.items():
            write_program(self.bin / name, text)
        write_program(self.root / "pip", PIP)

    @property
    def releases(self) -> Path:
        return self.root / "opt/shoebox/releases"

    @property
    def current(self) -> Path:
        return (self.root / "opt/shoebox/current").resolve()

    def set_source(self, reference: str = "") -> None:
        (self.root / "etc/shoebox/source").write_text(f"{self.repository}{reference}\n")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command."""
        running = self.start(*arguments)
        output, errors = running.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, running.returncode, output, errors)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the installed command in a process group of its own."""
        path = f"{self.bin}:{os.environ['PATH']}"
        return subprocess.Popen(
            [self.root / "usr/local/bin/shoebox", *arguments],
            env={"PATH": path, "SHOEBOX_ROOT": str(self.root), "HOME": str(self.root)},
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def upgrade(self, version: str) -> None:
        done = self.run("upgrade", version)
        assert done.returncode == 0, done.stdout + done.stderr

    @property
    def version(self) -> str:
        """The version that `current` leads to."""
        return read_release(self.current).split()[0]

    @property
    def versions(self) -> set[str]:
        """The versions of all releases. A folder without a complete one is `unknown`."""
        return {read_release(folder).split()[0] for folder in self.releases.iterdir()}


def write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def git(folder: Path, *arguments: str) -> str:
    command = [*GIT, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def write_release(folder: Path) -> None:
    """Write a release with the files that an instance needs: no packages and an empty app."""
    shutil.copytree(DEPLOY, folder / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "deploy/requirements.txt"):
        (folder / name).write_text("# none\n")
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").write_text("")


def commit(folder: Path, version: str, *files: str) -> None:
    for name in files:
        (folder / name).write_text(version)
    git(folder, "add", "-A", "--force")
    git(folder, "commit", "-qm", version)
    git(folder, "tag", version)
