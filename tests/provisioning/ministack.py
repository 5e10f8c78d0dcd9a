"""ministack: an AWS emulator on loopback that enforces roles and bucket policies.

It runs in a separate virtual environment because it pins another botocore. Its reset endpoint needs
no authentication, so nothing but these tests may reach it.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.server.site import free_port

PINNED = "ministack==1.5.33"
VENV = Path(sys.prefix) / "ministack"
REGION = "eu-west-1"
ROLE = "shoebox"
POLICIES = Path(__file__).parents[2] / "policies"


class MinistackMissing(Exception):
    """ministack can't be installed or started on this machine."""


@dataclass(frozen=True)
class Ministack:
    """A running ministack, used with the credentials of the account's owner."""

    url: str

    @cached_property
    def account(self) -> str:
        account: str = self.client("sts").get_caller_identity()["Account"]
        return account

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="test",  # the account's owner, to ministack
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 2}),
        )

    def statements(self, policy: str, bucket: str, table: str) -> list[dict[str, Any]]:
        """Return a policy's statements, its placeholders filled in as the README does."""
        text = (POLICIES / policy).read_text(encoding="utf-8")
        values = {
            "BUCKET_NAME": bucket,
            "TABLE_NAME": table,
            "REGION": REGION,
            "ACCOUNT_ID": self.account,
        }
        for name, value in values.items():
            text = text.replace(name, value)
        statements: list[dict[str, Any]] = json.loads(text)["Statement"]
        for statement in statements:
            if statement["Sid"] == "ProvisionTableTags":
                statement["Resource"] = "*"  # ministack takes no table from a ResourceArn
        return statements

    def as_role(self, name: str, statements: list[dict[str, Any]]) -> dict[str, str]:
        """The environment of an instance that has these rights and no others."""
        iam = self.client("iam")
        trust = (POLICIES / "instance_trust.json").read_text(encoding="utf-8")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=document)
        return self.assume(role["Arn"])

    def keep_only(self, name: str, statements: list[dict[str, Any]]) -> None:
        """Replace the rights of the role `name`."""
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.client("iam").put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=document)

    def assume(self, role: str) -> dict[str, str]:
        """Return the environment with credentials of the role."""
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="instance")[
            "Credentials"
        ]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
        }


@contextmanager
def run_ministack(
    folder: Path, program: Sequence[str] = ("-m", "ministack"), **options: str
) -> Iterator[Ministack]:
    """Start a new ministack with its files in `folder`.

    Args:
        folder: An empty folder.
        program: The arguments of its Python.
        options: Variables of its environment. Without one it enforces roles.

    Raises:
        MinistackMissing: It can't be installed or started.
    """
    _install()
    port = free_port()
    settings = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "TMPDIR": str(folder),
    }
    with (folder / "ministack.log").open("w") as log:
        process = subprocess.Popen(
            [VENV / "bin" / "python", *program],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "VENV": str(folder),
                "STATE_DIR": str(folder),
                **settings,
                **options,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(process, f"http://127.0.0.1:{port}")
        yield Ministack(f"http://127.0.0.1:{port}")
    finally:
        process.kill()  # it takes seconds to end by itself, and has nothing to keep
        process.wait()


def _install() -> None:
    """Install ministack once; other test processes wait for the first one."""
    try:
        with VENV.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ready = VENV / f".{PINNED}"
            if not ready.exists():
                uv = Path(sys.executable).parent / "uv"
                python = VENV / "bin" / "python"
                _run(uv, "venv", "--quiet", "--allow-existing", VENV)
                _run(uv, "pip", "install", "--quiet", "--python", python, PINNED)
                ready.touch()
    except (OSError, subprocess.SubprocessError) as error:
        raise MinistackMissing(
            f"{PINNED} can't be installed: {error} {getattr(error, 'stderr', '')}"
        ) from error


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)


def _await(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    raise MinistackMissing(f"{PINNED} does not start")
