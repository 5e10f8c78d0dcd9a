"""The fields of a processed image as JSON values, each checked when it is read."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeGuard

from app.domain import object_keys
from app.domain.image.camera_info import CameraInfo
from app.domain.image.captions import Captions
from app.domain.image.credit import CREDIT_FIELDS, Credit
from app.domain.image.processed_image import REMOVABLE, Body, LeftOut, ProcessedImage, Rendition
from app.domain.image.rendition_sizes import rendition_sizes
from app.domain.image.taken_date import DatePrecision, TakenDate
from app.domain.messages import Value
from app.domain.photo_text import MAX_DESCRIPTION
from app.domain.tags import MAX_TAG, MAX_TAGS

_SHA256 = re.compile("[0-9a-f]{64}")
_COLOR = re.compile("#[0-9a-f]{6}")
_COLORS = re.compile("[0-9a-f]{36}")
_MAX_TEXT = 200  # characters of a name; `camera_info` keeps 80
_MAX_NUMBER = 10**9
_MAX_VALUES = 5  # of a message
_CAMERA_TEXTS = ("make", "model", "lens")
_CAPTION_TEXTS = ("title", "description", "alt")
_CAMERA_NUMBERS = ("focal_length", "focal_length_35mm", "aperture", "exposure_time", "iso")


class InvalidAnswer(Exception):
    """A worker process wrote an answer that Shoebox does not write: its decoder was attacked."""


class Fields:
    """A JSON object whose fields are read with their types and limits.

    Every method raises InvalidAnswer for a field that is missing or wrong.
    """

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise InvalidAnswer("a JSON value that is not an object")
        self._values: dict[str, Any] = values

    def has(self, name: str) -> bool:
        """Return whether there is a field."""
        return name in self._values

    def get(self, name: str) -> object:
        """Return a field's value, of any type; None if it is missing."""
        return self._values.get(name)

    def fields(self, name: str) -> "Fields":
        """Return the object in a field."""
        return Fields(self.get(name))

    def text(self, name: str, most: int, pattern: re.Pattern[str] | None = None) -> str:
        """Return a printable text of at most `most` characters that matches `pattern` as a whole.

        Pages cannot show half of a surrogate pair, and control characters change what they show.
        """
        value = self.lines(name, most)
        if not value.isprintable() or (pattern and not pattern.fullmatch(value)):
            raise InvalidAnswer(f"a text {name}")
        return value

    def lines(self, name: str, most: int) -> str:
        """Return a text of at most `most` characters of any kind."""
        value = self.get(name)
        if not isinstance(value, str) or len(value) > most:
            raise InvalidAnswer(f"a text {name}")
        return value

    def integer(self, name: str, least: int, most: int) -> int:
        """Return an integer from `least` to `most`."""
        return _integer(self.get(name), least, most)

    def integers(self, name: str, most: int) -> list[int]:
        """Return a list of integers from 0 to `most`."""
        values = self.get(name)
        if not isinstance(values, list):
            raise InvalidAnswer(f"a list {name}")
        return [_integer(value, 0, most) for value in values]

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        value = self.get(name)
        if not isinstance(value, bool):
            raise InvalidAnswer(f"a flag {name}")
        return value

    def message_values(self) -> dict[str, Value]:
        """Return the values of a message, which are short texts and numbers."""
        if len(self._values) > _MAX_VALUES:
            raise InvalidAnswer("the values of a message")
        return {name: self._message_value(name) for name in self._values}

    def optional_number(self, name: str) -> float | None:
        """Return a number that is not negative, or None."""
        value = self.get(name)
        if value is None:
            return None
        if not _is_number(value) or value < 0:
            raise InvalidAnswer(f"a number {name}")
        return value

    def optional_name(self, name: str) -> str | None:
        """Return a printable text, or None."""
        if self.get(name) is None:
            return None
        return self.text(name, _MAX_TEXT)

    def texts(self, name: str, most: int, longest: int) -> list[str]:
        """Return a list of at most `most` texts, each of at most `longest` characters."""
        values = self.get(name)
        if not isinstance(values, list) or len(values) > most:
            raise InvalidAnswer(f"a list {name}")
        return [Fields({name: value}).lines(name, longest) for value in values]

    def optional_lines(self, name: str, most: int) -> str | None:
        """Return a text of at most `most` characters of any kind, or None."""
        return None if self.get(name) is None else self.lines(name, most)

    def _message_value(self, name: str) -> Value:
        value = self.get(name)
        return value if _is_number(value) else self.text(name, _MAX_TEXT)


