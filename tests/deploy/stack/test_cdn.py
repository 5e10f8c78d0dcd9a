"""deploy/stack.yaml with CloudFront in front of a private bucket."""

import base64
import subprocess
from typing import Any

import pytest

from app.domain import object_keys
from app.provisioning.policies import PRIVATE_ACCESS_BLOCK
from tests.deploy.stack.template import TYPED, VALUES, head_of_user_data, policy, resolved
from tests.deploy.stack.test_create_stack import create, launch_data
from tests.provisioning.recording_aws import RecordingAws

CDN = {"HasCdn": True, "NewStorage": True}
NAMES = {
    "AWS::StackId": TYPED["AWS::StackId"],
    "AWS::URLSuffix": "amazonaws.com",
    "Bucket": "BUCKET_NAME",
    "Distribution": "DISTRIBUTION_ID",
}
CLOUDFRONT = ("Distribution", "OriginAccess", "CachePolicy")


def properties(stack: dict[str, Any], name: str, **values: str) -> dict[str, Any]:
    known = VALUES | NAMES | values
    found: dict[str, Any] = resolved(stack["Resources"][name]["Properties"], known, CDN)
    return found


def test_public_bucket_is_the_default(stack: dict[str, Any]) -> None:
    assert stack["Parameters"]["Cdn"]["Default"] == "none"
    assert {stack["Resources"][name]["Condition"] for name in CLOUDFRONT} == {"HasCdn"}


def test_bucket_is_private_behind_the_distribution(stack: dict[str, Any]) -> None:
    """As provisioning makes it: the distribution alone may read, and only photos."""
    assert properties(stack, "Bucket")["PublicAccessBlockConfiguration"] == PRIVATE_ACCESS_BLOCK
    document = properties(stack, "BucketPolicy")["PolicyDocument"]
    assert document == policy("cdn_bucket_policy.json")


def test_bucket_policy_belongs_to_every_stack_with_a_distribution(stack: dict[str, Any]) -> None:
    """Also with existing storage: the policy of an earlier stack names another distribution."""
    assert stack["Resources"]["BucketPolicy"]["Condition"] == "OwnsBucketPolicy"
    assert stack["Conditions"]["OwnsBucketPolicy"] == {
        "Or": [{"Condition": "NewStorage"}, {"Condition": "HasCdn"}]
    }


def test_role_may_invalidate_copies_in_the_distribution(stack: dict[str, Any]) -> None:
    made = properties(stack, "InvalidationPolicy", Role="role")
    assert made["PolicyDocument"] == policy("cloudfront_invalidation.json")
    assert made["Roles"] == ["role"]


def test_cloudfront_accepts_the_distribution(stack: dict[str, Any], aws: RecordingAws) -> None:
    """It signs its requests to the regional name of the bucket, and redirects to HTTPS."""
    cloudfront = aws.client("cloudfront")
    access = properties(stack, "OriginAccess")["OriginAccessControlConfig"]
    made = cloudfront.create_origin_access_control(OriginAccessControlConfig=access)
    identifier = made["OriginAccessControl"]["Id"]
    config = properties(stack, "Distribution", OriginAccess=identifier, CachePolicy="policy")[
        "DistributionConfig"
    ]
    (origin,) = config["Origins"]
    assert origin["OriginAccessControlId"] == identifier
    asked = config | {
        "CallerReference": "1",
        "Comment": "",
        "Origins": {"Quantity": 1, "Items": [origin]},
        "IsIPV6Enabled": config["IPV6Enabled"],
    }
    del asked["IPV6Enabled"]  # as the API calls it
    found = cloudfront.create_distribution(DistributionConfig=asked)["Distribution"]
    (origin,) = found["DistributionConfig"]["Origins"]["Items"]
    assert origin["DomainName"] == "BUCKET_NAME.s3.REGION.amazonaws.com"
    assert access["SigningBehavior"] == "always"
    behavior = found["DistributionConfig"]["DefaultCacheBehavior"]
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"


def test_copies_expire_with_the_header_of_the_objects(stack: dict[str, Any]) -> None:
    """Objects that were stored without a CDN have a header of one year."""
    config = properties(stack, "CachePolicy")["CachePolicyConfig"]
    assert config["MinTTL"] <= object_keys.MAX_AGE_IN_SHARED_CACHES
    assert config["MaxTTL"] == object_keys.MAX_AGE_IN_SHARED_CACHES


def test_names_of_an_account_are_unique_and_short(stack: dict[str, Any]) -> None:
    for name in ("OriginAccess", "CachePolicy"):
        (config,) = properties(stack, name).values()
        assert config["Name"] == "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize("has_cdn", [True, False])
def test_site_reads_photos_from_the_distribution(stack: dict[str, Any], *, has_cdn: bool) -> None:
    head = head_of_user_data(stack, has_cdn=has_cdn)
    names = ("MEDIA_BASE_URL", "CLOUDFRONT_DISTRIBUTION_ID", "PUBLIC_BUCKET")
    shown = " ".join(f'"${{{name}:-}}"' for name in names)
    done = subprocess.run(
        ["bash", "-c", f"{head}\ntrap - EXIT\nprintf '%s\\n' {shown}"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = ["https://d111111abcdef8.cloudfront.net", "E2QWRUHAPOMQZL", "no"]
    assert done.stdout.splitlines() == (expected if has_cdn else ["", "", ""])


def test_stack_with_a_distribution_is_created(aws: RecordingAws) -> None:
    """The user data names the distribution, and the role may invalidate copies in it."""
    made = create(aws, Cdn="cloudfront")
    policies = aws.client("iam").list_role_policies(RoleName=made.resource("Role"))["PolicyNames"]
    assert sorted(policies) == ["cdn", "serving", "signal"]
    text = base64.b64decode(launch_data(made)["UserData"]).decode()
    assert "\nexport MEDIA_BASE_URL=https://d111111abcdef8.cloudfront.net\n" in text
