"""Shoebox: photo sharing on your own AWS account."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from app import cli
from app.backends import build_backend, build_photo_service, build_quotas, build_rate_limits
from app.config import Config
from app.services.photo_service import PhotoService
from app.services.ports import SessionRevocations
from app.storage.local.secret_key import load_or_create_secret
from app.web import register
from app.web.context import AppContext

_TEMPLATES = Path(__file__).parent.parent / "templates"


def create_app(
    config: Config | None = None,
    service: PhotoService | None = None,
    session_revocations: SessionRevocations | None = None,
) -> Flask:
    """Return the WSGI app.

    Args:
        config: The settings; read from the environment by default.
        service: The photo service; built on the configured storage backend by default.
        session_revocations: The revoked sessions; kept in the configured storage backend by
            default.

    Raises:
        ConfigError: Settings are missing or invalid.
    """
    config = config or Config.from_env()
    if service is None or session_revocations is None:
        backend = build_backend(config)
        service = service or build_photo_service(config, backend)
        session_revocations = session_revocations or backend.session_revocations
    app = Flask(__name__, template_folder=str(_TEMPLATES), static_folder=None)
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.secret_key = config.secret_key or load_or_create_secret(config.photo_dir / "secret_key")
    context = AppContext(
        config=config,
        photo_service=service,
        session_revocations=session_revocations,
        quotas=build_quotas(config, service),
        rate_limits=build_rate_limits(config, str(app.secret_key)),
    )
    register.init_app(app, context)
    for command in cli.COMMANDS:
        app.cli.add_command(command)
    return app
