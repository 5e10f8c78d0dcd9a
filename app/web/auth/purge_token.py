"""Sign the form that deletes a photo permanently.

A form that is sent twice has the same result twice. After the first time no record says whose photo
it was, and strangers must not learn which photos existed. The token, which only those who may
delete the photo get, says both that the sender may know and the title for the message.
"""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo


def create_token(photo: Photo) -> str:
    """Return the token for the form of `photo`."""
    return str(_serializer().dumps([photo.photo_id, photo.title]))


def read_title(photo_id: str, token: str) -> str:
    """Return the title of the photo that a form has deleted.

    Raises:
        PhotoNotFound: The token is not that of a form for this photo.
    """
    try:
        signed_id, title = _serializer().loads(token)
    except BadData as error:
        raise PhotoNotFound(photo_id) from error
    if signed_id != photo_id:
        raise PhotoNotFound(photo_id)
    return str(title)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key).encode(), salt="purge")
