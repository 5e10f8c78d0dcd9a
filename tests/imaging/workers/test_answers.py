"""An answer is read as it was written, and a forged one is an error.

Covers app.imaging.workers.answer_fields.
"""

import errno
import importlib
import json
import pkgutil
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest

from app import imaging
from app.domain.errors import ImageTooLarge, UnreadableImage
from app.domain.image.camera_info import CameraInfo
from app.domain.image.captions import Captions
from app.domain.image.credit import Credit
from app.domain.image.processed_image import LeftOut, ProcessedImage, Rendition
from app.domain.image.taken_date import DatePrecision, TakenDate
from app.domain.messages import Message
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata.result import TOO_MANY_FRAMES
from app.imaging.workers import answers
from app.imaging.workers.answer_fields import InvalidAnswer
from app.imaging.workers.answers import ProcessingFailed
from app.imaging.workers.files import WorkerFiles
from tests.imaging.workers.processing import in_memory

MAX_PIXELS = 1_000_000
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ORIGINAL = b"original"
IMAGE = ProcessedImage(
    original=ORIGINAL,
    content_type="image/jpeg",
    width=340,
    height=219,
    sha256="0" * 64,
    placeholder="#00ff7f",
    colors="0f7" * 12,
    renditions=(
        Rendition(320, 206, b"small", "image/avif"),
        Rendition(320, 206, b""),
        Rendition(340, 219, b"l"),
    ),
    camera=CameraInfo(make="Acme", focal_length=3.5, focal_length_35mm=24.0, iso=100),
    taken=TakenDate(
        datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    ),
    credit=Credit(creator="Anna", license_url="https://example.org/"),
    captions=Captions(title="Pier", description="🏖" * 5000, tags=("sea",), alt="🏖" * 1000),
    removed_metadata=("location", "metadata"),
    left_out=LeftOut(pages=3, panorama=True),
)


@contextmanager
def files(answer: bytes = b"", upload_size: int = 0) -> Iterator[WorkerFiles]:
    """Open the files of a worker that has written `answer` and the original of IMAGE."""
    with WorkerFiles.open(BytesIO(bytes(upload_size))) as opened:
        if answer:
            opened.answer.write(answer)
            opened.original.write(ORIGINAL)
        yield opened


def read(data: bytes, upload_size: int = 0) -> ProcessedImage:
    with files(data, upload_size) as answered:
        image = answers.read(answered, MAX_PIXELS)
    assert image
    with closing(image):
        return in_memory(image)


def written(write: Callable[..., None], *arguments: object) -> bytes:
    with files() as answered:
        write(answered, *arguments)
        answered.answer.seek(0)
        return answered.answer.read()


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack_from("!I", data)
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def with_header(header: object, bodies: bytes = b"") -> bytes:
    encoded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!I", len(encoded)) + encoded + bodies


def with_field(*path_and_value: object) -> bytes:
    """Return the answer of IMAGE with one field of its header changed."""
    *path, value = path_and_value
    header, bodies = header_of(written(answers.write_image, IMAGE))
    target: Any = header
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value
    return with_header(header, bodies)


@pytest.mark.parametrize(
    "image",
    [
        IMAGE,
        replace(
            IMAGE,
            taken=None,
            camera=CameraInfo(),
            credit=None,
            removed_metadata=(),
            left_out=LeftOut(),
        ),
        replace(IMAGE, taken=TakenDate(datetime(2024, 5, 6, tzinfo=UTC))),
        replace(IMAGE, taken=TakenDate(datetime(2024, 5, 6), DatePrecision.DAY)),  # noqa: DTZ001
    ],
)
def test_an_image_is_read_as_it_was_written(image: ProcessedImage) -> None:
    assert read(written(answers.write_image, image)) == image


@pytest.mark.parametrize("kind", [UnreadableImage, ImageTooLarge])
@pytest.mark.parametrize("text", [DAMAGED, TOO_MANY_FRAMES.with_values(count=2)])
def test_a_refusal_is_raised_with_its_message(
    kind: type[UnreadableImage | ImageTooLarge], text: Message
) -> None:
    with pytest.raises(kind) as refused:
        read(written(answers.write_refusal, kind(text)))
    assert type(refused.value) is kind
    assert refused.value.message == text


