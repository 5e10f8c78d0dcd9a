"""Limit the size of forms, and how many upload forms a process serves at once.

Pages always find a free thread, since upload forms take at most half of them. Nothing is read of a
large form whose visitor may not upload.
"""

from flask import Flask, g, request

from app.domain.errors import Busy
from app.web.auth import guest_access
from app.web.middleware.concurrency_limit import ConcurrencyLimit
from app.web.middleware.rate_limits import uploader_key

MAX_FORMS = 8  # half of the threads of a process: see deploy/gunicorn.conf.py
MAX_FORMS_PER_ADDRESS = 4  # static/js/upload.js sends three at once
MAX_SMALL_FORM_BYTES = 64_000  # of every form but that of an upload
_UPLOAD = "upload.create"
_NOTHING = 0  # bytes


class TooManyForms(Busy):
    """The process serves as many upload forms as it may, in total or for this address."""


def init_app(app: Flask, max_upload_form_bytes: int) -> None:
    """Apply the limits before a body is read."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_SMALL_FORM_BYTES
    limit = ConcurrencyLimit(MAX_FORMS, MAX_FORMS_PER_ADDRESS, TooManyForms)

    @app.before_request
    def acquire() -> None:
        if request.endpoint != _UPLOAD:
            return
        request.max_content_length = _NOTHING  # the page of an error must not read the form
        address = uploader_key()
        limit.acquire(address)
        g.address_of_form = address
        if not _is_small():
            guest_access.require_upload_here()
        request.max_content_length = max_upload_form_bytes

    @app.teardown_request
    def release(_error: BaseException | None) -> None:
        address = g.pop("address_of_form", None)
        if address is not None:
            limit.release(address)


def is_unread() -> bool:
    """Return whether the form was refused before its body was read."""
    return request.endpoint == _UPLOAD and request.max_content_length == _NOTHING


def _is_small() -> bool:
    """Return whether the form is read even if it is rejected, to show what was typed."""
    length = request.content_length
    return length is not None and length <= MAX_SMALL_FORM_BYTES
