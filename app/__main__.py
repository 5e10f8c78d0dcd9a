"""`python -m app`: check the settings, then serve the site on this machine."""

import sys

from app.config import Config, ConfigError
from app.domain.errors import StorageError
from app.http_server.serve import serve


def main() -> None:
    """Serve until interrupted."""
    try:
        config = Config.from_env()
        serve(config)
    except (ConfigError, StorageError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
