"""The proof that photos are public: an object under photos/, read as a visitor reads it."""

import secrets
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.domain import object_keys
from app.provisioning.account import Account
from app.provisioning.steps import ProvisioningStep, Sleep, StepResult

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Fetch = Callable[[str], bytes]

TIMEOUT = 10  # seconds
PAUSES = (
    1,
    2,
    4,
    8,
)  # seconds; a new policy, and the name of a new bucket, take a moment to spread


def fetch_anonymously(url: str) -> bytes:
    """What a visitor without credentials gets. Raises OSError, with `code` when there was an answer."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310  Config lets only http(s) in
        body: bytes = answer.read(1024)
        return body


class PublicReadCheck:
    """Puts an object, reads it anonymously, and takes it away again."""

    def __init__(
        self,
        s3: "S3Client",
        account: Account,
        *,
        bucket: str,
        base_url: str,
        fetch: Fetch,
        sleep: Sleep,
    ) -> None:
        self._s3 = s3
        self._account = account
        self._bucket = bucket
        self._base_url = base_url.rstrip("/")
        self._fetch = fetch
        self._sleep = sleep

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """One step, last of all."""
        return (
            ProvisioningStep(
                f"anyone can read {self._base_url}/{object_keys.PUBLIC_PREFIX}* (an object is put, read and deleted)",
                ("s3:PutObject", "s3:DeleteObject", "s3:GetAccountPublicAccessBlock"),
                self.check,
            ),
        )

    def check(self) -> StepResult:
        """Whether the object is public, and if not, what stands in the way. Both 403 and 404 mean not public."""
        body = secrets.token_hex(16).encode()
        key = f"{object_keys.PUBLIC_PREFIX}probe-{secrets.token_hex(8)}/probe.txt"
        self._s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType="text/plain",
            CacheControl="no-store",
        )
        try:
            return self._read(f"{self._base_url}/{key}", body)
        finally:
            self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _read(self, url: str, body: bytes) -> StepResult:
        for pause in PAUSES:
            outcome = self._answer(url, body)
            if outcome.ok:
                return outcome
            self._sleep(pause)
        outcome = self._answer(url, body)
        if outcome.effect == "not public":
            return StepResult(outcome.effect, f"{outcome.detail} {self._reason()}")
        return outcome

    def _answer(self, url: str, body: bytes) -> StepResult:
        try:
            if self._fetch(url) == body:
                return StepResult("public")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in {401, 403, 404}:
                return StepResult("not public", f"A visitor gets {error.code} for {url}.")
            return StepResult("unknown", f"A visitor gets {error.code} for {url}.")
        except OSError as error:
            return StepResult("unknown", f"{url} could not be reached from here: {error}.")
        return StepResult("unknown", f"Something else than the bucket answers at {self._base_url}.")

    def _reason(self) -> str:
        return self._account.public_access_problem() or (
            "The bucket allows it, so look for a Deny in its policy, for the account's own Block Public Access "
            "(seeing it takes s3:GetAccountPublicAccessBlock) and for a policy of your organization."
        )
