"""Giving a password, and taking it back."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.web.auth import access
from app.web.errors import status_of, user_message
from app.web.forms import LoginForm
from app.web.redirects import redirect_to, see_other

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The form."""
    return render_template(
        "login/login.html", form=LoginForm(formdata=None, next=request.args.get("next")), error=None
    )


@blueprint.post("/login")
def log_in() -> ResponseReturnValue:
    """Open what the password opens."""
    form = LoginForm()
    try:
        access.log_in(form.password.data or "")
    except access.WrongPassword as error:
        return render_template("login/login.html", form=form, error=user_message(error)), status_of(
            error
        )
    return redirect_to(form.next.data, "gallery.index")


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Forget the password."""
    access.log_out()
    flash(_("You’re logged out."), "success")
    return see_other("gallery.index")
