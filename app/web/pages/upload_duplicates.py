"""Tell scripts which chosen files have a photo here already, so that they need not send them."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidText
from app.domain.messages import message
from app.web.auth import batch_token, contributor_cookie, guest_access
from app.web.context import app_context, upload_service
from app.web.upload_album import guest_target

MAX_HASHES = 50
_SHA256 = re.compile("[0-9a-f]{64}")
_INVALID = message(
    "Send JSON with the member “sha256”: a list of up to %(most)s hashes, each with 64 hexadecimal "
    "digits."
)

blueprint = Blueprint("upload_duplicates", __name__)


@blueprint.post("/upload/duplicates")
def create() -> ResponseReturnValue:
    """Return the photos of the files with these hashes, and a batch that begins now."""
    guest_access.require_upload_here()
    sha256s = _hashes()
    app_context().rate_limits.count_lookups(len(sha256s))
    return {"duplicates": _duplicates(sha256s), "batch": batch_token.new_token()}


def _hashes() -> Sequence[str]:
    """Return the hashes in the request, each once. Raises InvalidText."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # of the parser, for deeply nested lists
        raise _invalid() from None
    hashes = body.get("sha256") if isinstance(body, dict) else None
    if not isinstance(hashes, list) or len(hashes) > MAX_HASHES:
        raise _invalid()
    if not all(isinstance(each, str) and _SHA256.fullmatch(each) for each in hashes):
        raise _invalid()
    return list(dict.fromkeys(hashes))


def _invalid() -> InvalidText:
    return InvalidText("sha256", _INVALID.with_values(most=MAX_HASHES))


def _duplicates(sha256s: Sequence[str]) -> dict[str, Any]:
    if not sha256s:
        return {}
    target = guest_target()
    guest_album = target.album.album_id if target and target.album else None
    owner = contributor_cookie.current_owner()
    found = upload_service().find_duplicates(sha256s, owner, guest_album)
    return {
        sha256: {
            "photo_id": photo.photo_id,
            "path": url_for("photos.show", photo_id=photo.photo_id),
        }
        for sha256, photo in found.items()
    }
