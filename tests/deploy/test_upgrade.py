"""`shoebox upgrade` and `rollback` replace the release, and never leave a site without one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.operations.machine import read_release

DEPLOY = Path(__file__).parents[2] / "deploy"
FIRST = "20260101T000000Z"
BROKEN = "the site does not answer"  # a file of a release
PROGRAMS = {
    "systemctl": 'echo "systemctl $*" >>"$SHOEBOX_ROOT/log"',
    # The release is the working directory of the unit.
    "systemd-run": """
case "$*" in
  *" limits") echo MAX_REQUEST_MB=5 ;;
  *" provision") [ ! -e "$SHOEBOX_RELEASE/refuses the settings" ] ;;
  *) echo "ran $*" ;;
esac""",
    "nginx": '[ "$1" != -v ] || echo "nginx version: nginx/1.28.0" >&2',
    "curl": f'[ ! -e "$SHOEBOX_ROOT/opt/shoebox/current/{BROKEN}" ]',
    "journalctl": "echo the journal",
    "sleep": ":",
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
            program = self.bin / name
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(0o755)

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
        path = f"{self.bin}:{os.environ['PATH']}"
        return subprocess.run(
            [self.root / "usr/local/bin/shoebox", *arguments],
            env={"PATH": path, "SHOEBOX_ROOT": str(self.root), "HOME": str(self.root)},
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def git(folder: Path, *arguments: str) -> str:
    command = [*GIT, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def write_release(folder: Path) -> None:
    """Write what an instance needs of a release: no packages and an empty app."""
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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a good version, one that does not answer, and one that refuses settings."""
    work = tmp_path_factory.mktemp("work")
    write_release(work)
    git(work, "init", "-qb", "main")
    commit(work, "v1")
    commit(work, "v2", "new")
    commit(work, "v3", BROKEN)
    git(work, "rm", "-q", BROKEN)
    commit(work, "v4", "refuses the settings")
    git(work, "checkout", "-q", "-b", "stable", "v2")
    git(work, "clone", "-q", "--bare", str(work), str(work / "shoebox.git"))
    return work


@pytest.fixture
def instance(tmp_path: Path, template: Path) -> Instance:
    """An instance that runs v1, which the script has installed."""
    instance = Instance(tmp_path)
    shutil.copytree(template / "shoebox.git", instance.repository)
    first = instance.releases / FIRST
    first.mkdir(parents=True)
    write_release(first)
    (first / ".venv/bin").mkdir(parents=True)
    (first / ".venv/bin/python").symlink_to(Path(sys.executable).resolve())
    (first / "RELEASE").write_text(f"v1 {git(instance.repository, 'rev-parse', 'v1')[:12]}\n")
    (instance.root / "opt/shoebox/current").symlink_to(first)
    shutil.copy(first / "deploy/shoebox", instance.root / "usr/local/bin/shoebox")
    instance.set_source("#v1")
    return instance


def test_upgrade_and_rollback(instance: Instance) -> None:
    """The new release has its own environment and a note of its version. The old one stays."""
    done = instance.run("upgrade", "v2")
    assert done.returncode == 0, done.stdout + done.stderr
    second = instance.current
    assert second.name != FIRST
    assert read_release(second) == f"v2 {git(instance.repository, 'rev-parse', 'v2')[:12]}"
    assert (second / ".venv/bin/pip").exists()
    assert not (second / ".git").exists()
    assert "systemctl restart shoebox.service" in (instance.root / "log").read_text()
    assert (instance.root / "etc/systemd/system/shoebox-weekly.timer").exists()
    assert "systemctl enable -q --now shoebox-weekly.timer" in (instance.root / "log").read_text()
    with (instance.root / "etc/shoebox/env").open("a") as settings:
        settings.write('WEEKLY_CHECK="no"\n')
    returned = instance.run("rollback")
    assert returned.returncode == 0, returned.stdout + returned.stderr
    assert instance.current.name == FIRST
    assert second.exists()
    assert "systemctl disable -q --now shoebox-weekly.timer" in (instance.root / "log").read_text()
    again = instance.run("rollback")
    assert (again.returncode, instance.current.name) == (1, FIRST)
    assert f"there is no release before {FIRST}" in again.stdout


@pytest.mark.parametrize(("version", "reason"), [("v3", "not started"), ("v4", "settings")])
def test_a_version_that_fails_leaves_the_current_one(
    instance: Instance, version: str, reason: str
) -> None:
    """Nothing of it stays, and the reference for the next upgrade is the earlier one."""
    done = instance.run("upgrade", version)
    assert done.returncode == 1
    assert reason in done.stdout
    assert "This version keeps running: v1 " in done.stdout
    assert [path.name for path in instance.releases.iterdir()] == [FIRST]
    assert instance.current.name == FIRST
    assert (instance.root / "etc/shoebox/source").read_text().endswith("#v1\n")


def test_without_an_argument_the_reference_of_the_user_data_is_taken(instance: Instance) -> None:
    """That of a branch may be new. One that runs already is not installed again."""
    assert "v1 runs already" in instance.run("upgrade").stdout
    assert [path.name for path in instance.releases.iterdir()] == [FIRST]
    instance.set_source("#stable")
    assert instance.run("upgrade").returncode == 0
    assert read_release(instance.current).startswith("stable ")
    assert "stable runs already" in instance.run("upgrade").stdout


@pytest.mark.parametrize(
    ("reference", "source", "reason"),
    [
        ("v9", "", "there is no version v9"),
        ("--upload-pack=touch x", "", "must be a tag, a branch or a commit"),
        ("../v2", "", "must be a tag, a branch or a commit"),
        ("v2", "s3://bucket/source.tar.gz", "the source is a tarball"),
        ("v2", "missing", "Run the script of the user data once"),
    ],
)
def test_what_cannot_be_fetched_changes_nothing(
    instance: Instance, reference: str, source: str, reason: str
) -> None:
    file = instance.root / "etc/shoebox/source"
    if source == "missing":
        file.unlink()
    elif source:
        file.write_text(source)
    done = instance.run("upgrade", reference)
    assert done.returncode == 1
    assert reason in done.stdout, done.stdout + done.stderr
    assert [path.name for path in instance.releases.iterdir()] == [FIRST]


def test_an_incomplete_release_is_no_target_of_a_rollback(instance: Instance) -> None:
    """A build that was interrupted has no environment, or no scripts."""
    (instance.releases / "20251231T000000Z").mkdir()
    assert instance.run("rollback").returncode == 1
    assert instance.current.name == FIRST


def test_other_commands_run_as_the_site(instance: Instance) -> None:
    assert "User=shoebox" in instance.run("check").stdout
