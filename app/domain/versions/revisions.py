"""The revision of the images of a photo, which is part of the keys of its objects.

A public photo begins with 0, and each rotation or change of its credit adds 1. An unlisted photo
begins with a large random number, and gets another one when its link opens again. So the addresses
of its images cannot be derived from its id or from earlier addresses, and keys tell how long caches
may keep an object.
"""

import secrets

_FIRST_SECRET = 10**14
MAX_REVISION = 10 * _FIRST_SECRET  # a number that JavaScript keeps


def secret_revision() -> int:
    """Return a revision with 49 random bits."""
    return _FIRST_SECRET + secrets.randbelow(MAX_REVISION - 2 * _FIRST_SECRET)


def is_secret(revision: int) -> bool:
    """Return whether the revision is that of a photo that is or was unlisted."""
    return revision >= _FIRST_SECRET
