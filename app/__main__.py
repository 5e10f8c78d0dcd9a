"""`python -m app`: check the settings, then serve the site on this machine."""

import sys

from app.config import Config, ConfigError


def main() -> None:
    """Serve until interrupted."""
    try:
        config = Config.from_env()
        config.check_catalog_exists()
    except ConfigError as error:
        sys.exit(str(error))
    # gunicorn reads WEB_CONCURRENCY when it is imported.
    from app.server import serve  # noqa: PLC0415  see above

    serve(config)


if __name__ == "__main__":
    main()
