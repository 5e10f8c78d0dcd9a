"""The lines of the request log and their members."""

import json
from typing import Any

import pytest

MEMBERS = [
    *("time", "level", "id", "role", "method", "path", "status", "ms", "bytes"),
    *("aws_calls", "aws_ms"),
]


class Log:
    """The lines on stdout so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._read: list[str] = []

    @property
    def lines(self) -> list[str]:
        self._read += self._capsys.readouterr().out.splitlines()
        return self._read

    @property
    def last(self) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(self.lines[-1])
        return entry
