"""The names of parameters and fields that the app reads."""

from typing import Any

from flask import Flask, Request, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict


def record_reads(app: Flask) -> set[tuple[str | None, str]]:
    """Return a set to which each endpoint is added with the parameters and fields it reads."""
    reads: set[tuple[str | None, str]] = set()

    def record(name: str) -> None:
        reads.add((request.endpoint if has_request_context() else None, name))

    class RecordingDict(ImmutableMultiDict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            record(name)
            return super().__getitem__(name)

        def get(self, name: str, *args: Any, **options: Any) -> Any:
            record(name)
            return super().get(name, *args, **options)

        def getlist(self, name: str, *args: Any, **options: Any) -> list[Any]:
            record(name)
            return super().getlist(name, *args, **options)

    class RecordingRequest(app.request_class):  # type: ignore[name-defined, misc]
        parameter_storage_class = RecordingDict

    assert issubclass(RecordingRequest, Request)
    app.request_class = RecordingRequest
    return reads
