"""The user-data script, as far as it can be tested without an instance."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.user_data import ROOT, SCRIPT


def test_user_data_is_below_the_size_limit() -> None:
    assert SCRIPT.stat().st_size < 16_384
    assert SCRIPT.read_text().startswith("#!/bin/bash\n")


@pytest.mark.parametrize("script", ["user_data.sh", "shoebox", "install", "activate", "https"])
def test_bash_and_shellcheck_pass(script: str) -> None:
    path = str(ROOT / "deploy" / script)
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or "shellcheck"
    for command in (["bash", "-n", path], [shellcheck, path]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_pinned_packages_are_those_of_the_site() -> None:
    """The script needs boto3 before it has the source."""
    (pins,) = re.findall(r'^BOTO3="([^"]+)"$', SCRIPT.read_text(), re.MULTILINE)
    site = (ROOT / "requirements.txt").read_text()
    assert {pin for pin in pins.split() if f"{pin} \\" not in site} == set()
    dependencies = {"botocore", "jmespath", "s3transfer", "python-dateutil", "six", "urllib3"}
    assert {pin.partition("==")[0] for pin in pins.split()} == {"boto3", *dependencies}


@pytest.mark.parametrize("command", re.findall(r"pip\" -q .*(?:\n .*)+", SCRIPT.read_text()))
def test_pip_runs_no_code_of_packages(command: str) -> None:
    """Only wheels, and with hashes wherever there is a requirements file."""
    assert "--only-binary :all:" in command
    assert "--require-hashes" in command or "$BOTO3" in command


def test_downloads_use_https_only() -> None:
    """Also after a redirect. The metadata service alone has no HTTPS."""
    lines = [line for line in SCRIPT.read_text().splitlines() if "curl -" in line]
    assert [line for line in lines if "meta-data" not in line and "--proto =https" not in line] == [
        line for line in lines if "ec2-metadata-token-ttl" in line
    ]


def test_script_has_no_secret_and_uses_imdsv2() -> None:
    text = SCRIPT.read_text()
    assert not re.search(r"AKIA[0-9A-Z]{16}|aws_secret_access_key", text)
    assert "api/token" in text


def test_without_root_it_says_how_to_run() -> None:
    as_unprivileged_user = (
        ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    )
    done = subprocess.run(
        [*as_unprivileged_user, "bash", "-s"],
        input=SCRIPT.read_text(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "sudo" in done.stderr
