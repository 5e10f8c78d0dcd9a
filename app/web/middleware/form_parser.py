"""Reject forms that cannot be parsed; Werkzeug would treat them as empty."""

from tempfile import gettempdir
from typing import Any

from flask import Flask, Request
from werkzeug.formparser import FormDataParser


class UnreadableForm(Exception):
    """The body is not a form, or the name of a file in it is not UTF-8."""


class TempSpaceFull(Exception):
    """The folder for temporary files, which stores uploaded files first, is full."""


class _Parser(FormDataParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"silent": False})

    def parse(self, *args: Any, **options: Any) -> Any:
        try:
            return super().parse(*args, **options)
        except ValueError as error:
            raise UnreadableForm from error
        except OSError as error:
            raise TempSpaceFull(f"cannot write to {gettempdir()}: {error.strerror}") from error


class _Request(Request):
    form_data_parser_class = _Parser


def init_app(app: Flask) -> None:
    """Parse the forms of all requests with this parser."""
    app.request_class = _Request
