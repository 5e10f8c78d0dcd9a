"""The secrets that every instance of one bucket shares, kept in SSM Parameter Store and made by whoever is first.

    python shared_secrets.py BUCKET REGION SECRET_KEY UPLOAD_PASSWORD

prints one NAME=value a line. The parameters are SecureStrings called /shoebox/BUCKET/NAME.
"""

import secrets
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another: people type passwords on phones
_MEND = "Give the instance's role the statement ScriptSecrets of policies/instance_role.json."


def main(bucket: str, region: str, *names: str) -> None:
    """Print the secrets called `names`."""
    ssm: Any = boto3.client(
        "ssm",
        region_name=region,
        config=Config(retries={"mode": "standard", "total_max_attempts": 5}),
    )
    try:
        for name in names:
            print(f"{name}={_shared(ssm, f'/shoebox/{bucket}/{name}')}")  # noqa: T201  for the script that calls this
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"The secrets in SSM Parameter Store can't be had: {error} {_MEND}")


def _shared(ssm: Any, parameter: str) -> str:
    if found := _kept(ssm, parameter):
        return found
    made = secrets.token_hex(32) if parameter.endswith("_KEY") else _password()
    try:
        ssm.put_parameter(
            Name=parameter,
            Value=made,
            Type="SecureString",
            Description="Made by Shoebox's user data.",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterAlreadyExists":
            raise
        return _kept(ssm, parameter) or ""  # another instance was faster
    return made


def _kept(ssm: Any, parameter: str) -> str | None:
    try:
        value: str = ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return value


def _password() -> str:
    """Sixteen letters and digits in groups: 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


if __name__ == "__main__":
    main(*sys.argv[1:])
