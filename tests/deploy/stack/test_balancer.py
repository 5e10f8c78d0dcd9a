"""deploy/stack.yaml with two instances behind a load balancer."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy.stack.template import head_of_user_data, launch_data, resolved
from tests.deploy.stack.test_create_stack import Stack, create
from tests.provisioning.recording_aws import RecordingAws, recording_aws

NAME = "photos.example.org"


def balanced(aws: RecordingAws, **parameters: str) -> Stack:
    """Create a stack with a second subnet, in another zone than the first."""
    _, second, *_ = aws.client("ec2").describe_subnets()["Subnets"]
    return create(aws, SecondSubnet=second["SubnetId"], **parameters)


def certificate(aws: RecordingAws) -> str:
    answer = aws.client("acm").request_certificate(DomainName=NAME)
    arn: str = answer["CertificateArn"]
    return arn


@pytest.fixture(scope="module")
def plain() -> Iterator[Stack]:
    with recording_aws("us-east-1") as aws:
        yield balanced(aws)


@pytest.fixture(scope="module")
def secure() -> Iterator[Stack]:
    """Moto keeps the account of the other stack, so this one is in another region."""
    with recording_aws("us-west-2") as aws:
        yield balanced(aws, BucketName="more-photos", Domain=NAME, CertificateArn=certificate(aws))


def listeners(made: Stack) -> dict[int, dict[str, Any]]:
    """Return the listeners of the load balancer by their ports."""
    found = made.aws.client("elbv2").describe_listeners(LoadBalancerArn=made.resource("Balancer"))
    return {listener["Port"]: listener for listener in found["Listeners"]}


def instances(made: Stack) -> list[dict[str, Any]]:
    pages = made.aws.client("ec2").describe_instances()["Reservations"]
    return [instance for page in pages for instance in page["Instances"]]


def test_two_instances_run_in_two_zones(plain: Stack) -> None:
    """Each has the tags of the stack, and there is no other."""
    (group,) = plain.aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    subnets = [plain.parameters["Subnet"], plain.parameters["SecondSubnet"]]
    assert group["VPCZoneIdentifier"].split(",") == subnets
    assert len(group["AvailabilityZones"]) == 2
    found = instances(plain)
    assert len(found) == 2
    for instance in found:
        tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
        assert (tags["Name"], tags["Application"]) == ("shoebox", "shoebox")
    assert {"Instance", "Address", "InstanceAlarm"}.isdisjoint(plain.resources())


def test_balancer_is_in_two_zones_and_open_to_the_internet(plain: Stack) -> None:
    (found,) = plain.aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert len(found["AvailabilityZones"]) == 2
    assert (found["Scheme"], found["Type"]) == ("internet-facing", "application")
    assert found["SecurityGroups"] == [plain.resource("BalancerGroup")]
    assert plain.outputs()["Url"] == f"http://{found['DNSName']}/"
    assert plain.outputs()["BalancerName"] == found["DNSName"]


def test_instances_accept_requests_of_the_balancer_alone(plain: Stack) -> None:
    """They trust its X-Forwarded-For, which a visitor could send to them otherwise."""
    (group,) = plain.aws.client("ec2").describe_security_groups(
        GroupIds=[plain.resource("SecurityGroup")]
    )["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (80, 80, [])
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [
        plain.resource("BalancerGroup")
    ]


def test_health_is_that_of_the_process_not_of_aws(plain: Stack) -> None:
    """With /readyz, all instances would leave service while AWS does not answer."""
    (group,) = plain.aws.client("elbv2").describe_target_groups()["TargetGroups"]
    assert group["HealthCheckPath"] == "/healthz"
    (scaling,) = plain.aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert scaling["TargetGroupARNs"] == [group["TargetGroupArn"]]
    assert (scaling["MinSize"], scaling["DesiredCapacity"]) == (2, 2)
    assert scaling["HealthCheckType"] == "ELB"


def test_balancer_without_a_certificate_serves_http(plain: Stack) -> None:
    (listener,) = listeners(plain).values()
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")
    assert listener["DefaultActions"][0]["Type"] == "forward"


def test_balancer_with_a_certificate_redirects_to_https(secure: Stack) -> None:
    """The site is at its domain, and the instances have no certificate and no address of it."""
    found = listeners(secure)
    (redirect,) = found[80]["DefaultActions"]
    assert (redirect["Type"], redirect["RedirectConfig"]["Protocol"]) == ("redirect", "HTTPS")
    assert found[443]["DefaultActions"][0]["Type"] == "forward"
    assert found[443]["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert secure.outputs()["Url"] == "https://photos.example.org/"
    assert secure.aws.client("ec2").describe_addresses()["Addresses"] == []


def settings(stack: dict[str, Any], *, balanced: bool) -> str:
    head = head_of_user_data(stack, balanced=balanced)
    done = subprocess.run(
        ["bash", "-c", f'{head}\ntrap - EXIT\necho "$DOMAIN|${{PROXY_HOPS:-}}"'],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_instances_behind_the_balancer_trust_two_proxies(stack: dict[str, Any]) -> None:
    """The load balancer and nginx. Its certificate is that of the domain, so they get none."""
    assert settings(stack, balanced=True) == "|2\n"
    assert settings(stack, balanced=False) == "photos.example.org|\n"


def test_stack_and_each_update_wait_for_the_scripts(stack: dict[str, Any]) -> None:
    """Two instances serve all the time: an update starts a third one first."""
    group = stack["Resources"]["Group"]
    assert group["CreationPolicy"] == {"ResourceSignal": {"Count": 2, "Timeout": "PT15M"}}
    policy = group["UpdatePolicy"]["AutoScalingRollingUpdate"]
    assert policy["WaitOnResourceSignals"] is True
    assert policy["MinInstancesInService"] == 2 < int(group["Properties"]["MaxSize"])
    for balanced, name in ((True, "Group"), (False, "Instance")):
        assert f"--resource {name})" in head_of_user_data(stack, balanced=balanced)


def test_group_chooses_the_subnets(stack: dict[str, Any]) -> None:
    """A subnet in the launch template would put both instances into one zone."""
    (network,) = launch_data(stack)["NetworkInterfaces"]
    values = {"Subnet": "subnet-1", "AWS::NoValue": ""}
    subnets = [
        resolved(network["SubnetId"], values, {"HasBalancer": there}) for there in (True, False)
    ]
    assert subnets == ["", "subnet-1"]


def test_certificate_and_domain_come_together(stack: dict[str, Any]) -> None:
    """A certificate has a name, and a name whose visitors had HTTPS keeps it."""
    rules = stack["Rules"]
    asserted = {
        name: [assertion["AssertDescription"] for assertion in rules[name]["Assertions"]]
        for name in ("CertificateHasUse", "BalancedDomainHasCertificate")
    }
    assert [len(texts) for texts in asserted.values()] == [2, 1]


@pytest.mark.parametrize("name", ["SecondSubnet", "CertificateArn"])
def test_balancer_is_an_option(stack: dict[str, Any], name: str) -> None:
    parameter = stack["Parameters"][name]
    assert parameter["Default"] == ""
    assert re.fullmatch(parameter["AllowedPattern"], "")
