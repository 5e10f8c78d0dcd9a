"""Tell nginx whether a visitor may upload, before it reads the body of the upload."""

import json

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.web.auth import access_errors, guest_access, guest_cookie
from app.web.errors import headers_of, problem_members, status_of
from app.web.middleware.rate_limits import RateLimitExceeded
from app.web.rendering.api.negotiation import wants_json

blueprint = Blueprint("upload_permission", __name__)


@blueprint.get("/upload/permission")
def show() -> ResponseReturnValue:
    """Answer 204 if the visitor may upload, otherwise 403.

    It is 401 for a wrong access token, and after too many wrong passwords.

    The URL has the code of the upload's guest link. The upload itself checks whether it has ended.

    nginx understands no other status (ngx_http_auth_request_module). It answers an upload without
    permission with the content of the headers: the login page, that of the guest link, or problem
    details.
    """
    try:
        guest_access.require_upload_here()
    except (access_errors.LoginRequired, guest_access.NotGuest) as error:
        return "", 403, _headers(error)
    except (RateLimitExceeded, access_errors.TokenRejected) as error:
        return "", 401, _headers(error)
    return "", 204


def _headers(error: access_errors.AccessError | RateLimitExceeded) -> dict[str, str]:
    headers = headers_of(error, status_of(error))
    if wants_json() or isinstance(error, RateLimitExceeded | access_errors.TokenRejected):
        return headers | {"X-Upload-Problem": json.dumps(problem_members(error))}
    if isinstance(error, guest_access.NotGuest):
        code = request.args[guest_cookie.PARAMETER]
        return headers | {"X-Upload-Login": url_for("guests.show", code=code)}
    return headers | {"X-Upload-Login": url_for("login.new", next=url_for("upload.new"))}
