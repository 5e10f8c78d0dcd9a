"""Exit with 0 if the site of this container answers; the image's HEALTHCHECK runs it."""

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen

_TIMEOUT = 5.0  # seconds; the image allows 10 with the start of Python


def main() -> None:
    """Ask for the health page. Any host name will do for it."""
    port = os.environ.get("PORT") or "8000"
    path = os.environ.get("SCRIPT_NAME", "").rstrip("/") + "/healthz"
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=_TIMEOUT):
            return
    except (URLError, OSError) as error:
        sys.exit(f"The site does not answer: {error}")


if __name__ == "__main__":
    main()
