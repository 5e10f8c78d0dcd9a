"""The template contains the script, gives it the parameters and waits for its end."""

import re
import runpy
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.deploy.stack.template import (
    ROOT,
    SCRIPT,
    SCRIPT_COPY,
    STACK,
    STACK_SCRIPT,
    TYPED,
    head_of_user_data,
    user_data,
)


def test_stack_contains_the_current_script(stack: dict[str, Any]) -> None:
    with_script = SCRIPT_COPY["with_script"]
    template = STACK.read_text(encoding="utf-8")
    assert with_script(template, SCRIPT) == template, (
        "the script has changed: python deploy/stack.py"
    )
    assert user_data(stack).endswith(STACK_SCRIPT)


def test_outdated_script_in_the_stack_is_detected() -> None:
    with_script = SCRIPT_COPY["with_script"]
    template = STACK.read_text(encoding="utf-8")
    changed = with_script(template, "#!/bin/bash\n\necho another\n")
    assert changed != template
    assert with_script(changed, SCRIPT) == template


def test_copy_of_the_script_differs_only_in_comments() -> None:
    """A line of the script that begins with # is a comment, also in texts of several lines."""
    dropped = [line for line in SCRIPT.splitlines() if line not in STACK_SCRIPT.splitlines()]
    assert all(line.lstrip().startswith("#") or "  # " in line for line in dropped)
    assert STACK_SCRIPT.startswith("#!/bin/bash\n")
    compare = 'diff -B <(bash --pretty-print "$0") <(bash --pretty-print "$1")'
    done = subprocess.run(
        ["bash", "-c", compare, ROOT / "deploy" / "user_data.sh", "/dev/stdin"],
        input=STACK_SCRIPT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_user_data_is_below_the_size_limit(stack: dict[str, Any]) -> None:
    """With every option, and with long parameters."""
    longest = user_data(stack, anyone_may_upload=True, balanced=True, has_cdn=True)
    assert len(longest.encode()) < 16_384 - 1_000


@pytest.mark.parametrize("anyone", [True, False])
def test_parameters_reach_the_script(
    stack: dict[str, Any], tmp_path: Path, *, anyone: bool
) -> None:
    script = tmp_path / "user_data"
    script.write_text(user_data(stack, anyone_may_upload=anyone))
    clean = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", script, "--check"],
        env=clean,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "The settings are valid.\n"), done.stderr
    names = "BUCKET_NAME REGION TABLE_NAME SITE_TITLE SOURCE_URL SOURCE_SHA256 DOMAIN ACME_EMAIL"
    settings = "|".join(f"${name}" for name in names.split()) + "|${UPLOADS:-}"
    head = head_of_user_data(stack, anyone_may_upload=anyone)
    said = subprocess.run(
        ["bash", "-c", f'{head}\necho "{settings}"'],
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == (
        'holiday-photos-2026|ap-northeast-2|photos|Holidays "by the sea" $HOME|'
        "https://example.org/shoebox.git#v1.2||photos.example.org|me@example.org|"
        f"{'open' if anyone else ''}\n"
    )


@pytest.mark.parametrize(
    "name",
    ["BucketName", "SourceUrl", "SourceSha256", "TableName", "SiteTitle", "Domain", "AcmeEmail"],
)
def test_parameters_can_not_close_their_quotes(stack: dict[str, Any], name: str) -> None:
    pattern = stack["Parameters"][name]["AllowedPattern"]
    good = {
        "BucketName": "holiday",
        "SourceUrl": "https://example.org/a",
        "SourceSha256": "a" * 64,
    }.get(name, "photos")
    assert re.fullmatch(pattern, good)
    for bad in ("'; reboot; '", f"{good}'", f"{good}\nreboot"):
        assert not re.fullmatch(pattern, bad)


def test_stack_waits_for_the_script(stack: dict[str, Any]) -> None:
    """Without a signal within 15 minutes the stack fails."""
    policy = stack["Resources"]["Instance"]["CreationPolicy"]
    assert policy == {"ResourceSignal": {"Count": 1, "Timeout": "PT15M"}}


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("has_cfn_signal", [True, False])
def test_end_of_the_script_is_signaled(
    stack: dict[str, Any], tmp_path: Path, *, status: int, has_cfn_signal: bool
) -> None:
    """With cfn-signal, which Amazon Linux has, or with the release's own program."""
    program = tmp_path / ("cfn/cfn-signal" if has_cfn_signal else "app/.venv/bin/python")
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    head = head_of_user_data(stack)
    head = head.replace("/opt/aws/bin", f"{tmp_path}/cfn")
    head = head.replace("/opt/shoebox/current", f"{tmp_path}/app")
    done = subprocess.run(
        ["bash", "-c", f"{head}\nexit {status}"], capture_output=True, text=True, check=False
    )
    options = f"--stack {TYPED['AWS::StackId']} --region ap-northeast-2 --resource Instance"
    if has_cfn_signal:
        assert done.stdout == f"-e {status} {options}\n"
    else:
        assert done.stdout == f"{tmp_path}/app/deploy/signal_stack.py {status} {options}\n"
    assert done.returncode == status, done.stderr


@pytest.mark.parametrize(("status", "expected"), [("0", "SUCCESS"), ("1", "FAILURE")])
def test_signal_program_sends_the_signal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str, expected: str
) -> None:
    """With the id of the instance: one of several instances counts once."""
    (tmp_path / "instance-id").write_text("i-0123\n")
    sent: list[dict[str, str]] = []
    client = SimpleNamespace(signal_resource=lambda **request: sent.append(request))
    monkeypatch.setattr("boto3.client", lambda *_, **__: client)
    main = runpy.run_path(str(ROOT / "deploy" / "signal_stack.py"))["main"]
    main.__globals__["INSTANCE_ID"] = tmp_path / "instance-id"
    main([status, "--stack", "arn:stack", "--region", "eu-west-1", "--resource", "Instance"])
    assert sent == [
        {
            "StackName": "arn:stack",
            "LogicalResourceId": "Instance",
            "UniqueId": "i-0123",
            "Status": expected,
        }
    ]
