"""Install the parts for operators: roles and admin actions in the log, and the status."""

import logging

from flask import Flask, Response, request

from app.domain.errors import StorageError
from app.operator_settings import MetricsAccess
from app.web.auth.principals import logins
from app.web.context import app_context
from app.web.middleware.rate_limits import RateLimitExceeded
from app.web.operations import actor, admin_log, metrics_page, request_metrics, status_page

log = logging.getLogger(__name__)

_UNKNOWN = "no admin_action is logged: the login of the visitor could not be checked"


def init_app(app: Flask) -> None:
    """Install the hooks and pages. The hooks come after those that read the cookies."""
    actor.init_app(app)
    admin_log.init_app(app)
    app.after_request(_note_admin)  # it runs before that of the log
    app.register_blueprint(status_page.blueprint)
    app.register_blueprint(metrics_page.blueprint)


def _note_admin(response: Response) -> Response:
    """Check for the admin's login after each change, also where everyone may make it."""
    if request.method in admin_log.CHANGING and response.status_code < 400:
        try:
            logins.is_admin()
        except StorageError:
            log.warning(_UNKNOWN, exc_info=True)
        except RateLimitExceeded:  # any visitor can cause this
            log.warning("%s after too many wrong ones", _UNKNOWN)
    return response


def install_metrics(app: Flask) -> None:
    """Measure all requests, if metrics are on. The middleware comes around all others."""
    with app.app_context():
        settings = app_context().config.operations
    if settings.metrics is not MetricsAccess.OFF:
        from app.web.operations.metrics import site_metrics  # noqa: PLC0415  only if it is on

        metrics, _registry = site_metrics(settings.metrics_worker)
        request_metrics.init_app(app, metrics)
