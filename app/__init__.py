"""Shoebox: photo sharing on your own AWS account."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config
    from app.services.factory import Services


def create_app(config: "Config | None" = None, services: "Services | None" = None) -> "Flask":
    """Return the WSGI app.

    Args:
        config: The settings; read from the environment by default.
        services: The services; built on the configured storage backend by default.

    Raises:
        ConfigError: Settings are missing or invalid.
    """
    # Every module of the package imports this one. Image workers need neither Flask nor boto3.
    from app.wsgi import build_app  # noqa: PLC0415

    return build_app(config, services)
