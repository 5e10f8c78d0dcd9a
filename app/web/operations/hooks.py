"""Install what operators see: the actors of requests and admin actions in the log."""

from flask import Flask

from app.web.operations import actor, admin_log


def init_app(app: Flask) -> None:
    """Install the hooks. They come after those that read the cookies."""
    actor.init_app(app)
    admin_log.init_app(app)
