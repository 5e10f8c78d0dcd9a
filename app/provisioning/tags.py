"""Tag the bucket and the tables, so that cost reports can name them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.provisioning.steps import ProvisioningStep, StepResult, read_setting, read_setting_or_none
from app.storage.aws.errors import is_unimplemented

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# deploy/stack.yaml and README give the other resources the same tag.
TAGS = {"Application": "shoebox"}


class TagSteps:
    """The steps that tag the bucket and the tables. The operator's other tags stay."""

    def __init__(
        self,
        s3: "S3Client",
        dynamodb: "DynamoDBClient",
        *,
        bucket: str,
        tables: Iterable[str],
        custom_endpoint: bool,
    ) -> None:
        self._s3 = s3
        self._dynamodb = dynamodb
        self._bucket = bucket
        self._tables = tuple(tables)
        self._custom_endpoint = custom_endpoint

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """Return one step for each resource."""
        return (self._bucket_step(), *map(self._table_step, self._tables))

    def _bucket_step(self) -> ProvisioningStep:
        return ProvisioningStep(
            f"tags of bucket {self._bucket}: {_text()}",
            ("s3:GetBucketTagging", "s3:PutBucketTagging"),
            lambda: self._unless_unimplemented(self._tag_bucket),
        )

    def _table_step(self, table: str) -> ProvisioningStep:
        return ProvisioningStep(
            f"tags of table {table}: {_text()}",
            ("dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:TagResource"),
            lambda: self._unless_unimplemented(lambda: self._tag_table(table)),
        )

    def _unless_unimplemented(self, act: Callable[[], StepResult]) -> StepResult:
        try:
            return act()
        except ClientError as error:
            if self._custom_endpoint and is_unimplemented(error):
                return StepResult("skipped", "The endpoint does not support tags.")
            raise

    def _tag_bucket(self) -> StepResult:
        answer = read_setting_or_none(
            lambda: self._s3.get_bucket_tagging(Bucket=self._bucket), "NoSuchTagSet"
        )
        before = _as_dict(answer["TagSet"] if answer else ())
        if _has_ours(before):
            return StepResult("unchanged")
        after = before | TAGS  # the request replaces all tags of the bucket
        self._s3.put_bucket_tagging(Bucket=self._bucket, Tagging={"TagSet": _as_list(after)})
        return StepResult("changed")

    def _tag_table(self, table: str) -> StepResult:
        arn = self._dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
        answer = read_setting(lambda: self._dynamodb.list_tags_of_resource(ResourceArn=arn))
        if _has_ours(_as_dict(answer["Tags"])):
            return StepResult("unchanged")
        self._dynamodb.tag_resource(ResourceArn=arn, Tags=_as_list(TAGS))
        return StepResult("changed")


def _text() -> str:
    return ", ".join(f"{name}={value}" for name, value in TAGS.items())


def _has_ours(tags: Mapping[str, str]) -> bool:
    return TAGS.items() <= tags.items()


def _as_dict(tags: Iterable[Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _as_list(tags: Mapping[str, str]) -> list[Any]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]
