"""Reading what was sent: a form that can't be read is refused in words, not taken for an empty one."""

from tempfile import gettempdir
from typing import Any

from flask import Flask, Request
from werkzeug.formparser import FormDataParser


class UnreadableForm(Exception):
    """The body is no form, or a file's name in it is not in UTF-8."""


class TempSpaceFull(Exception):
    """The folder for temporary files, where what is sent is kept until it is whole, takes no more."""


class _Parser(FormDataParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"silent": False})

    def parse(self, *body: Any, **options: Any) -> Any:
        try:
            return super().parse(*body, **options)
        except ValueError as error:
            raise UnreadableForm from error
        except OSError as error:
            raise TempSpaceFull(f"{gettempdir()} can't be used: {error.strerror}.") from error


class _Request(Request):
    form_data_parser_class = _Parser


def init_app(app: Flask) -> None:
    """Read every request so."""
    app.request_class = _Request
