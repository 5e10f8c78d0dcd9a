"""Create an album from a form. A form that is sent twice creates only one album.

The id of the album is derived from the form and its texts, so the second request finds the album of
the first. If a visitor goes back and types another title, the form creates another album. A deleted
album does not come back at its address, which may have been shared.
"""

import hmac
import json
from typing import Any

from flask import current_app

from app.domain import photo_ids
from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.web.auth import batch_token, contributor_cookie
from app.web.context import album_service, upload_service
from app.web.operations import admin_log
from app.web.selection_forms import NewAlbumFields

_RANDOM_BYTES = photo_ids.RANDOM_BITS // 8


def create_album(form: NewAlbumFields, text: AlbumText, **settings: Any) -> Album:
    """Return the album of the form. Create it if it does not exist.

    Raises:
        InvalidText: A text is too long, or there is no title.
        AlbumNotFound: The album of the form was deleted.
    """
    form_id = form.form_id.data or ""
    owner = contributor_cookie.ensure_owner(form_id)
    content = [form_id, owner, text.title, text.description, sorted(settings.items())]
    album_id = _album_id(form.opened.data or "", content) if form_id else None
    album = album_service().create(owner, text, album_id=album_id, **settings)
    admin_log.note_album(album.album_id)
    return album


def _album_id(opened: str, content: list[Any]) -> str:
    """Return an id that is the same for the same form with the same content.

    The id cannot be guessed, because the address of an unlisted album is a secret.

    Args:
        opened: The token with the time at which the form was opened, maybe days ago. This time is
            the order of albums in lists.
        content: The fields of the form and its sender, JSON values.
    """
    batch = batch_token.signed_batch(opened) or upload_service().begin_batch()
    key = str(current_app.secret_key).encode()
    digest = hmac.digest(key, f"new album:{json.dumps(content)}".encode(), "sha256")
    random_part = int.from_bytes(digest[:_RANDOM_BYTES], "big")
    return photo_ids.from_parts(batch.milliseconds, random_part)
