"""Build the WSGI app from its layers."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from app import cli
from app.backends import build_rate_limits, build_services
from app.config import Config
from app.services.factory import Services
from app.storage.local.secret_key import load_or_create_secret
from app.web import register
from app.web.context import AppContext
from app.web.host_names import SiteFlask
from app.web.middleware import log_format

_TEMPLATES = Path(__file__).parent.parent / "templates"


def build_app(config: Config | None, services: Services | None) -> Flask:
    """Return the app for `app.create_app`, which has the same arguments."""
    config = config or Config.from_env()
    app = SiteFlask("app", template_folder=str(_TEMPLATES), static_folder=None)
    log_format.init_app(app)  # before the checks of the start, which log
    services = services or build_services(config)
    app.jinja_options = app.jinja_options | {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.secret_key = config.secret_key or load_or_create_secret(config.photo_dir / "secret_key")
    rate_limits = build_rate_limits(config, str(app.secret_key))
    register.init_app(app, AppContext(config, services, rate_limits))
    for command in cli.COMMANDS:
        app.cli.add_command(command)
    return app
