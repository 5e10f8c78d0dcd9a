"""Reject forms that cannot be parsed; Werkzeug would treat them as empty."""

from tempfile import gettempdir
from typing import IO, Any

from flask import Flask, Request
from werkzeug.formparser import FormDataParser

_FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")


class UnreadableForm(Exception):
    """The body cannot be parsed; the name of a file in it may not be UTF-8."""


class NotAForm(UnreadableForm):
    """The content type of the body is not that of a form."""


class TempSpaceFull(Exception):
    """The folder for temporary files, which stores uploaded files first, is full."""


class _Parser(FormDataParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"silent": False})

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        # gunicorn gives no length for a chunked body.
        if mimetype not in _FORM_TYPES and (content_length or stream.read(1)):
            raise NotAForm
        try:
            return super().parse(stream, mimetype, content_length, options)
        except ValueError as error:
            raise UnreadableForm from error
        except OSError as error:
            raise TempSpaceFull(f"cannot write to {gettempdir()}: {error.strerror}") from error


class _Request(Request):
    form_data_parser_class = _Parser

    @property
    def want_form_data_parsed(self) -> bool:
        """True, so that the parser also rejects a body without a content type."""
        return True


def init_app(app: Flask) -> None:
    """Parse the forms of all requests with this parser."""
    app.request_class = _Request
