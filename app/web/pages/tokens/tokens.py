"""Show the admin the access tokens, and let the admin create and revoke them.

An access token is refused here. Otherwise it could create another one that stays valid after its
own revocation.
"""

from flask import Blueprint, Response, flash, make_response, render_template
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidText
from app.domain.tokens.access_token import AccessToken
from app.web.auth import access
from app.web.auth.contributor_cookie import owner_hash
from app.web.auth.principals import principal
from app.web.context import report_service, token_service
from app.web.errors import form_error
from app.web.operations import admin_log
from app.web.pages.tokens.token_form import TokenForm, role_choices
from app.web.redirects import see_other
from app.web.rendering.i18n import gettext as _

blueprint = Blueprint("tokens", __name__, url_prefix="/admin/tokens")


@blueprint.before_request
def require_admin() -> None:
    """Reject every other visitor."""
    access.require_admin()
    principal.refuse_tokens()


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """Keep a new secret out of caches."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the tokens, without their secrets, and the form for a new one."""
    return _page(TokenForm(formdata=None))


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Create a token, and show its secret once."""
    form = TokenForm.submitted()
    try:
        secret, token = token_service().create(
            form.name.data or "", form.chosen_role(), form.chosen_album(), form.valid_until()
        )
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _page(form))
    admin_log.note_token(token.token_id)
    return make_response(render_template("tokens/created.html", secret=secret, token=token), 201)


@blueprint.get("/<token_id>/revoke")
def confirm_revoke(token_id: str) -> ResponseReturnValue:
    """Ask for confirmation: scripts that use the token stop working."""
    token = token_service().get(token_id)
    if token is None:  # was revoked in another window
        return see_other(".index")
    return render_template("tokens/confirm_revoke.html", token=token)


@blueprint.post("/<token_id>/revoke")
def revoke(token_id: str) -> ResponseReturnValue:
    """Revoke the token. Sending the form again does no harm."""
    token = token_service().get(token_id)
    if token:
        token_service().revoke(token)
        admin_log.note_token(token.token_id)
    flash(_("The token no longer works. Its photos are still here."), "success")
    return see_other(".index")


def _page(form: TokenForm) -> str:
    return render_template(
        "tokens/index.html",
        form=form,
        tokens=token_service().all(),
        roles=dict(role_choices()),
        has_expired=token_service().has_expired,
        owner_of=_owner_of,
        open_reports=report_service().count(),
    )


def _owner_of(token: AccessToken) -> str:
    """Return the owner of the photos that the token has added."""
    return owner_hash(token.contributor_id)
