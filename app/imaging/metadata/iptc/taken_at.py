"""Read the time at which a photo was taken from EXIF, XMP or IPTC, as far as it is known.

The order of the sources is that of PhotoPrism (internal/meta/data.go): the date of the photograph
comes before that of its digitization. The date of a modification is never used. A blank or invalid
field is skipped, so that it does not hide the next source.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from PIL import ExifTags, Image

from app.domain.image.taken_date import DatePrecision, TakenDate
from app.imaging.metadata import exif

_TAGS = ExifTags.Base
_MAX_TEXT = 40  # characters of one field

# The date and offset fields of EXIF 3.0, sections 4.6.6.5 and 4.6.6.6.
_EXIF_FIELDS = (
    (_TAGS.DateTimeOriginal, (_TAGS.OffsetTimeOriginal, _TAGS.OffsetTime)),
    (_TAGS.DateTimeDigitized, (_TAGS.OffsetTimeDigitized, _TAGS.OffsetTime)),
)
# XMP writes a property as an attribute or as an element.
_XMP_PROPERTIES = tuple(
    re.compile(re.escape(name) + rb"\s{0,4}(?:=\s{0,4}[\"']|>)([0-9T:+./Z -]{4,40})")
    for name in (
        b"exif:DateTimeOriginal",
        b"exif:DateTimeDigitized",
        b"photoshop:DateCreated",
        b"xmp:CreateDate",
    )
)
# Datasets 2:55 and 2:60 of IPTC IIM 4.2: the date as CCYYMMDD, and the time as HHMMSS±HHMM.
_IPTC_DATE = re.compile(rb"\x1c\x02\x37\0\x08([0-9]{4})([0-9]{2})([0-9]{2})")
_IPTC_TIME = re.compile(rb"\x1c\x02\x3c\0\x0b([0-9]{6}[+-][0-9]{4})")

# XMP and IPTC may have a year or a month alone (ISO 16684-1, 8.2.1.3).
_DATE_TIME = re.compile(
    r"(\d{4})(?:[:/.-](\d{1,2})(?:[:/.-](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


def read_taken(block: Image.Exif, other_metadata: bytes) -> TakenDate | None:
    """Return the time at which the photo was taken; None if no source has one.

    Args:
        block: The EXIF of the uploaded file.
        other_metadata: The XMP and IPTC of the uploaded file.

    Returns:
        An aware time if the source has an offset from UTC, otherwise the camera's local time.
    """
    for text in (*_read_exif(block), *_read_xmp(other_metadata), *_read_iptc(other_metadata)):
        taken = _parse(text)
        if taken:
            return taken
    return None


def _read_exif(block: Image.Exif) -> Iterator[str]:
    """Yield each date with its offset, and without it in case that the offset is invalid."""
    fields = block.get_ifd(exif.EXIF_IFD)
    for date_tag, offset_tags in _EXIF_FIELDS:
        local_time = exif.as_text(fields.get(date_tag), _MAX_TEXT)
        if local_time is None:
            continue
        for offset_tag in offset_tags:
            if offset := exif.as_text(fields.get(offset_tag), _MAX_TEXT):
                yield f"{local_time} {offset}"
        yield local_time


def _read_xmp(other_metadata: bytes) -> Iterator[str]:
    for pattern in _XMP_PROPERTIES:
        if match := pattern.search(other_metadata):
            yield match[1].decode("ascii").strip()


def _read_iptc(other_metadata: bytes) -> Iterator[str]:
    date = _IPTC_DATE.search(other_metadata)
    if not date:
        return
    day = b"-".join(date.groups()).decode("ascii")
    if time := _IPTC_TIME.search(other_metadata):
        text = time[1].decode("ascii")
        yield f"{day} {text[:2]}:{text[2:4]}:{text[4:6]}{text[6:]}"
    yield day


def _parse(text: str) -> TakenDate | None:
    """Parse the date formats of EXIF, XMP and IPTC. A month or a day of 0 is not known."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    *date_and_time, offset = match.groups()
    year, month, day, hour, minute, second = (int(field or 0) for field in date_and_time)
    precision = _precision(month, day, *date_and_time[3:])
    try:
        zone = _parse_offset(offset)
        earliest = datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    taken = TakenDate(earliest, precision)
    return taken if taken.is_possible else None


def _precision(
    month: int, day: int, hour: str | None, _minute: str | None, second: str | None
) -> DatePrecision | None:
    if not month:
        return DatePrecision.YEAR
    if not day:
        return DatePrecision.MONTH
    if hour is None:
        return DatePrecision.DAY
    return None if second else DatePrecision.MINUTE


def _parse_offset(text: str | None) -> timezone | None:
    """Return the offset from UTC. Raises ValueError if there is no such offset."""
    if text is None:
        return None
    if text == "Z":
        return UTC
    sign, hours, minutes = _OFFSET.fullmatch(text).groups()  # type: ignore[union-attr]
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) > 59:
        raise ValueError(text)
    return timezone(-offset if sign == "-" else offset)
