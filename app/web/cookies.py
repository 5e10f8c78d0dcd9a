"""Set cookies that last as long as browsers allow."""

from flask import Response, request

MAX_AGE = 400 * 24 * 60 * 60  # seconds; browsers keep no cookie longer (RFC 6265bis, section 5.5)


def set_long_lived_cookie(response: Response, name: str, value: str) -> None:
    """Set a cookie that scripts cannot read and that other sites' forms do not send."""
    response.set_cookie(
        name,
        value,
        max_age=MAX_AGE,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
