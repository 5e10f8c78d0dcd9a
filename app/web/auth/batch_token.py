"""Sign the time at which a batch of uploads began.

The time decides where the photos are in the gallery. A contributor cannot choose it: a token is one
of this site's, and is valid for a day.
"""

import hashlib

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.domain.batches import LIFETIME, Batch
from app.web.context import upload_service

_MAX_AGE = int(LIFETIME.total_seconds()) * 1000  # milliseconds
_MAX_SKEW = 60_000  # milliseconds by which the clocks of two instances may differ


def new_token() -> str:
    """Return the token of a batch that begins now."""
    return token_of(upload_service().begin_batch())


def token_of(batch: Batch) -> str:
    """Return the token of a batch."""
    return str(_serializer().dumps(batch.milliseconds))


def batch_of(token: str, now: Batch) -> Batch:
    """Return the batch with this token, or `now` if the token is invalid or too old."""
    batch = signed_batch(token) or now
    age = now.milliseconds - batch.milliseconds
    return batch if -_MAX_SKEW <= age <= _MAX_AGE else now


def signed_batch(token: str) -> Batch | None:
    """Return the batch with this token, however old it is; None if the token is invalid."""
    try:
        return Batch(int(_serializer().loads(token)))
    except BadData:
        return None


def _serializer() -> URLSafeSerializer:
    secret = str(current_app.secret_key).encode()
    return URLSafeSerializer(
        secret, salt="upload batch", signer_kwargs={"digest_method": hashlib.sha256}
    )
