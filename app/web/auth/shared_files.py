"""Recognize files that a phone's share menu sends to the installed site.

The system posts them as the manifest says (https://w3c.github.io/web-share-target/), without the
token of a form. `Sec-Fetch-Site: none` says that no page caused the request. Pages cannot send this
header, and no other request is exempt from the token. A visitor may still send the form of another
site again by a reload, so shared photos are drafts: hidden until their contributor publishes them.
"""

from flask import request

_ENDPOINT = "upload.create"
PARAMETER = "shared"  # of the URL in the manifest


def are_drafts() -> bool:
    """Return whether the files of the request become drafts."""
    return request.endpoint == _ENDPOINT and PARAMETER in request.args


def are_from_system() -> bool:
    """Return whether no page can have caused the request, so that it needs no token."""
    return are_drafts() and request.headers.get("Sec-Fetch-Site") == "none"
