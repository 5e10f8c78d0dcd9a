"""The steps of provisioning, their results, and retries while AWS settles a change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from botocore.exceptions import ClientError

from app.domain.errors import StorageUnavailable
from app.storage.aws.errors import action_of, error_code, is_denied, translate_errors

T = TypeVar("T")
Sleep = Callable[[float], None]
StepEffect = Literal[
    "created",
    "changed",
    "unchanged",
    "skipped",
    "not checked",
    "public",
    "not public",
    "unknown",
    "deleted",
    "already deleted",
    "kept",
]

PAUSES = (1, 2, 4, 8, 15, 15, 15)  # seconds

_SETTLING = {
    "ContinuousBackupsUnavailableException",
    "NoSuchBucket",
    "OperationAborted",
    "ResourceInUseException",
    "TableNotFoundException",
}


class ReadDenied(Exception):
    """The caller may not read a setting, for lack of the IAM action `action`."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


@dataclass(frozen=True, slots=True)
class StepResult:
    """The result of a step. `detail` is a text for the operator, or empty."""

    effect: StepEffect
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Return whether nothing contradicts the title.

        A setting that was not checked is fine: once the site runs, the instance's role has only the
        permissions for serving.
        """
        return self.effect not in {"not public", "unknown"}


@dataclass(frozen=True, slots=True)
class ProvisioningStep:
    """One setting of the bucket or a table. `run` writes it only if it differs."""

    title: str
    actions: tuple[str, ...]  # the IAM actions that `run` may need
    act: Callable[[], StepResult]

    def run(self) -> StepResult:
        """Apply the setting, unless the caller may not read it.

        Raises:
            StorageRefused: The operator has to change something first.
            StorageUnavailable: AWS failed or did not answer.
        """
        with translate_errors():
            try:
                return self.act()
            except ReadDenied as denied:
                detail = f"The role lacks {denied.action}, which only provisioning needs."
                return StepResult("not checked", detail)


def get_or_none(call: Callable[[], T], missing: str) -> T | None:
    """Return the response, or None if AWS answers with the error code `missing`."""
    try:
        return call()
    except ClientError as error:
        if error_code(error) == missing:
            return None
        raise


def read_setting(call: Callable[[], T]) -> T:
    """Return the response. Raises ReadDenied if the caller may not read the setting."""
    try:
        return call()
    except ClientError as error:
        if is_denied(error):
            raise ReadDenied(action_of(error.operation_name)) from error
        raise


def read_setting_or_none(call: Callable[[], T], missing: str) -> T | None:
    """Return the response, or None for the error code `missing`. Raises ReadDenied."""
    return read_setting(lambda: get_or_none(call, missing))


def retry_until_settled(call: Callable[[], T], sleep: Sleep) -> T:
    """Call until an earlier change of the same bucket or table has settled, for about a minute.

    Raises:
        StorageUnavailable: The change has not settled.
    """
    for pause in PAUSES:
        try:
            return call()
        except ClientError as error:
            if not _is_settling(error):
                raise
        sleep(pause)
    try:
        return call()
    except ClientError as error:
        if not _is_settling(error):
            raise
        raise StorageUnavailable(
            f"An earlier change has not settled ({error}). Run this again in a minute."
        ) from error


def _is_settling(error: ClientError) -> bool:
    # AWS denies a public policy for some seconds after the public access block was lifted.
    return error_code(error) in _SETTLING or (
        is_denied(error) and "BlockPublicPolicy" in str(error)
    )
