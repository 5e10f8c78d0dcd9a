"""The template of the stack."""

from typing import Any

import pytest
import yaml

from tests.deploy.stack.template import STACK, Loader


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(STACK.read_text(encoding="utf-8"), Loader)  # noqa: S506
    return document
