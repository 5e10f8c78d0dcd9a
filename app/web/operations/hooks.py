"""Install what operators see: roles and admin actions in the log, and the status."""

from flask import Flask

from app.web.operations import actor, admin_log, status_page


def init_app(app: Flask) -> None:
    """Install the hooks and pages. The hooks come after those that read the cookies."""
    actor.init_app(app)
    admin_log.init_app(app)
    app.register_blueprint(status_page.blueprint)
