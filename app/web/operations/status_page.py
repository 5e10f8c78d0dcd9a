"""Show the admin the status of the site."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services.operations.run_results import RunKind
from app.services.operations.site_status import MAX_COUNTED, Problem
from app.web.auth import access
from app.web.operations.status import read_status
from app.web.rendering.formatting import format_number
from app.web.rendering.i18n import gettext as _

blueprint = Blueprint("status", __name__, url_prefix="/admin/status")


@blueprint.before_request
def require_admin() -> None:
    """Reject every other visitor."""
    access.require_admin()


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show version, storage, queues, disk, certificate and the last results of maintenance."""
    status = read_status()
    return render_template(
        "status/show.html",
        status=status,
        problems=[_problem_text(problem) for problem in status.problems],
        kinds=[(kind, _kind_text(kind)) for kind in RunKind],
        queue_length=_queue_length,
        open_reports=status.queues.reports if status.queues else 0,
    )


def _queue_length(count: int) -> str:
    """Return the text of a count that ends at a limit."""
    return f"{format_number(count)}+" if count >= MAX_COUNTED else format_number(count)


def _kind_text(kind: RunKind) -> str:
    texts = {
        RunKind.CHECK: _("Check of the collection"),
        RunKind.AUDIT: _("Search for private metadata"),
        RunKind.ADVISORIES: _("Known vulnerabilities of packages"),
    }
    return texts[kind]


def _old_result_text(kind: RunKind) -> str:
    return _("%(command)s: the last result is older than 15 days.", command=_kind_text(kind))


def _problem_text(problem: Problem) -> str:
    certificate = _("The certificate is missing, has expired or was not renewed in time.")
    texts = {
        Problem.OBJECTS: _("The storage of the images does not answer."),
        Problem.CATALOG: _("The database does not answer."),
        Problem.LOST_CATALOG: _("The database is empty, although there are photos."),
        Problem.OLD_KEYS: _(
            "The photos are stored as an earlier version stored them. Run migrate-keys."
        ),
        Problem.DISK: _("The disk is nearly full."),
        Problem.NO_CERTIFICATE: certificate,
        Problem.EXPIRED: certificate,
        Problem.NOT_RENEWED: certificate,
        Problem.OLD_CHECK: _old_result_text(RunKind.CHECK),
        Problem.OLD_AUDIT: _old_result_text(RunKind.AUDIT),
        Problem.OLD_ADVISORIES: _old_result_text(RunKind.ADVISORIES),
        Problem.CHECK: _("The last check found problems, or did not end."),
        Problem.AUDIT: _("The last search found private metadata, or did not end."),
        Problem.ADVISORIES: _("A package has a known vulnerability. Upgrade Shoebox."),
    }
    return texts[problem]
