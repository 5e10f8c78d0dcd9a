"""Requests with every wrong shape of every path, parameter, form field and body."""

import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from tests.abuse.hostile_requests.bodies import BODIES
from tests.abuse.hostile_requests.fields import with_wrong_fields
from tests.abuse.hostile_requests.request import HostileRequest, Part
from tests.abuse.hostile_requests.values import (
    HOSTS,
    METHODS,
    PATH_ARGUMENTS,
    PHOTO_ID,
    QUERY_PARAMETERS,
    QUOTED,
    TEXTS,
)
from tests.sample_images import jpeg


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
            yield from with_wrong_fields(rule, path, photo)


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
