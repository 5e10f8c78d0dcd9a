"""Set security headers and cookie flags on every response."""

from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from app.web.cookies import SESSION_COOKIE, cookie_name

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
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
    # Not "no-referrer": with it, browsers send forms with the origin `null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "private, no-cache",
}
# Over plain HTTP, except on localhost, browsers ignore these, and Chromium logs an error.
TLS_HEADERS = {
    # For a year, browsers then open the site over TLS only (RFC 6797). `includeSubDomains` is
    # missing because subdomains may be other sites.
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SessionInterface(SecureCookieSessionInterface):
    """Flask's signed session cookie: named after the site, and Secure over TLS."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session. Flask would derive a key even for the many visitors without one."""
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002  Flask's signature
        """Return the name of the session cookie of this request."""
        return cookie_name(SESSION_COOKIE)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  Flask's signature
        """Return whether the session cookie of this response is Secure."""
        return request.is_secure


def init_app(app: Flask, media_url: str) -> None:
    """Set the headers that a response does not set itself.

    Args:
        app: The app.
        media_url: The base URL of photos.
    """
    app.session_interface = SessionInterface()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # caches store static files with their cookies
    )
    headers = headers_for(media_url)

    @app.after_request
    def add_headers(response: Response) -> Response:
        sent = headers | TLS_HEADERS if request.is_secure else headers
        for name, value in sent.items():
            response.headers.setdefault(name, value)
        return response


def headers_for(media_url: str) -> dict[str, str]:
    """Return the headers of a response that sets none of them itself."""
    return HEADERS | {"Content-Security-Policy": content_security_policy(media_url)}


def content_security_policy(media_url: str) -> str:
    """Return a policy without inline code and other origins, except the media host for images."""
    media = urlsplit(media_url)
    policy = dict(POLICY)
    if media.netloc:
        policy["img-src"] += f" {media.scheme}://{media.netloc}"
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
