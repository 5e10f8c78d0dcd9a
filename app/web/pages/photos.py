"""One photo: look, edit, hide, show, delete, restore."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import EditConflict, InvalidText, PhotoNotFound
from app.domain.photo import Photo, State
from app.web.auth import access
from app.web.context import library
from app.web.errors import status_of
from app.web.forms import ConfirmForm, EditForm
from app.web.redirects import back_to, offer_undo, see_other

blueprint = Blueprint("photos", __name__, url_prefix="/photos/<photo_id>")


@blueprint.get("")
def show(photo_id: str) -> ResponseReturnValue:
    """The photo page; whoever may restore a deleted photo is offered that."""
    photo = library().find(photo_id)
    if photo.state is State.TRASHED:
        if not access.Access().may_change(photo):
            raise PhotoNotFound(photo_id)
        return render_template("photos/deleted.html", photo=photo, form=ConfirmForm())
    newer, older = library().neighbours(photo_id)
    return render_template("photos/show.html", photo=photo, newer=newer, older=older)


@blueprint.get("/edit")
def edit(photo_id: str) -> ResponseReturnValue:
    """The form with what the photo says now."""
    photo = _changeable(photo_id)
    return render_template("photos/edit.html", photo=photo, form=EditForm.of(photo), conflict=None)


@blueprint.post("/edit")
def revise(photo_id: str) -> ResponseReturnValue:
    """Keep what was typed, or say why not with the typed words still there."""
    photo = _changeable(photo_id)
    form = EditForm()
    try:
        library().revise(photo_id, _version(form), form.words)
    except InvalidText as error:
        form.explain(error)
        return render_template("photos/edit.html", photo=photo, form=form, conflict=None), status_of(error)
    except EditConflict as error:
        conflict = library().get(photo_id)
        form.version.data = str(conflict.version)  # saving again is meant to win over what is shown now
        return render_template("photos/edit.html", photo=photo, form=form, conflict=conflict), status_of(error)
    flash(_("Saved."), "success")
    return see_other("photos.show", photo_id=photo_id)


@blueprint.post("/hide")
def hide(photo_id: str) -> ResponseReturnValue:
    """Take the photo off every page but its owner's and its own."""
    photo = library().hide(photo_id, access.hider(_changeable(photo_id)))
    text = _("“%(title)s” is hidden: only who has its address sees it.", title=photo.title)
    if access.Access().may_show(photo):
        offer_undo(text, url_for(".unhide", photo_id=photo_id, back=request.args.get("back")))
    else:
        flash(text, "success")
    return back_to(".show", photo_id=photo_id)


@blueprint.post("/show")
def unhide(photo_id: str) -> ResponseReturnValue:
    """Undo `hide`."""
    photo = library().get(photo_id)
    access.require_show(photo)
    library().show(photo_id, photo.version)
    flash(_("“%(title)s” is in the gallery again.", title=photo.title), "success")
    return back_to(".show", photo_id=photo_id)


@blueprint.get("/delete")
def delete(photo_id: str) -> ResponseReturnValue:
    """The page that asks first."""
    return render_template("photos/delete.html", photo=_changeable(photo_id), form=ConfirmForm())


@blueprint.post("/delete")
def withdraw(photo_id: str) -> ResponseReturnValue:
    """Delete the photo and offer to undo it."""
    access.require_change(library().find(photo_id))
    photo = library().withdraw(photo_id)
    undo = url_for(".restore", photo_id=photo_id, back=request.args.get("back"))
    offer_undo(_("“%(title)s” was deleted.", title=photo.title), undo)
    return back_to("gallery.index")


@blueprint.post("/restore")
def restore(photo_id: str) -> ResponseReturnValue:
    """Undo a deletion."""
    access.require_change(library().find(photo_id))
    photo = library().restore(photo_id)
    flash(_("“%(title)s” is back.", title=photo.title), "success")
    return back_to(".show", photo_id=photo_id)


def _changeable(photo_id: str) -> Photo:
    photo = library().get(photo_id)
    access.require_change(photo)
    return photo


def _version(form: EditForm) -> int:
    """The version the form was made from; a form that has lost it conflicts with every version."""
    text = request.form.get(form.version.name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
