"""Name time, level, request and role of the visitor in each log message.

The id of the request is the response header X-Request-Id.
"""

import logging

from flask import Flask
from flask.logging import default_handler

from app.web.middleware.request_log import current_request_id, current_role
from app.web.operations.log_fields import timestamp, without_addresses

_FORMAT = "%(utc)s %(levelname)s %(name)s [%(request_id)s %(role)s]: %(message)s"


class RequestFormatter(logging.Formatter):
    """Adds the fields `utc`, `request_id` and `role` to records.

    The id is "-" outside of a request, and the role is "task".
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the message with the request, and the traceback if there is one."""
        record.utc = timestamp(record.created)
        record.request_id = current_request_id() or "-"
        record.role = current_role()
        return without_addresses(super().format(record))


def init_app(app: Flask) -> None:
    """Write messages of level INFO and higher to stderr.

    `app` is also the name of this package, so `app.logger` is the parent of all of its loggers.
    """
    default_handler.setFormatter(RequestFormatter(_FORMAT))
    app.logger.setLevel(logging.INFO)
