"""Compare answers with docs/openapi.json."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from app.web.feeds.openapi import FILE


@cache
def document() -> dict[str, Any]:
    """Return the document in the repository."""
    loaded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """Return the component that a value refers to, or else the value."""
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    component: dict[str, Any] = document()["components"][kind][name]
    return component


def documented(answer: TestResponse, path: str, method: str = "get") -> Any:
    """Return the JSON of an answer.

    Args:
        answer: The answer.
        path: The path in the document.
        method: The method in lower case.

    Raises:
        KeyError: The document has no such answer.
        ValidationError: The answer differs from its schema.
    """
    responses = document()["paths"][path][method]["responses"]
    response = resolved(responses[str(answer.status_code)])
    schema = response["content"][answer.mimetype]["schema"]
    components = {"components": document()["components"]}  # references are relative to the root
    Draft202012Validator(schema | components).validate(answer.json)
    return answer.json
