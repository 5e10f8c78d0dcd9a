"""Let caches store responses that are the same for every visitor."""

from flask import Response, request

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
