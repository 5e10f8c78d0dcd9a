"""Log in with a password, and log out."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.web.auth import access, access_errors
from app.web.auth.principals import logins
from app.web.errors import form_error, user_message
from app.web.forms import LoginForm
from app.web.redirects import redirect_to, see_other
from app.web.rendering.i18n import gettext as _

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def new() -> ResponseReturnValue:
    """Show the login form."""
    form = LoginForm(formdata=None, next=request.args.get("next"))
    return render_template("login/new.html", form=form, error=None)


@blueprint.post("/login")
def create() -> ResponseReturnValue:
    """Log in, then go to the page that asked for the login."""
    form = LoginForm.submitted()
    try:
        logins.log_in(form.password.data or "")
    except access_errors.WrongPassword as error:
        text = user_message(error)
        return form_error(error, lambda: render_template("login/new.html", form=form, error=text))
    return redirect_to(form.next.data, "gallery.index")


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Log out of this browser."""
    access.current_role()  # the log names the role that ends
    access.log_out()
    if access.Access().user_name:  # the proxy signs people out
        return see_other(".new")
    flash(_("You’re logged out."), "success")
    return see_other("gallery.index")