def image_to_fields(image: ProcessedImage) -> dict[str, Any]:
    """Return an image as JSON values, without its bytes and the facts that follow from its size."""
    return {
        "content_type": image.content_type,
        "width": image.width,
        "height": image.height,
        "rotation": image.rotation,
        "sha256": image.sha256,
        "placeholder": image.placeholder,
        "colors": image.colors,
        "camera": asdict(image.camera),
        "taken_at": image.taken.earliest.isoformat() if image.taken else None,
        "taken_precision": image.taken.precision if image.taken else None,
        "credit": asdict(image.credit) if image.credit else None,
        "credit_in_files": image.credit_in_files,
        "captions": asdict(image.captions),
        "removed_metadata": [REMOVABLE.index(kind) for kind in image.removed_metadata],
        "left_out": asdict(image.left_out),
        "animated": image.animated,
    }


def image_from_fields(
    fields: Fields, original: Body, renditions: list[bytes], max_pixels: int
) -> ProcessedImage:
    """Return the image of the fields, with its original and its renditions.

    Raises:
        InvalidAnswer: A field has a value that no image has.
    """
    content_type = fields.text("content_type", _MAX_TEXT)
    if content_type not in object_keys.IMAGE_TYPES:
        raise InvalidAnswer("a content type")
    width = fields.integer("width", 1, max_pixels)
    height = fields.integer("height", 1, max_pixels // width)
    browsers_show_it = content_type in object_keys.BROWSER_CONTENT_TYPES
    sizes = rendition_sizes(width, height, full=not browsers_show_it)
    if len(renditions) != len(sizes):
        raise InvalidAnswer("a number of renditions that does not fit the size")
    return ProcessedImage(
        original=original,
        content_type=content_type,
        width=width,
        height=height,
        rotation=fields.integer("rotation", 0, 3),
        sha256=fields.text("sha256", _MAX_TEXT, _SHA256),
        placeholder=fields.text("placeholder", _MAX_TEXT, _COLOR),
        colors=fields.text("colors", _MAX_TEXT, _COLORS),
        renditions=tuple(
            Rendition(size.width, size.height, body, size.content_type)
            for size, body in zip(sizes, renditions, strict=True)
        ),
        camera=_camera(fields.fields("camera")),
        taken=_taken(fields),
        credit=_credit(fields.fields("credit")) if fields.get("credit") else None,
        credit_in_files=fields.flag("credit_in_files"),
        captions=_captions(fields.fields("captions")),
        removed_metadata=_removed_metadata(fields),
        left_out=_left_out(fields.fields("left_out")),
        animated=fields.flag("animated"),
    )


def _camera(fields: Fields) -> CameraInfo:
    settings: dict[str, Any] = {}
    for name in _CAMERA_TEXTS:
        settings[name] = fields.optional_name(name)
    for name in _CAMERA_NUMBERS:
        settings[name] = fields.optional_number(name)
    return CameraInfo(**settings)


def _credit(fields: Fields) -> Credit:
    credit = Credit(**{name: fields.optional_lines(name, _MAX_TEXT) for name in CREDIT_FIELDS})
    if not credit or credit != credit.cleaned():
        raise InvalidAnswer("a credit that the pipeline would have cleaned")
    return credit


def _captions(fields: Fields) -> Captions:
    texts = {name: fields.lines(name, MAX_DESCRIPTION) for name in _CAPTION_TEXTS}
    return Captions(**texts, tags=tuple(fields.texts("tags", MAX_TAGS, MAX_TAG))).cleaned()


def _taken(fields: Fields) -> TakenDate | None:
    time, precision = map(fields.optional_name, ("taken_at", "taken_precision"))
    if time is None:
        return None
    try:
        earliest = datetime.fromisoformat(time)
        return TakenDate(earliest, DatePrecision(precision) if precision is not None else None)
    except ValueError as error:
        raise InvalidAnswer("a time") from error


def _removed_metadata(fields: Fields) -> tuple[str, ...]:
    indices = fields.integers("removed_metadata", len(REMOVABLE) - 1)
    if len(set(indices)) != len(indices):
        raise InvalidAnswer("the kinds of removed metadata")
    return tuple(REMOVABLE[index] for index in indices)


def _left_out(fields: Fields) -> LeftOut:
    return LeftOut(
        pages=fields.integer("pages", 0, _MAX_NUMBER),
        animation=fields.flag("animation"),
        panorama=fields.flag("panorama"),
    )


def _integer(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidAnswer("a number out of range")
    return value


def _is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a value is a number of ordinary size, and not a truth value or NaN."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -_MAX_NUMBER <= value <= _MAX_NUMBER
