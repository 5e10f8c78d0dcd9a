"""Tell CloudFormation how the user data ended, where cfn-signal is not installed.

    python signal_stack.py EXIT_STATUS --stack STACK --region REGION --resource RESOURCE

The options are those of cfn-signal. The instance's role needs cloudformation:SignalResource.
"""

import argparse
from pathlib import Path

import boto3
from botocore.config import Config

# Where cloud-init, which runs user data, notes it.
INSTANCE_ID = Path("/var/lib/cloud/data/instance-id")


def main(arguments: list[str] | None = None) -> None:
    """Signal success for the exit status 0, otherwise failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exit_status", type=int)
    for name in ("--stack", "--region", "--resource"):
        parser.add_argument(name, required=True)
    options = parser.parse_args(arguments)
    client = boto3.client(
        "cloudformation",
        region_name=options.region,
        config=Config(retries={"mode": "standard", "total_max_attempts": 5}),
    )
    client.signal_resource(
        StackName=options.stack,
        LogicalResourceId=options.resource,
        # Of an Auto Scaling group, CloudFormation counts one signal of each instance.
        UniqueId=INSTANCE_ID.read_text("utf-8").strip(),
        Status="SUCCESS" if options.exit_status == 0 else "FAILURE",
    )


if __name__ == "__main__":
    main()
