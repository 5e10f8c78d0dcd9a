"""`shoebox upgrade` replaces the release, and a version that fails leaves the current one."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.services.operations.machine import read_release
from tests.deploy.instance import DEPLOY, FIRST, Instance, git, write_program

OTHER_USER = 65534


def test_upgrade_and_rollback(instance: Instance) -> None:
    """The new release has its own environment and a note of its version. The old one stays.

    The packages of either are compared with advisories, unless the weekly timer is off.
    """
    done = instance.run("upgrade", "v2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "--app app advisories" in done.stdout
    second = instance.current
    assert second.name != FIRST
    assert read_release(second) == f"v2 {git(instance.repository, 'rev-parse', 'v2')[:12]}"
    assert (second / ".venv/bin/pip").exists()
    assert not (second / ".git").exists()
    assert "systemctl restart shoebox.service" in (instance.root / "log").read_text()
    assert (instance.root / "etc/systemd/system/shoebox-weekly.timer").exists()
    assert "systemctl enable -q --now shoebox-weekly.timer" in (instance.root / "log").read_text()
    with (instance.root / "etc/shoebox/env").open("a") as settings:
        settings.write("WEEKLY_CHECK=yes\nWEEKLY_CHECK='no'\n")
    returned = instance.run("rollback")
    assert returned.returncode == 0, returned.stdout + returned.stderr
    assert "--app app advisories" not in returned.stdout
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


def test_a_release_from_before_the_domain_gets_certbot(instance: Instance) -> None:
    """Otherwise its certificate would not be renewed. It runs, too, if that fails."""
    instance.upgrade("v2")
    with (instance.root / "etc/shoebox/env").open("a") as settings:
        settings.write("DOMAIN=photos.example.org\n")
    instance.upgrade("v5")
    pip = instance.releases / FIRST / ".venv/bin/pip"
    write_program(pip, 'echo "pip $*"; exit 1')
    assert instance.run("rollback").returncode == 0
    done = instance.run("rollback")
    assert (done.returncode, instance.current.name) == (0, FIRST), done.stdout
    assert f"{FIRST}/deploy/requirements.txt" in done.stdout
    assert "certificate will not be renewed" in done.stdout


@pytest.mark.parametrize("line", ["DOMAIN=", 'DOMAIN=""'])
def test_an_empty_domain_is_none(instance: Instance, line: str) -> None:
    """Neither certbot nor a timer is installed for it."""
    with (instance.root / "etc/shoebox/env").open("a") as settings:
        settings.write(f"{line}\n")
    for pip in (instance.root / "pip", instance.releases / FIRST / ".venv/bin/pip"):
        write_program(pip, 'echo "pip $*"')
    done = instance.run("upgrade", "v2")
    assert "requirements.txt" in done.stdout
    for output in (done.stdout, instance.run("rollback").stdout):
        assert "deploy/requirements.txt" not in output
    assert instance.current.name == FIRST
    assert " enable -q --now shoebox-https.timer" not in (instance.root / "log").read_text()


@pytest.mark.parametrize("name", ["upgrade", "rollback"])
def test_without_root_the_command_says_so(name: str) -> None:
    """It is the first thing that it says, before any file is opened."""
    with TemporaryDirectory() as folder:  # that of the test belongs to its user alone
        root = Path(folder)
        for part in ("opt/shoebox/releases", "run"):
            (root / part).mkdir(parents=True)
            (root / part).chmod(0o555)
        shutil.copy(DEPLOY / name, root / name)
        root.chmod(0o755)
        done = subprocess.run(
            [root / name],
            env={"PATH": os.environ["PATH"], "SHOEBOX_ROOT": folder},
            user=OTHER_USER if os.geteuid() == 0 else None,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"run this as root: sudo shoebox {name}" in done.stdout.splitlines()[0]
    assert done.stderr == ""


def test_the_commit_that_status_prints_is_a_version(instance: Instance) -> None:
    """Also if no branch or tag is at this commit. Too few digits are no commit."""
    instance.upgrade("v5")
    short = read_release(instance.current).split()[1]
    assert len(short) == 12
    git(instance.repository, "tag", "-d", "v5")
    assert instance.run("rollback").returncode == 0
    instance.upgrade(short)
    assert read_release(instance.current).split()[1] == short
    assert f"there is no version {'0' * 12}" in instance.run("upgrade", "0" * 12).stdout


def test_other_commands_run_as_the_site(instance: Instance) -> None:
    assert "User=shoebox" in instance.run("check").stdout
