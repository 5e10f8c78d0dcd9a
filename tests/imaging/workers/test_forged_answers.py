"""A forged answer is an error.

Covers app.imaging.workers.answer_fields.
"""

from dataclasses import asdict
from typing import Any

import pytest

from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata.result import TOO_MANY_FRAMES
from app.imaging.workers import answers
from app.imaging.workers.answer_fields import InvalidAnswer
from tests.imaging.workers.written_answers import IMAGE, header_of, read, with_header, written


def with_field(*path_and_value: object) -> bytes:
    """Return the answer of IMAGE with one field of its header changed."""
    *path, value = path_and_value
    header, bodies = header_of(written(answers.write_image, IMAGE))
    target: Any = header
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value
    return with_header(header, bodies)


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


@pytest.mark.parametrize("text", ["\ud800", "a\nb", "\x1b[31m", "\u202e"])
def test_a_refusal_with_a_text_that_pages_cannot_show_is_an_error(text: str) -> None:
    """Half of a surrogate pair would raise an error while the page is rendered."""
    header = {
        "refusal": "unreadable",
        "message": asdict(TOO_MANY_FRAMES.with_values(count=7)) | {"values": {"count": text}},
    }
    with pytest.raises(InvalidAnswer, match="a text"):
        read(with_header(header))
