"""Check that photos are public: put an object under photos/ and read it without credentials."""

import secrets
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.domain import object_keys
from app.domain.errors import StorageRefused
from app.provisioning.account import Account
from app.provisioning.bucket_access import BucketAccess
from app.provisioning.steps import ProvisioningStep, Sleep, StepResult
from app.storage.aws.errors import is_denied
from app.storage.aws.s3 import PUBLIC_ENCRYPTION

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Fetch = Callable[[str], bytes]

TIMEOUT = 10  # seconds
# Seconds between attempts. A new policy and the DNS name of a new bucket take time to propagate.
PAUSES = (1, 2, 4, 8)


def fetch_anonymously(url: str) -> bytes:
    """Return the first 1024 bytes at `url`, read without credentials.

    Raises:
        OSError: the request failed; an HTTPError has the status as `code`.
    """
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310  http(s) only
        body: bytes = response.read(1024)
        return body


_KMS = (
    "Browsers can't read objects that are encrypted with KMS, so Shoebox encrypts public objects "
    "with S3's own keys (AES256). Change the bucket's policy or your organization's policy that "
    "requires KMS encryption, or choose another bucket."
)


class PublicReadCheck:
    """Puts an object, reads it without credentials and deletes it."""

    def __init__(
        self,
        s3: "S3Client",
        account: Account,
        *,
        bucket: str,
        base_url: str,
        access: BucketAccess,
        custom_endpoint: bool,
        fetch: Fetch,
        sleep: Sleep,
    ) -> None:
        self._s3 = s3
        self._account = account
        self._bucket = bucket
        self._base_url = base_url.rstrip("/")
        self._access = access
        self._encryption: dict[str, Any] = {}
        if not custom_endpoint:
            self._encryption = {"ServerSideEncryption": PUBLIC_ENCRYPTION}
        self._fetch = fetch
        self._sleep = sleep

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """Return the one step, which runs last."""
        return (
            ProvisioningStep(
                f"anyone can read {self._base_url}/{object_keys.PUBLIC_PREFIX}* "
                "(puts, reads and deletes an object)",
                ("s3:PutObject", "s3:DeleteObject", "s3:GetAccountPublicAccessBlock"),
                self.check,
            ),
        )

    def check(self) -> StepResult:
        """Return whether the object is public and, if not, why. 403 and 404 mean not public."""
        body = secrets.token_hex(16).encode()
        key = f"{object_keys.PUBLIC_PREFIX}probe-{secrets.token_hex(8)}/probe.txt"
        self._put(key, body)
        try:
            return self._read(f"{self._base_url}/{key}", body)
        finally:
            self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _put(self, key: str, body: bytes) -> None:
        """Put the object as the site puts photos.

        Raises:
            StorageRefused: A policy requires KMS encryption, or the caller lacks a permission.
        """
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType="text/plain",
                CacheControl="no-store",
                **self._encryption,
            )
        except ClientError as error:
            if is_denied(error) and "explicit deny" in str(error):
                raise StorageRefused(f"S3 refused a public object: {error}. {_KMS}") from error
            raise

    def _read(self, url: str, body: bytes) -> StepResult:
        for pause in PAUSES:
            result = self._attempt(url, body)
            if result.ok:
                return result
            self._sleep(pause)
        result = self._attempt(url, body)
        if result.effect == "not public" and _KMS not in result.detail:
            return StepResult(result.effect, f"{result.detail} {self._reason()}")
        return result

    def _attempt(self, url: str, body: bytes) -> StepResult:
        try:
            if self._fetch(url) == body:
                return StepResult("public")
        except urllib.error.HTTPError as error:
            explanation = _read_body(error)
            detail = f"An anonymous request for {url} returns {error.code}."
            if b"KMS" in explanation:
                return StepResult("not public", f"{detail} {_KMS}")
            if error.code in {401, 403, 404}:
                return StepResult("not public", detail)
            return StepResult("unknown", detail)
        except OSError as error:
            return StepResult("unknown", f"{url} can't be reached from this machine: {error}.")
        return StepResult("unknown", f"{self._base_url} does not serve the bucket.")

    def _reason(self) -> str:
        if not self._access.is_public:
            return (
                f"The bucket policy lets the distribution {self._access.distribution} read. Check "
                "that the bucket is its origin, with an origin access control that signs requests."
            )
        return self._account.public_access_problem() or (
            "The bucket policy allows it. Check for a Deny statement in the policy, for the "
            "account's Block Public Access (reading it needs s3:GetAccountPublicAccessBlock) and "
            "for a policy of your organization."
        )


def _read_body(error: urllib.error.HTTPError) -> bytes:
    """Return the beginning of S3's XML explanation, or nothing."""
    with error:
        return error.read(4096) if error.fp else b""
