"""Requests with every wrong shape of every path, parameter, form field and body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_from_bytes

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from tests.sample_images import jpeg

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
FORM_TYPE = "application/x-www-form-urlencoded"
BOUNDARY = b"shoebox-test"
MULTIPART_TYPE = f"multipart/form-data; boundary={BOUNDARY.decode()}"

QUERY_PARAMETERS = (
    *(
        "after",
        "back",
        "before",
        "album",
        "by",
        "guest",
        "shown",
        "total",
        "format",
        "in",
        "lang",
        "maxheight",
        "maxwidth",
        "next",
        "order",
        "photo",
        "position",
    ),
    *("q", "second", "select", "since", "size", "start", "token", "url"),
)
PHOTO_ID = b"PHOTO_ID"
PARTITION = b"PARTITION"  # of that photo
ALBUM_ID = b"ALBUM_ID"
GUEST_CODE = b"GUEST_CODE"
PATH_ARGUMENTS = {
    "partition": PARTITION.decode(),
    "photo_id": PHOTO_ID.decode(),
    "album_id": ALBUM_ID.decode(),
    "code": GUEST_CODE.decode(),
    "tag": "sea",
    "name": "320.jpg",
    "owner": "0" * 32,
    "token_id": "0" * 12,
    "report_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "verb": "hide",
    "version": "0",
    "path": "css/base.css",
    "year": "2026",
    "month": "11",
}
# Each form field with a value that the site accepts.
FIELDS = {
    "title": b"Sea",
    "description": b"The sea",
    "tags": b"sea, hill",
    "alt": b"A wave",
    "upload_id": b"abc",
    "contributor_name": b"Mina",
    "credit": b"Mina",
    "license": b"other",
    "license_url": b"https://example.org/license",
    "taken_year": b"1974",
    "taken_month": b"6",
    "taken_day": b"5",
    "taken_time": b"07:08",
    "taken_about": b"y",
    "shift_days": b"1",
    "shift_hours": b"-1",
    "shown_date": b"PHOTO_ID 1974-06-05",
    "direction": b"left",
    "revision": b"0",
    "batch": b"abc",
    "opened": b"abc",
    "position": b"0",
    "add_duplicates": b"1",
    "version": b"1",
    "album": ALBUM_ID,
    "place": b"2",
    "order": b"added",
    "visibility": b"unlisted",
    "contributors": b"everyone",
    "guest_access": b"add",
    "guest_review": b"y",
    "guest_name": b"y",
    "guest_limit": b"7",
    "guest_host": b"Anna",
    "until_date": b"2040-02-29",
    "until_time": b"18:30",
    "code": b"a" * 16,
    "form_id": b"a" * 22,
    "after": b"20261129191500-01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "done": b"1",
    "sort_version": b"2",
    "link_change": b"open None None",
    "digest": b"0" * 32,
    "before": b"01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "guest": PHOTO_ID,
    "add": b"sea",
    "remove": b"hill",
    "confirm": b"yes",
    "password": b"let me rule",
    "token": b"abc",
    "name": b"Wall",
    "role": b"contributor",
    "album_address": b"/albums/ALBUM_ID",
    "last_day": b"2040-02-29",
    "next": b"/tags",
    "reason": b"person",
    "text": b"It shows my house",
    "csrf_token": b"abc",
}
TEXTS = {
    "empty": b"",
    "NUL": b"a\0b",
    "lone surrogate": "a\ud800b".encode("utf-8", "surrogatepass"),
    "invalid UTF-8": b"a\xff\xfeb",
    "noncharacters": "\uffff\U0010ffff".encode(),
    "combining marks": ("a" + "\u0301\u0323" * 500).encode(),
    "line breaks": "a\r\nSet-Cookie: b=c\n\x85\u2028".encode(),
    "placeholders": b"%(count)s %s %% {0} {{ 7 * 7 }} ${7}",
    "markup": b"\"'><script>alert(1)</script>",
    "digits": b"9" * 5000,
    "other digits": "٣²".encode(),
    "negative": b"-1",
    "long": b"x" * 60_000,
    "URL without a host": b"http://[",
    "path with a bad host": b"//[::1",
    "bad host": "https://a\u2100b".encode(),
    "bad port": b"http://localhost:99999999/photos/x",
    "parent folder": b"../../etc/passwd",
    "last date": b"9999-12-31",
    "first date": b"0001-01-01",
}
QUOTED = {shape: quote_from_bytes(text).encode() for shape, text in TEXTS.items()}
HOSTS = {
    "open bracket": b"[::1",
    "brackets": b"[]",
    "no IPv6 address": b"[a]:80",
    "port of letters": b"localhost:a",
    "user": b"a@localhost",
    "path": b"localhost/a?b#c",
    "two hosts": b"a, b",
}
HUGE = b"x" * 600_000  # more than the form parser keeps in memory
BODIES = {
    "no type": (None, b""),
    "no type, but a body": (None, b"title=a"),
    "empty form": (FORM_TYPE, b""),
    "broken form": (FORM_TYPE, b"&&=&=a&%&%zz=%f&title=%ff&\xff\xed\xa0\x80;"),
    "many fields": (FORM_TYPE, b"&".join(b"a%d=b" % n for n in range(1500))),
    "other charset": (f"{FORM_TYPE}; charset=utf-16", b"title=a"),
    "broken JSON": ("application/json", b'{"title": 1'),
    "JSON list": ("application/json", b"[1, [2]]"),
    "JSON object": ("application/json", b'{"title": 1, "tags": [null], "photo": {"a": []}}'),
    "text": ("text/plain", b"title=a"),
    "bad type": ("\xff\x00/;;=", b"title=a"),
    "empty multipart": (MULTIPART_TYPE, b""),
    "no boundary": ("multipart/form-data", b"--x--"),
    "empty boundary": ("multipart/form-data; boundary=", b"----"),
    "long boundary": (f"multipart/form-data; boundary={'x' * 5000}", b"--" + b"x" * 5000),
    "boundary of bytes": ("multipart/form-data; boundary=\xff\xfe", b"--\xff\xfe--"),
    "other boundary": (MULTIPART_TYPE, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
    "mixed multipart": ("multipart/mixed; boundary=x", b"--x\r\n\r\na\r\n--x--"),
    "no part": (MULTIPART_TYPE, b"--%b--\r\n" % BOUNDARY),
    "no end": (MULTIPART_TYPE, b'--%b\r\nContent-Disposition: form-data; name="title"\r\n\r\na'),
    "no header": (MULTIPART_TYPE, b"--%b\r\n\r\na\r\n--%b--\r\n" % (BOUNDARY, BOUNDARY)),
    "no name": (
        MULTIPART_TYPE,
        b"--%b\r\nContent-Disposition: form-data\r\n\r\na\r\n--%b--\r\n" % (BOUNDARY, BOUNDARY),
    ),
    "header of bytes": (
        MULTIPART_TYPE,
        b"--%b\r\n\xff\xfe: \xff\r\nContent-Disposition\r\n\r\na\r\n--%b--\r\n"
        % (BOUNDARY, BOUNDARY),
    ),
    "extended names": (
        MULTIPART_TYPE,
        b"--%b\r\nContent-Disposition: form-data; name*=x''%%ff; filename*=UTF-8''%%ff%%00\r\n"
        b"Content-Type: text/plain; charset=none\r\n\r\na\r\n--%b--\r\n" % (BOUNDARY, BOUNDARY),
    ),
}


@dataclass(slots=True)
class Part:
    """One part of a form: a text, or a file where it has a file name."""

    name: str
    content: bytes
    filename: bytes | None = None

    def encoded(self) -> bytes:
        """Return the part of a multipart body. Nothing is escaped."""
        disposition = b'Content-Disposition: form-data; name="%b"' % self.name.encode()
        if self.filename is not None:
            disposition += b'; filename="%b"\r\nContent-Type: image/jpeg' % self.filename
        return b"--%b\r\n%b\r\n\r\n%b\r\n" % (BOUNDARY, disposition, self.content)


@dataclass(slots=True)
class HostileRequest:
    """A request to one endpoint, and how it is wrong: for example ("title", "NUL")."""

    endpoint: str
    method: str
    path: bytes
    wrong: tuple[str, str]
    query: bytes = b""
    body: bytes = b""
    content_type: str | None = None
    host: bytes = b"localhost"
    parts: tuple[Part, ...] = ()

    def encoded(self) -> "HostileRequest":
        """Return the request with its parts as the body. Most requests are never sent."""
        if not self.parts:
            return self
        body = b"".join(part.encoded() for part in self.parts) + b"--%b--\r\n" % BOUNDARY
        return replace(self, body=body, parts=())

    def options(self) -> dict[str, Any]:
        """Return the arguments of the test client; WSGI decodes URLs as Latin-1 (PEP 3333)."""
        url = {
            "HTTP_HOST": self.host.decode("latin-1"),
            "PATH_INFO": self.path.decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
        }
        return {
            "method": self.method,
            "data": self.encoded().body,
            "content_type": self.content_type,
            "environ_overrides": url,
        }


def requests_to(app: Flask) -> Iterator[HostileRequest]:
    """Yield the requests to every route, with PHOTO_ID and ALBUM_ID in place of ids."""
    for rule in app.url_map.iter_rules():
        path = _path_of(rule)
        yield from _with_methods(rule, path)
        yield from _with_wrong_hosts(rule, path)
        yield from _with_wrong_paths(rule)
        yield from _with_wrong_parameters(rule, path)
        if "POST" in (rule.methods or ()):
            is_upload = rule.endpoint == "upload.create"
            photo = Part("photo", jpeg(16, 12), b"a.jpg") if is_upload else Part("photo", PHOTO_ID)
            yield from _with_wrong_bodies(rule, path)
            yield from _with_wrong_fields(rule, path, photo)


def plain_requests_to(app: Flask) -> Iterator[HostileRequest]:
    """Yield a request of every method to every route."""
    for rule in app.url_map.iter_rules():
        yield from _with_methods(rule, _path_of(rule))


def requests_with_paths(app: Flask, text: bytes) -> Iterator[HostileRequest]:
    """Yield a GET and a POST of every route for each argument of its path, which is `text`."""
    for rule in app.url_map.iter_rules():
        for argument in sorted(rule.arguments):
            path = _path_of(rule, **{argument: text.decode()})
            for method in ("GET", "POST"):
                yield HostileRequest(rule.endpoint, method, path, (argument, "text"))


def record_names(app: Flask) -> set[str]:
    """Return a set to which every parameter and field is added that the app reads."""
    names: set[str] = set()

    class RecordingDict(ImmutableMultiDict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            names.add(name)
            return super().__getitem__(name)

        def get(self, name: str, *args: Any, **options: Any) -> Any:
            names.add(name)
            return super().get(name, *args, **options)

        def getlist(self, name: str, *args: Any, **options: Any) -> list[Any]:
            names.add(name)
            return super().getlist(name, *args, **options)

    class RecordingRequest(app.request_class):  # type: ignore[name-defined, misc]
        parameter_storage_class = RecordingDict

    assert issubclass(RecordingRequest, Request)
    app.request_class = RecordingRequest
    return names


def _path_of(rule: Rule, **arguments: str) -> bytes:
    """Return the path of a rule with valid values, except for the `arguments`."""
    path = rule.rule
    for name in rule.arguments:
        value = arguments.get(name) or PATH_ARGUMENTS[name]
        path = re.sub(rf"<([^<>]*:)?{name}>", value, path)
    return path.encode()


def _with_methods(rule: Rule, path: bytes) -> Iterator[HostileRequest]:
    for method in METHODS:
        yield HostileRequest(rule.endpoint, method, path, ("method", method))


def _with_wrong_hosts(rule: Rule, path: bytes) -> Iterator[HostileRequest]:
    for shape, host in {**TEXTS, **HOSTS}.items():
        yield HostileRequest(rule.endpoint, "GET", path, ("host", shape), host=host)


def _with_wrong_paths(rule: Rule) -> Iterator[HostileRequest]:
    for argument in rule.arguments:
        for shape, text in TEXTS.items():
            path = _path_of(rule, **{argument: "REPLACED"}).replace(b"REPLACED", text)
            for method in sorted(rule.methods or ()):
                yield HostileRequest(rule.endpoint, method, path, (argument, shape))


def _with_wrong_parameters(rule: Rule, path: bytes) -> Iterator[HostileRequest]:
    method = "POST" if "POST" in (rule.methods or ()) else "GET"
    for name in QUERY_PARAMETERS:
        key = name.encode()
        for shape, text in TEXTS.items():
            quoted = b"%b=%b" % (key, QUOTED[shape])
            yield HostileRequest(rule.endpoint, method, path, (name, shape), quoted)
            if not text.isascii():
                raw = b"%b=%b" % (key, text)
                yield HostileRequest(rule.endpoint, method, path, (name, f"{shape}, raw"), raw)
        repeated = b"%b=a&%b=b&%b" % (key, key, key)
        yield HostileRequest(rule.endpoint, method, path, (name, "repeated"), repeated)


def _with_wrong_bodies(rule: Rule, path: bytes) -> Iterator[HostileRequest]:
    for shape, (content_type, body) in BODIES.items():
        yield HostileRequest(
            rule.endpoint, "POST", path, ("body", shape), body=body, content_type=content_type
        )


def _with_wrong_fields(rule: Rule, path: bytes, photo: Part) -> Iterator[HostileRequest]:
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
