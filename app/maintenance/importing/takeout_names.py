"""The names that Google Takeout gives to the JSON files of photos.

The rules are not documented. These are those that others found in large exports:
github.com/TheLastGimbus/GooglePhotosTakeoutHelper/pull/449 and github.com/ente/ente/pull/4956 (46
characters and a number), github.com/simulot/immich-go/issues/35 and 674 (shorter names, and names
without the extension of the photo), and "The Google Photos takeout case" of immich-go (edited
photos).

- `IMG.jpg` has `IMG.jpg.supplemental-metadata.json`, or `IMG.jpg.json` in earlier exports.
- The name without `.json` is cut to 46 characters.
- The number of `IMG(1).jpg` comes last and is not cut: `IMG.jpg.supplemental-metadata(1).json`.
- `IMG-edited.jpg` has no file of its own. The word is in the language of the account.
"""

import re
import unicodedata
from collections.abc import Iterator

from app.maintenance.importing.items import stem_of

_MAX_STEM = 46  # characters
_SUFFIX = ".supplemental-metadata"
_NUMBERED = re.compile(r"(.*)(\(\d{1,5}\))", re.DOTALL)
_EDITED = (
    *("-edited", "-bearbeitet", "-modifié", "-modificato", "-editado", "-ha editado"),
    *("-editat", "-bewerkt", "-edytowane", "-redigeret", "-muokattu", "-upravené", "-編集済み"),
    *("-편집됨", "-编辑", "-отредактировано", "-відредаговано"),
)


def match_key(name: str) -> str:
    """Return the form in which names are compared: systems change the case and the accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def sidecar_stems(photo_name: str) -> Iterator[str]:
    """Yield the names that the JSON file of a photo can have, without `.json`, likely ones first.

    Args:
        photo_name: The name of a photo or a video, with its extension.
    """
    unnumbered, number = _split_number(photo_name)
    if number:
        yield from (stem + number for stem in _unnumbered_stems(unnumbered))
    yield from _unnumbered_stems(photo_name)


def described_name(stem: str) -> str:
    """Return the name of the photo that a JSON file describes if its name was cut elsewhere.

    Args:
        stem: The name of the JSON file without `.json`: `IMG.jpg.supple(2)`.
    """
    match = _NUMBERED.fullmatch(stem)
    base, number = match.groups() if match else (stem, "")
    name, dot, tail = base.rpartition(".")
    if not (dot and _SUFFIX[1:].startswith(tail)):
        name = base
    photo_stem, dot, extension = name.rpartition(".")
    return f"{photo_stem}{number}{dot}{extension}" if dot else name + number


def unedited_name(photo_name: str) -> str | None:
    """Return the name of the original of an edited photo; None if the photo is an original."""
    unnumbered, number = _split_number(photo_name)
    stem, dot, extension = unnumbered.rpartition(".")
    normalized = unicodedata.normalize("NFC", stem)
    for word in _EDITED:
        if normalized.lower().endswith(word) and len(normalized) > len(word):
            return f"{normalized[: -len(word)]}{number}{dot}{extension}"
    return None


def name_with_number_of(title: str, stem: str) -> str:
    """Return the title of a photo, which is its first name, with the number of its JSON file.

    Args:
        title: The title, which is not cut and has no number.
        stem: The name of the JSON file without `.json`.
    """
    match = _NUMBERED.fullmatch(stem)
    number = match[2] if match else ""
    name, dot, extension = title.rpartition(".")
    return f"{name}{number}{dot}{extension}" if dot else title + number


def _unnumbered_stems(name: str) -> Iterator[str]:
    for known_name in (name, stem_of(name)):
        yield from _cut(known_name + _SUFFIX)
        yield from _cut(known_name)


def _cut(stem: str) -> Iterator[str]:
    """Yield the first 46 characters, and the first 46 units of UTF-16, which emoji have two of."""
    yield stem[:_MAX_STEM]
    units = stem.encode("utf-16-le", "surrogatepass")[: 2 * _MAX_STEM]
    yield units.decode("utf-16-le", "ignore")


def _split_number(name: str) -> tuple[str, str]:
    """Return the name without the number before its extension, and that number: `(1)`."""
    stem, dot, extension = name.rpartition(".")
    match = _NUMBERED.fullmatch(stem if dot else name)
    if match is None:
        return name, ""
    unnumbered, number = match.groups()
    return unnumbered + (f".{extension}" if dot else ""), number
