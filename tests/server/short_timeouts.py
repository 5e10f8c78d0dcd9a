"""Run the site with a short timeout for uploads: `python -m tests.server.short_timeouts`."""

from app.__main__ import main
from app.web.middleware import slow_uploads

if __name__ == "__main__":
    slow_uploads.READ_TIMEOUT = 3.0
    main()
