"""deploy/stack.yaml, created and launched on moto."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.storage.aws.table_names import TableNames
from tests.deploy.stack.template import STACK_SCRIPT
from tests.provisioning.recording_aws import BUCKET, TABLE, RecordingAws, recording_aws

DEPLOY = Path(__file__).parents[3] / "deploy"
TEMPLATE = (DEPLOY / "stack.yaml").read_text(encoding="utf-8")
# moto wants the instance's image spelled out, which CloudFormation takes from the launch template.
BY_TEMPLATE = """\
      LaunchTemplate:
        LaunchTemplateId: !Ref LaunchTemplate
        Version: !GetAtt LaunchTemplate.LatestVersionNumber
"""
# moto has no resources of these types.
NOT_PLAYED = re.compile(
    r"^  \w+:.*\n    Type: AWS::"
    r"(?:S3::BucketPolicy|CloudWatch::Alarm|Budgets::Budget|CloudFront::\w+)\n"
    r"(?:    .*\n)+\n",
    re.MULTILINE,
)
DISTRIBUTION = {
    "Distribution": "E2QWRUHAPOMQZL",
    "Distribution.DomainName": "d111111abcdef8.cloudfront.net",
}
SPELLED_OUT = """\
      ImageId: !Ref Image
      SubnetId: !Ref Subnet