def messages_of_imaging() -> list[Message]:
    """Return every message of the modules that decode and check images, with values."""
    packages = pkgutil.walk_packages(imaging.__path__, f"{imaging.__name__}.")
    names = [each.name for each in packages if not each.name.endswith("__main__")]
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    texts = {each.singular: each for each in values if isinstance(each, Message)}
    return [
        text.with_values(**dict.fromkeys(_PLACEHOLDER.findall(singular), 2))
        for singular, text in texts.items()
    ]


@pytest.mark.parametrize("text", messages_of_imaging(), ids=str)
def test_every_message_of_imaging_is_read_as_it_was_written(text: Message) -> None:
    """A text that an answer may not have would make a refusal an internal error."""
    with pytest.raises(UnreadableImage) as refused:
        read(written(answers.write_refusal, UnreadableImage(text)))
    assert refused.value.message == text


def test_a_failure_is_raised_with_the_end_of_its_traceback() -> None:
    with pytest.raises(ProcessingFailed, match=r"\| KeyError: 1\Z"):
        read(written(answers.write_failure, "x" * 100_000 + "\nKeyError: 1"))


def test_the_answer_to_forge_is_valid() -> None:
    """Or the tests below could not fail."""
    assert read(with_field("image", "width", 340)) == IMAGE


FORGED_FIELDS: list[tuple[object, ...]] = [
    ("lengths", [5, 0]),
    ("lengths", [5, 0, 2]),
    ("lengths", [-5, 10, 1]),
    ("lengths", [6]),
    ("lengths", None),
    ("lengths", [True, 4, 1]),
    ("errno", 0),
    ("errno", "28"),
    ("errno", 10**30),
    ("image", []),
    ("image", "content_type", "text/html"),
    ("image", "content_type", "application/json"),
    ("image", "content_type", 1),
    ("image", "width", 0),
    ("image", "width", 10**30),
    ("image", "width", 700.5),
    ("image", "width", "700"),
    ("image", "height", 100_000),
    ("image", "height", -1),
    ("image", "sha256", "0" * 63),
    ("image", "sha256", "0" * 63 + "\n"),
    ("image", "sha256", None),
    ("image", "placeholder", "#00ff7f;background:url(//evil)"),
    ("image", "placeholder", "red"),
    ("image", "colors", "0f7" * 11),
    ("image", "colors", "0f7" * 11 + "url"),
    ("image", "taken_at", "yesterday"),
    ("image", "taken_at", 2024),
    ("image", "taken_at", "2" * 1000),
    ("image", "taken_precision", "second"),
    ("image", "taken_precision", ["day"]),
    ("image", "taken_precision", ""),
    ("image", "removed_metadata", [5]),
    ("image", "removed_metadata", [0, 0]),
    ("image", "removed_metadata", ["location"]),
    ("image", "camera", None),
    ("image", "camera", "make", "x" * 201),
    ("image", "camera", "make", "line\nline"),
    ("image", "camera", "make", "\ud800"),
    ("image", "camera", "make", ["Acme"]),
    ("image", "camera", "iso", -1),
    ("image", "camera", "iso", True),
    ("image", "camera", "iso", float("nan")),
    ("image", "camera", "iso", float("inf")),
    ("image", "camera", "iso", 10**400),
    ("image", "credit", "Anna"),
    ("image", "credit", "creator", "x" * 101),
    ("image", "credit", "creator", "anna@example.org"),
    ("image", "credit", "creator", "line\nline"),
    ("image", "credit", "creator", ["Anna"]),
    ("image", "credit", "license_url", "javascript:alert(1)"),
    ("image", "captions", None),
    ("image", "captions", "title", 1),
    ("image", "captions", "description", "x" * 5001),
    ("image", "captions", "tags", "sea"),
    ("image", "captions", "tags", ["x" * 51]),
    ("image", "captions", "tags", ["x"] * 21),
    ("image", "left_out", {}),
    ("image", "left_out", "pages", -1),
    ("image", "left_out", "animation", 1),
]


@pytest.mark.parametrize("forged", FORGED_FIELDS, ids=str)
def test_a_forged_field_is_an_error(forged: tuple[object, ...]) -> None:
    with pytest.raises(InvalidAnswer):
        read(with_field(*forged))


