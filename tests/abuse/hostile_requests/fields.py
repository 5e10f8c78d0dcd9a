"""Forms with every wrong shape of every field."""

from collections.abc import Iterator

from werkzeug.routing import Rule

from tests.abuse.hostile_requests.bodies import MULTIPART_TYPE
from tests.abuse.hostile_requests.request import HostileRequest, Part
from tests.abuse.hostile_requests.values import FIELDS, HUGE, TEXTS


def with_wrong_fields(rule: Rule, path: bytes, photo: Part) -> Iterator[HostileRequest]:
    """Yield a form for each wrong shape of each field; the other fields are valid."""
    valid = {name: Part(name, value) for name, value in FIELDS.items()} | {"photo": photo}
    for name, part in valid.items():
        others = [other for other in valid.values() if other.name != name]
        for shape, parts in _wrong_parts(part).items():
            yield HostileRequest(
                rule.endpoint,
                "POST",
                path,
                (name, shape),
                content_type=MULTIPART_TYPE,
                parts=(*parts, *others),
            )


def _wrong_parts(valid: Part) -> dict[str, list[Part]]:
    name = valid.name
    text = Part(name, valid.content)
    file = Part(name, valid.content, b"a.jpg")
    wrong = {
        "missing": [],
        "repeated text": [text] * 3,
        "text": [text],
        "file": [file],
        "repeated file": [file] * 3,
        "file without a name": [Part(name, b"", b"")],
        "text and file": [text, file],
        "file and text": [file, text],
        "huge text": [Part(name, HUGE)],
    }
    wrong |= {shape: [Part(name, value)] for shape, value in TEXTS.items()}
    names = {f"file name: {shape}": [Part(name, b"a", value)] for shape, value in TEXTS.items()}
    return wrong | names
