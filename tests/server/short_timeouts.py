"""Run the site with a short timeout for uploads: `python -m tests.server.short_timeouts`."""

from app.web.middleware import slow_uploads
from tests.server.gunicorn_site import run

if __name__ == "__main__":
    slow_uploads.READ_TIMEOUT = 3.0
    run("--log-level", "warning", "app:create_app()")