"""


@dataclass
class Stack:
    """A created stack and the AWS account that contains it."""

    aws: RecordingAws
    subnet: str
    parameters: dict[str, str]

    def resource(self, name: str) -> str:
        """Return the physical id of the resource `name`."""
        return self.resources()[name]

    def resources(self) -> dict[str, str]:
        """Return the physical ids of all resources by their names."""
        answer = self.aws.client("cloudformation").list_stack_resources(StackName="shoebox")
        listed = answer["StackResourceSummaries"]
        # moto lists resources whose condition is false without a name.
        made = [entry for entry in listed if entry["LogicalResourceId"]]
        return {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in made}

    def update(self, **parameters: str) -> None:
        """Change parameters of the stack."""
        self.aws.client("cloudformation").update_stack(**request(self.parameters | parameters))

    def outputs(self) -> dict[str, str]:
        (stack,) = self.aws.client("cloudformation").describe_stacks(StackName="shoebox")["Stacks"]
        assert stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def create(aws: RecordingAws, **parameters: str) -> Stack:
    (subnet, *_) = aws.client("ec2").describe_subnets()["Subnets"]
    given = {
        "BucketName": "holiday-photos",
        "SourceUrl": "https://example.org/shoebox.tar.gz",
        "Vpc": subnet["VpcId"],
        "Subnet": subnet["SubnetId"],
    } | parameters
    aws.client("cloudformation").create_stack(**request(given))
    return Stack(aws, subnet["SubnetId"], given)


def request(parameters: dict[str, str]) -> dict[str, Any]:
    """Return the parameters of CreateStack and UpdateStack."""
    assert BY_TEMPLATE in TEMPLATE
    instance = TEMPLATE.index("\n  Instance:\n")
    spelled_out = TEMPLATE[instance:].replace(BY_TEMPLATE, SPELLED_OUT, 1)
    template = NOT_PLAYED.sub("", TEMPLATE[:instance] + spelled_out)
    for name, value in DISTRIBUTION.items():
        template = template.replace(f"${{{name}}}", value)
    return {
        "StackName": "shoebox",
        "TemplateBody": template.replace("DependsOn: [BucketPolicy, ", "DependsOn: ["),
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
    }


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with recording_aws("us-east-1") as aws:
        yield create(aws)


def test_url_output_is_the_instance_address_without_a_domain(stack: Stack) -> None:
    assert stack.outputs()["Url"].startswith("http://")


def test_output_has_the_command_that_reads_the_passwords(stack: Stack) -> None:
    command = stack.outputs()["Passwords"]
    assert command.startswith("aws ssm get-parameters --region us-east-1 --with-decryption ")
    assert command.endswith(
        "/shoebox/holiday-photos/UPLOAD_PASSWORD /shoebox/holiday-photos/ADMIN_PASSWORD"
    )


def test_security_group_allows_http_and_https_only(stack: Stack) -> None:
    (group,) = stack.aws.client("ec2").describe_security_groups(
        GroupIds=[stack.resource("SecurityGroup")]
    )["SecurityGroups"]
    assert {(rule["FromPort"], rule["ToPort"]) for rule in group["IpPermissions"]} == {
        (80, 80),
        (443, 443),
    }


def test_instance_profile_has_the_role(stack: Stack) -> None:
    iam = stack.aws.client("iam")
    role = stack.resource("Role")
    profile = iam.get_instance_profile(InstanceProfileName=stack.resource("InstanceProfile"))[
        "InstanceProfile"
    ]
    assert [holder["RoleName"] for holder in profile["Roles"]] == [role]
    document: Any = iam.get_role_policy(RoleName=role, PolicyName="serving")[
        "PolicyDocument"
    ]  # which moto leaves a text
    assert "'arn:aws:s3:::holiday-photos/photos/*'" in document
    assert launch_data(stack)["IamInstanceProfile"]["Arn"] == profile["Arn"]


def test_launch_template_has_the_script_as_user_data(stack: Stack) -> None:
    """It requires IMDSv2 and has a public address, the security group and the script."""
    data = launch_data(stack)
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    (network,) = data["NetworkInterfaces"]
    assert (network["AssociatePublicIpAddress"], network["SubnetId"]) == (True, stack.subnet)
    assert network["Groups"] == [stack.resource("SecurityGroup")]
    ec2 = stack.aws.client("ec2")
    by_template = {"LaunchTemplateId": stack.resource("LaunchTemplate"), "Version": "$Latest"}
    (instance,) = ec2.run_instances(LaunchTemplate=by_template, MinCount=1, MaxCount=1)["Instances"]
    assert (instance["ImageId"], instance["InstanceType"]) == (data["ImageId"], "t3.micro")
    answer = ec2.describe_instance_attribute(
        InstanceId=instance["InstanceId"], Attribute="userData"
    )
    user_data = base64.b64decode(answer["UserData"]["Value"]).decode()
    assert "\nexport BUCKET_NAME='holiday-photos' REGION='us-east-1'\n" in user_data
    assert "\nexport TABLE_NAME='photos' " in user_data
    assert user_data.endswith(STACK_SCRIPT)


def test_stack_owns_bucket_and_tables(stack: Stack) -> None:
    assert stack.aws.run(f"bucket {BUCKET} in us-east-1").effect == "unchanged"
    for table in TableNames.of(TABLE):
        assert stack.aws.run(f"table {table} ").effect == "unchanged"


def test_second_stack_uses_existing_storage() -> None:
    """As after a stack was deleted, or for a second instance."""
    with recording_aws("us-west-2") as aws:
        stack = create(aws, Storage="existing")
        cloudformation = aws.client("cloudformation")
        listed = cloudformation.list_stack_resources(StackName="shoebox")["StackResourceSummaries"]
        kinds = {resource["ResourceType"] for resource in listed}
        assert not [kind for kind in kinds if "S3" in kind or "DynamoDB" in kind]
        assert stack.outputs()["Url"].startswith("http://")


def test_domain_gets_an_elastic_ip_and_is_the_url(aws: RecordingAws) -> None:
    stack = create(aws, Domain="photos.example.org", BucketName="more-photos")
    (address,) = aws.client("ec2").describe_addresses()["Addresses"]
    assert address["InstanceId"] == stack.resource("Instance")
    assert stack.outputs()["Url"] == "https://photos.example.org/"
    assert stack.outputs()["PublicIp"] == address["PublicIp"]


def launch_data(stack: Stack) -> dict[str, Any]:
    versions = stack.aws.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=stack.resource("LaunchTemplate")
    )
    data: dict[str, Any] = versions["LaunchTemplateVersions"][-1]["LaunchTemplateData"]
    return data
