"""The names of parameters and fields that the app reads."""

from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict


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
