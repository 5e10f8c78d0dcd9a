"""Name the request in each log message: its id is the response header X-Request-Id."""

import logging

from flask import Flask
from flask.logging import default_handler

from app.web.middleware.request_log import current_request_id

_FORMAT = "%(levelname)s %(name)s [%(request_id)s]: %(message)s"


class RequestIdFormatter(logging.Formatter):
    """Adds the field `request_id` to records; it is "-" outside of a request."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message with the request id, and the traceback if there is one."""
        record.request_id = current_request_id() or "-"
        return super().format(record)


def init_app(app: Flask) -> None:
    """Write messages of level INFO and higher to stderr.

    `app` is also the name of this package, so `app.logger` is the parent of all of its loggers.
    """
    default_handler.setFormatter(RequestIdFormatter(_FORMAT))
    app.logger.setLevel(logging.INFO)
