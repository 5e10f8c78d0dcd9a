"""Response headers and cookie flags that keep pages from being turned against their readers."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Flask-WTF compares the referrer of a form sent over TLS with the host, so it may not be left out altogether.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "private, no-cache",
}
# Where the site is reached over TLS it is to be reached by nothing else for a year (RFC 6797). Not its subdomains: they
# may be somebody else's. Over plain HTTP browsers would ignore it, and an instance opened by its address has no TLS.
HSTS = ("Strict-Transport-Security", "max-age=31536000")


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure exactly where the request came over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  Flask's signature
        """Whether this answer's session cookie is Secure."""
        return request.is_secure


def init_app(app: Flask, media_url: str) -> None:
    """Set the headers on every answer that has not its own. `media_url` is where photos are read from."""
    app.session_interface = Sessions()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # or it would go out with static files, which caches keep
    )
    headers = HEADERS | {"Content-Security-Policy": content_security_policy(media_url)}

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault(*HSTS)
        return response


def content_security_policy(media_url: str) -> str:
    """Nothing inline, nothing from elsewhere, images from here and from the media host only."""
    media = urlsplit(media_url)
    host = f" {media.scheme}://{media.netloc}" if media.netloc else ""
    return "; ".join(
        f"{name} {value}{host if name == 'img-src' else ''}" for name, value in POLICY.items()
    )
