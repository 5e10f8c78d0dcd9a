"""Run gunicorn with long deadlines of the storage: `python -m tests.party.slow_storage`.

An emulator of AWS that answers one call after the other takes seconds where AWS takes milliseconds.
"""

from app.services import upload_service
from app.storage.aws import client_factory
from app.web.middleware import request_deadline
from tests.server.gunicorn_site import run

_SECONDS = 120.0

if __name__ == "__main__":
    request_deadline.READ_TIMEOUT = request_deadline.WRITE_TIMEOUT = _SECONDS
    upload_service.STORAGE_TIMEOUT = _SECONDS
    client_factory._EMULATOR["read_timeout"] = _SECONDS
    run("--log-level", "warning", "app:create_app()")
