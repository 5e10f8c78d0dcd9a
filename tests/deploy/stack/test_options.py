"""deploy/stack.yaml with every combination of its options."""

import base64

import pytest

from tests.deploy.stack.template import TABLES
from tests.deploy.stack.test_create_stack import create, launch_data
from tests.provisioning.recording_aws import RecordingAws

NAME, EMAIL = "photos.example.org", "operator@example.org"
ALWAYS = {"Role", "InstanceProfile", "SecurityGroup", "LaunchTemplate"}
STORAGE = {"Bucket", *TABLES}
BALANCED = {"Group", "BalancerGroup", "Balancer", "Targets", "HttpListener"}


def expected(*, storage: str, cdn: str, is_balanced: bool, domain: str, email: str) -> set[str]:
    """Return the resources that moto plays."""
    names = ALWAYS | (BALANCED if is_balanced else {"Instance"})
    if storage == "new":
        names |= STORAGE
    if cdn == "cloudfront":
        names |= {"InvalidationPolicy"}
    if domain:
        names |= {"HttpsListener"} if is_balanced else {"Address"}
    return names | ({"AlarmTopic"} if email else set())


@pytest.mark.exhaustive("options of the stack")
@pytest.mark.parametrize("storage", ["new", "existing"])
@pytest.mark.parametrize("cdn", ["none", "cloudfront"])
@pytest.mark.parametrize("is_balanced", [False, True])
@pytest.mark.parametrize("domain", ["", NAME])
@pytest.mark.parametrize("email", ["", EMAIL])
def test_stack_has_the_resources_of_its_options(
    aws: RecordingAws, storage: str, cdn: str, *, is_balanced: bool, domain: str, email: str
) -> None:
    """It has no others, its URL is that of its options, and the site has their settings."""
    _, second, *_ = aws.client("ec2").describe_subnets()["Subnets"]
    options = {"Storage": storage, "Cdn": cdn, "Domain": domain, "AlarmEmail": email}
    if is_balanced:
        options["SecondSubnet"] = second["SubnetId"]
    if is_balanced and domain:
        answer = aws.client("acm").request_certificate(DomainName=domain)
        options["CertificateArn"] = answer["CertificateArn"]
    made = create(aws, **options)
    assert made.resources().keys() == expected(
        storage=storage, cdn=cdn, is_balanced=is_balanced, domain=domain, email=email
    )
    outputs = made.outputs()
    assert outputs["Url"] == f"https://{domain}/" if domain else outputs["Url"][:7] == "http://"
    # moto's instance has no public address.
    addresses = {"BalancerName"} if is_balanced else {"PublicIp"} if domain else set()
    assert outputs.keys() - {"Url", "Passwords"} == addresses
    text = base64.b64decode(launch_data(made)["UserData"]).decode()
    assert ("export PROXY_HOPS=2\n" in text) is is_balanced
    assert ("export PUBLIC_BUCKET=no " in text) is (cdn == "cloudfront")
    assert (f"export DOMAIN='{domain}' " in text) is (not is_balanced or not domain)
