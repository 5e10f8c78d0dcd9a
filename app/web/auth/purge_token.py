"""Sign the form that deletes a photo permanently.

A form that is sent twice has the same result twice. After the first time no record says whose photo
it was, and strangers must not learn which photos existed. The token, which only those who may
delete the photo get, says both that the sender may know and the name for the message.
"""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.domain.errors import PhotoNotFound


def create_token(photo_id: str, name: str) -> str:
    """Return the token for the form of a photo that pages call `name`."""
    return str(_serializer().dumps([photo_id, name]))


def read_name(photo_id: str, token: str) -> str:
    """Return the name of the photo that a form has deleted.

    Raises:
        PhotoNotFound: The token is not that of a form for this photo.
    """
    try:
        signed_id, name = _serializer().loads(token)
    except BadData as error:
        raise PhotoNotFound(photo_id) from error
    if signed_id != photo_id:
        raise PhotoNotFound(photo_id)
    return str(name)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key).encode(), salt="purge")
