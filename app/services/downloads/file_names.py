"""Give the files of a ZIP file names that every system can store."""

import re
import unicodedata
from collections.abc import Sequence

from app.domain import object_keys
from app.domain.photo import Photo

# Bytes of a title in UTF-8. Most file systems allow names of 255 bytes, some encrypted ones 143.
MAX_TITLE_BYTES = 100
_MIN_DIGITS = 3
# Windows allows none of these in names ("Naming Files, Paths, and Namespaces" of the Win32 API).
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_JOINERS = "\u200c\u200d"  # some scripts and emojis need them


def file_names(photos: Sequence[Photo]) -> list[str]:
    """Return a unique name for each photo, such as `001 A pier at dusk.jpg`."""
    digits = max(_MIN_DIGITS, len(str(len(photos))))
    return [f"{number:0{digits}} {_own_name(photo)}" for number, photo in enumerate(photos, 1)]


def clean_title(title: str) -> str:
    """Return a title for use in a file name. It may be empty.

    The title has no control characters, no characters that change the direction of text, and no
    dots or spaces at its ends. A number precedes it, so it cannot be a reserved name such as `CON`.
    """
    allowed = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", title))
    visible = "".join(map(_visible, allowed))
    words = " ".join(visible.split())
    cut = words.encode()[:MAX_TITLE_BYTES].decode(errors="ignore")
    return cut.strip(". " + _JOINERS)


def _own_name(photo: Photo) -> str:
    extension = object_keys.EXTENSIONS[photo.content_type]
    return f"{clean_title(photo.title) or _date_of(photo)}.{extension}"


def _date_of(photo: Photo) -> str:
    """Return the known parts of the date: `1974-06`, or `2026-11-14 17.03`."""
    taken = photo.taken
    if taken and not taken.has_time:
        return taken.iso
    moment = photo.taken_at or photo.uploaded_at
    return f"{moment:%Y-%m-%d %H.%M}"


def _visible(character: str) -> str:
    """Return the character, a space for white space, nothing for other invisible characters."""
    if character.isspace():
        return " "
    is_visible = unicodedata.category(character)[0] != "C" or character in _JOINERS
    return character if is_visible else ""
