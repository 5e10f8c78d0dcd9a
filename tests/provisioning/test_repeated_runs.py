"""Provisioning creates everything, and repeating it changes nothing.

Covers app.provisioning.tags.
"""

from typing import Any

from app.storage.aws.table_names import TableNames
from tests.provisioning.recording_aws import BUCKET, TABLE, RecordingAws


def test_first_run_creates_everything(aws: RecordingAws) -> None:
    outcomes = aws.provision()
    effects = {title: outcome.effect for title, outcome in outcomes.items()}
    [index] = (title for title in effects if title.startswith("index "))
    assert effects.pop(index) == "unchanged"  # the table is created with it
    assert set(effects.values()) == {"created", "changed", "public"}
    assert all(outcome.ok for outcome in outcomes.values())


def test_second_run_changes_nothing(aws: RecordingAws) -> None:
    aws.provision()
    aws.calls.clear()
    outcomes = list(aws.provision().values())
    assert [outcome.effect for outcome in outcomes] == ["unchanged"] * (len(outcomes) - 1) + [
        "public"
    ]
    changes = [call for call in aws.calls if call.startswith(("Create", "Put", "Update", "Delete"))]
    assert changes == ["PutObject", "DeleteObject"], "only the probe"


def test_listing_the_steps_calls_nothing(aws: RecordingAws) -> None:
    provisioner = aws.provisioner()
    assert all(step.title and step.actions for step in provisioner.steps())
    assert provisioner.actions()
    assert aws.calls == []


def test_bucket_and_tables_are_tagged(aws: RecordingAws) -> None:
    """The operator's own tags stay."""
    aws.run(f"bucket {BUCKET}")
    theirs: Any = {"Key": "CostCenter", "Value": "42"}
    aws.s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [theirs]})
    aws.provision()
    ours = {"Key": "Application", "Value": "shoebox"}
    assert aws.s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [theirs, ours]
    for table in TableNames.of(TABLE):
        arn = aws.dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
        assert aws.dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [ours]