@pytest.mark.parametrize("name", ["sha256", "width", "camera", "left_out", "removed_metadata"])
def test_a_missing_field_is_an_error(name: str) -> None:
    header, bodies = header_of(written(answers.write_image, IMAGE))
    del header["image"][name]
    with pytest.raises(InvalidAnswer):
        read(with_header(header, bodies))


@pytest.mark.parametrize(
    "message",
    [
        {"singular": "Send your password to evil.example.", "plural": None, "values": {}},
        {"singular": "%(x)999999999d", "plural": None, "values": {"x": 1}},
        {"singular": TOO_MANY_FRAMES.singular, "plural": TOO_MANY_FRAMES.plural, "values": {}},
        {"singular": DAMAGED.singular, "plural": None, "values": {"a": []}},
        {"singular": DAMAGED.singular, "plural": None, "values": {str(n): n for n in range(9)}},
        {"singular": 1, "plural": None, "values": {}},
        {"singular": DAMAGED.singular, "plural": None},
        None,
    ],
)
def test_a_refusal_with_a_forged_message_is_an_error(message: object) -> None:
    """Visitors read only Shoebox's texts, and no format takes memory."""
    with pytest.raises(InvalidAnswer):
        read(with_header({"refusal": "unreadable", "message": message}))


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"refusal": "unheard of", "message": {}},
        {"failure": 1},
        {"failure": "x" * 9000},
        {"credited": {}},
        {"credited": {"states_credit": 1}},
        b"\xff\xfe",
        b"[" * 60_000,
        b"9" * 5_000,
        b'{"lengths": [' + b"9" * 5_000 + b"]}",
    ],
    ids=lambda header: str(header)[:20],
)
def test_a_forged_header_is_an_error(header: object) -> None:
    with pytest.raises(InvalidAnswer):
        read(with_header(header))


@pytest.mark.exhaustive("cut-off answers")
def test_every_cut_off_answer_is_an_error(*, exhaustive: bool) -> None:
    """A sampled run cuts at every 23rd byte."""
    data = written(answers.write_image, IMAGE)
    with files(data) as answered:
        for length in reversed(range(0, len(data), 1 if exhaustive else 23)):
            answered.answer.truncate(length)
            with pytest.raises(InvalidAnswer):
                answers.read(answered, MAX_PIXELS)


def test_the_size_of_an_answer_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may be as large as the upload and what processing adds at most."""
    monkeypatch.setattr(answers, "_MAX_ADDED", 100)
    data = written(answers.write_image, IMAGE)
    assert read(data, upload_size=len(data) - 100) == IMAGE
    with pytest.raises(InvalidAnswer):
        read(data, upload_size=len(data) - 101)


def test_the_size_of_an_original_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(answers.write_image, IMAGE)
    monkeypatch.setattr(answers, "_MAX_ADDED", len(data))
    with files(data) as answered:
        answered.original.truncate(len(data) + 1)
        with pytest.raises(InvalidAnswer):
            answers.read(answered, MAX_PIXELS)


def test_an_original_that_does_not_fit_on_the_disk_is_an_os_error() -> None:
    with pytest.raises(OSError, match="No space left on device"):
        read(written(answers.write_os_error, OSError(errno.ENOSPC, "")))


@pytest.mark.parametrize("text", ["\ud800", "a\nb", "\x1b[31m", "\u202e"])
def test_a_refusal_with_a_text_that_pages_cannot_show_is_an_error(text: str) -> None:
    """Half of a surrogate pair would raise an error while the page is rendered."""
    header = {
        "refusal": "unreadable",
        "message": asdict(TOO_MANY_FRAMES.with_values(count=7)) | {"values": {"count": text}},
    }
    with pytest.raises(InvalidAnswer, match="a text"):
        read(with_header(header))


def test_an_error_replaces_an_answer_that_did_not_fit() -> None:
    """A disk that fills up leaves a part of the answer in the file."""
    with files() as answered:
        answered.answer.write(written(answers.write_image, IMAGE)[:50])
        answers.write_os_error(answered, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(OSError, match="No space left") as raised:
            answers.read(answered, MAX_PIXELS)
    assert raised.value.errno == errno.ENOSPC
