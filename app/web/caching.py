"""Let caches store responses that are the same for every visitor, and search engines none."""

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

HOUR = 60 * 60  # seconds


def cache_publicly(response: Response, max_age: int) -> Response:
    """Let any cache store the response, and answer 304 if the client has this version of it.

    Args:
        response: The complete response.
        max_age: Seconds until a cache has to revalidate.
    """
    response.cache_control.public = True
    response.cache_control.max_age = max_age
    response.add_etag()
    response.make_conditional(request)
    return response


def cache_privately(response: Response) -> Response:
    """Let only browsers keep the response of a secret address, which may end."""
    response.cache_control.public = False
    response.cache_control.private = True
    return keep_out_of_search_engines(response)


def keep_out_of_search_engines(page: ResponseReturnValue) -> Response:
    """Return the response with a header that search engines obey.

    The header is also for clients that get JSON. The page has the same in HTML.
    """
    response = current_app.make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
