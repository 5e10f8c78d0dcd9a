"""What provisioning is made of: steps with outcomes, patience, and AWS's refusals in sentences that name the mend."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    WaiterError,
)

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable

T = TypeVar("T")
Sleep = Callable[[float], None]
StepEffect = Literal[
    "created",
    "changed",
    "unchanged",
    "skipped",
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
_THROTTLED = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
}
_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "403",
    "UnauthorizedOperation",
}
_BAD_CREDENTIALS = {
    "400",  # what S3 answers to HEAD, which has no body to say more
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
# Calls whose IAM action has another name (Service Authorization Reference, "Amazon S3").
_IRREGULAR_ACTIONS = {
    "HeadBucket": "s3:ListBucket",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "ListObjectVersions": "s3:ListBucketVersions",
}
# What no instance may do, so that nobody who breaks into one can.
_OPERATORS_ACTIONS = {"s3:ListBucketVersions", "s3:DeleteBucket", "dynamodb:DeleteTable"}


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step found or did; `detail` is a sentence for the operator, or empty."""

    effect: StepEffect
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the step reached what its title says."""
        return self.effect not in {"not public", "unknown"}


@dataclass(frozen=True, slots=True)
class ProvisioningStep:
    """One thing that must be so. Naming it calls nothing; `run` looks first and changes only what differs."""

    title: str
    actions: tuple[str, ...]  # the IAM actions that `run` may need
    act: Callable[[], StepResult]

    def run(self) -> StepResult:
        """Make it so. Raises StorageRefused naming what the operator must mend, or StorageUnavailable."""
        with translate_errors():
            return self.act()


def action_of(operation: str) -> str:
    """The IAM action that permits the S3 or DynamoDB call `operation`."""
    in_s3 = any(word in operation for word in ("Bucket", "Object", "PublicAccessBlock"))
    return _IRREGULAR_ACTIONS.get(operation, f"{'s3' if in_s3 else 'dynamodb'}:{operation}")


def code_of(error: ClientError) -> str:
    """AWS's name for the error, or the HTTP status where an answer had no body."""
    return error.response.get("Error", {}).get("Code", "")


def status_of(error: ClientError) -> int:
    """The HTTP status of the answer."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_denied(error: ClientError) -> bool:
    """Whether the caller may not do this."""
    return code_of(error) in _DENIED


def is_unimplemented(error: ClientError) -> bool:
    """Whether the storage has no such call, as stand-ins for AWS may."""
    return status_of(error) == 501 or code_of(error) in {
        "NotImplemented",
        "UnknownOperationException",
    }


def get_or_none(call: Callable[[], T], missing: str) -> T | None:
    """The call's answer, or None when AWS answers with the code `missing`."""
    try:
        return call()
    except ClientError as error:
        if code_of(error) == missing:
            return None
        raise


def retry_until_settled(call: Callable[[], T], sleep: Sleep) -> T:
    """Repeat `call` for a minute while an earlier change of the same bucket or table has not settled."""
    for pause in PAUSES:
        try:
            return call()
        except ClientError as error:
            if not _is_settling(error):
                raise
        sleep(pause)
    return call()


def _is_settling(error: ClientError) -> bool:
    # A public policy is refused for some seconds after the block before it was lifted.
    return code_of(error) in _SETTLING or (is_denied(error) and "BlockPublicPolicy" in str(error))


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what botocore raises into StorageRefused or StorageUnavailable."""
    try:
        yield
    except ClientError as error:
        raise _explanation(error) from error
    except (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError) as error:
        raise StorageRefused(
            "No AWS credentials were found. Give the instance a role with policies/instance_role.json, "
            "or run `aws configure` on your own machine."
        ) from error
    except (HTTPClientError, WaiterError) as error:
        raise StorageUnavailable(
            f"AWS did not answer in time; run this again in a minute. ({error})"
        ) from error
    except BotoCoreError as error:
        raise StorageRefused(f"AWS can't be asked like this: {error}") from error


def _explanation(error: ClientError) -> StorageError:
    operation, code, said = (
        error.operation_name,
        code_of(error),
        error.response.get("Error", {}).get("Message", ""),
    )
    if is_denied(error):
        action = action_of(operation)
        giver = (
            "which the instance's role lacks on purpose: use your own credentials"
            if action in _OPERATORS_ACTIONS
            else "which policies/instance_role.json gives"
        )
        return StorageRefused(
            f"The role or user may not do this: it needs the IAM action {action}, {giver}. ({operation}: {said})"
        )
    if code in _BAD_CREDENTIALS:
        return StorageRefused(
            f"AWS did not accept the credentials: look whether they have expired, whether the clock is right "
            f"and whether AWS_REGION is the bucket's. ({operation}: {said})"
        )
    if is_unimplemented(error):
        return StorageRefused(f"The storage at AWS_ENDPOINT_URL has no {operation}. ({said})")
    if status_of(error) >= 500 or code in _THROTTLED | _SETTLING:
        return StorageUnavailable(f"AWS is busy; run this again in a minute. ({operation}: {said})")
    return StorageRefused(f"AWS refused {operation}: {said} ({code})")
