"""Create the DynamoDB tables, protect them, and set their time to live."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.domain.errors import StorageRefused
from app.provisioning.steps import (
    ProvisioningStep,
    Sleep,
    StepResult,
    get_or_none,
    read_setting,
    retry_until_settled,
)
from app.provisioning.table_index import IndexSpec, ensure_index
from app.provisioning.table_keys import key_problem
from app.provisioning.table_specs import TableSpec, table_specs
from app.storage.aws.errors import error_code, is_unimplemented

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

EXPIRES_AT = "expires_at"
_WAIT_SECONDS, _WAIT_TIMES = 2, 150


class TableSteps:
    """The steps that create and configure `table` and the tables that are named after it."""

    def __init__(
        self, dynamodb: "DynamoDBClient", *, table: str, custom_endpoint: bool, sleep: Sleep
    ) -> None:
        self._dynamodb = dynamodb
        self._tables = table_specs(table)
        self._custom_endpoint = custom_endpoint
        self._sleep = sleep

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """Return the steps. All tables are requested before the first wait."""
        return (
            *map(self._table_step, self._tables),
            *(self._index_step(spec, spec.index) for spec in self._tables if spec.index),
            *map(self._recovery_step, self._tables),
            *(self._expiry_step(spec) for spec in self._tables if spec.has_expiry),
        )

    def _table_step(self, spec: TableSpec) -> ProvisioningStep:
        return ProvisioningStep(
            f"table {spec.name} ({', '.join(spec.keys)}), on demand, protected from deletion",
            ("dynamodb:DescribeTable", "dynamodb:CreateTable", "dynamodb:UpdateTable"),
            lambda: self.ensure_table(spec),
        )

    def _index_step(self, spec: TableSpec, index: IndexSpec) -> ProvisioningStep:
        return ProvisioningStep(
            f"index {index.name} of {spec.name}, for the most used tags",
            ("dynamodb:DescribeTable", "dynamodb:UpdateTable"),
            lambda: self.ensure_index(spec, index),
        )

    def _recovery_step(self, spec: TableSpec) -> ProvisioningStep:
        return ProvisioningStep(
            f"point-in-time recovery of {spec.name}",
            (
                "dynamodb:DescribeTable",
                "dynamodb:DescribeContinuousBackups",
                "dynamodb:UpdateContinuousBackups",
            ),
            lambda: self.ensure_recovery(spec),
        )

    def _expiry_step(self, spec: TableSpec) -> ProvisioningStep:
        return ProvisioningStep(
            f"deleted photos leave {spec.name} after their time ({EXPIRES_AT})",
            ("dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:UpdateTimeToLive"),
            lambda: self.ensure_expiry(spec),
        )

    def ensure_table(self, spec: TableSpec) -> StepResult:
        """Create the table, or change its settings. Raises StorageRefused if its keys differ."""
        answer = get_or_none(
            lambda: self._dynamodb.describe_table(TableName=spec.name), "ResourceNotFoundException"
        )
        return self._adjust(spec, answer["Table"]) if answer else self._create(spec)

    def _create(self, spec: TableSpec) -> StepResult:
        try:
            self._dynamodb.create_table(**spec.definition, DeletionProtectionEnabled=True)
        except ClientError as error:
            if error_code(error) == "ResourceInUseException":  # another instance was faster
                return StepResult("unchanged")
            raise
        return StepResult("created")

    def _adjust(self, spec: TableSpec, table: "TableDescriptionTypeDef") -> StepResult:
        problem = key_problem(spec.keys, spec.schema, table)
        if problem:
            raise StorageRefused(
                f"The table {spec.name} {problem}: it was not made by Shoebox. "
                "Choose another PHOTO_TABLE (TABLE_NAME in the script)."
            )
        done = []
        if not table.get("DeletionProtectionEnabled"):
            self._update(spec, DeletionProtectionEnabled=True)
            done.append("protected from deletion")
        if table.get("BillingModeSummary", {}).get("BillingMode") != "PAY_PER_REQUEST":
            self._update(spec, BillingMode="PAY_PER_REQUEST")
            done.append("billed on demand")
        return (
            StepResult("changed", f"now {' and '.join(done)}.") if done else StepResult("unchanged")
        )

    def _update(self, spec: TableSpec, **setting: Any) -> None:
        self._await_active(spec)
        retry_until_settled(
            lambda: self._dynamodb.update_table(TableName=spec.name, **setting), self._sleep
        )

    def ensure_index(self, spec: TableSpec, index: IndexSpec) -> StepResult:
        """Add the index to a table of an earlier version."""
        self._await_active(spec)
        return ensure_index(self._dynamodb, spec.name, index, self._sleep)

    def ensure_recovery(self, spec: TableSpec) -> StepResult:
        """Turn point-in-time recovery on, unless a custom endpoint lacks it."""
        self._await_active(spec)
        try:
            if self._is_recoverable(spec):
                return StepResult("unchanged")
            retry_until_settled(
                lambda: self._dynamodb.update_continuous_backups(
                    TableName=spec.name,
                    PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
                ),
                self._sleep,
            )
        except ClientError as error:
            if self._custom_endpoint and is_unimplemented(error):
                return StepResult("skipped", "this storage has no point-in-time recovery.")
            raise
        return StepResult("changed")

    def _is_recoverable(self, spec: TableSpec) -> bool:
        answer = retry_until_settled(
            lambda: read_setting(
                lambda: self._dynamodb.describe_continuous_backups(TableName=spec.name)
            ),
            self._sleep,
        )
        backups = answer["ContinuousBackupsDescription"]
        return (
            backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
            == "ENABLED"
        )

    def ensure_expiry(self, spec: TableSpec) -> StepResult:
        """Let DynamoDB delete items once `expires_at` (Unix time, in seconds) has passed.

        Changing the attribute takes an hour (Amazon DynamoDB API Reference, "UpdateTimeToLive"), so
        another attribute is refused.
        """
        self._await_active(spec)
        name = spec.name
        answer = read_setting(lambda: self._dynamodb.describe_time_to_live(TableName=name))
        expiry = answer["TimeToLiveDescription"]
        if expiry.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}:
            if expiry.get("AttributeName") == EXPIRES_AT:
                return StepResult("unchanged")
            raise StorageRefused(
                f"The table {name} expires items by {expiry.get('AttributeName')!r}. "
                f"Turn its time to live off, wait an hour and run this again; "
                f"it must be {EXPIRES_AT!r}."
            )
        retry_until_settled(
            lambda: self._dynamodb.update_time_to_live(
                TableName=name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRES_AT},
            ),
            self._sleep,
        )
        return StepResult("changed")

    def _await_active(self, spec: TableSpec) -> None:
        waiter = self._dynamodb.get_waiter("table_exists")
        waiter.wait(
            TableName=spec.name, WaiterConfig={"Delay": _WAIT_SECONDS, "MaxAttempts": _WAIT_TIMES}
        )
