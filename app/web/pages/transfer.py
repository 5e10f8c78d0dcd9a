"""Carry the right to change one's uploads to another device by a one-time link, or take it back."""

import secrets

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.web.auth import (
    access,
    contributor_cookie,
    guest_access,
    guest_cookie,
    other_browsers,
    transfer_links,
)
from app.web.auth.access_errors import NoCookieNeeded
from app.web.context import photo_service
from app.web.forms import LoginForm, TransferForm
from app.web.pages.qr_codes import inline_code
from app.web.redirects import see_other
from app.web.rendering.i18n import gettext as _

PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    # The token is in the URL. Unlike "no-referrer", this does not make the form's origin `null`.
    "Referrer-Policy": "strict-origin",
}

blueprint = Blueprint("transfer", __name__, url_prefix="/transfer")


@blueprint.before_request
def require_cookie() -> None:
    """Reject visitors with a user name or an access token, whose photos no cookie carries."""
    if not access.Access().has_own_cookie:
        raise NoCookieNeeded


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """Keep the token out of caches and of the header Referer."""
    response.headers.update(PRIVATE_HEADERS)
    return response


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Show a new link."""
    guest_access.require_own_uploads()
    contributor_cookie.ensure_owner()
    identity = contributor_cookie.current_contributor()
    token = transfer_links.create_token(identity, guest_cookie.codes()) if identity else ""
    address = url_for(".confirm", token=token, _external=True)
    return render_template("transfer/link.html", token=token, code=inline_code(address))


@blueprint.get("")
def confirm() -> ResponseReturnValue:
    """Ask for confirmation: programs that preview links must not use the link up.

    A browser that must log in does so first, as long as the link is valid.
    """
    token = request.args.get("token", "")
    link = transfer_links.read_token(token)
    if not (access.Access().may_have_uploads or link.guest_codes):
        return _log_in_page(token)
    return render_template(
        "transfer/confirm.html",
        form=TransferForm(formdata=None, token=token, form_id=secrets.token_urlsafe(16)),
        is_same_browser=link.identity.owner == contributor_cookie.current_owner(),
        has_uploads=_has_uploads(),
    )


@blueprint.post("/accept")
def accept() -> ResponseReturnValue:
    """Make this browser the contributor's too."""
    form = TransferForm.submitted()
    token, form_id = form.token.data or "", form.form_id.data or ""
    may_have_uploads = access.Access().may_have_uploads  # else the link is read, and read again
    if not (may_have_uploads or transfer_links.read_token(token, form_id).guest_codes):
        return _log_in_page(token), 403
    link = transfer_links.use_token(token, form_id)
    contributor_cookie.set_contributor(link.identity)
    guest_cookie.remember(*link.guest_codes)
    flash(_("You can now change these uploads in this browser too."), "success")
    return see_other("my_uploads.index")


@blueprint.get("/others")
def confirm_others() -> ResponseReturnValue:
    """Ask whether to sign out all other browsers."""
    guest_access.require_own_uploads()
    if not other_browsers.prepare():
        return see_other("my_uploads.index")
    return render_template("transfer/others.html")


@blueprint.post("/others")
def sign_out_others() -> ResponseReturnValue:
    """Sign out all other browsers. Ask again if this one has not kept the cookie for that."""
    guest_access.require_own_uploads()
    if not other_browsers.sign_out():
        return see_other(".confirm_others")
    flash(
        _("All other browsers are signed out. They can’t change your uploads anymore."), "success"
    )
    return see_other("my_uploads.index")


def _log_in_page(token: str) -> str:
    """Return a form to log in, which leads back to the link. No URL but that has the token."""
    form = LoginForm(formdata=None, next=url_for(".confirm", token=token))
    reason = _("Log in first. The link has not been used, and still works afterward.")
    return render_template("login/new.html", form=form, error=None, reason=reason)


def _has_uploads() -> bool:
    """Return whether the browser has uploads of its own, which it would lose."""
    owner = contributor_cookie.current_owner()
    if owner is None:
        return False
    listings = (object_keys.owner_listing(owner), object_keys.owner_trash_listing(owner))
    return any(photo_service().page(listing, 1).summaries for listing in listings)
