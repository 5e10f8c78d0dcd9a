"""Pages for guests, who open the guest link, add photos, and see their own photos."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.albums.guests import GuestAccess
from app.domain.errors import InvalidText
from app.domain.photo_text import clean_contributor_name
from app.web.auth import contributor_cookie, guest_cookie
from app.web.auth.contributor_name import remember_name
from app.web.caching import keep_out_of_search_engines
from app.web.context import app_context, guest_links
from app.web.errors import form_error
from app.web.forms import UploadForm
from app.web.pages.guests.forms import JoinForm
from app.web.pages.upload import show_form
from app.web.redirects import see_other
from app.web.upload_album import UploadTarget
from app.web.uploads import FormResult

blueprint = Blueprint("guests", __name__, url_prefix="/join/<code>")


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """Keep the pages out of search engines."""
    return keep_out_of_search_engines(response)


@blueprint.get("")
def show(code: str) -> ResponseReturnValue:
    """Show the title of the album. Ask for the name of the guest if the host wants it."""
    album = guest_links().album_of(code)
    return _join_page(JoinForm(formdata=None), album)


@blueprint.post("")
def join(code: str) -> ResponseReturnValue:
    """Make the browser a guest of the album."""
    app_context().rate_limits.count_joining()
    album = guest_links().album_of(code)
    form = JoinForm.submitted()
    if album.guest_name:
        try:
            remember_name(clean_contributor_name(form.contributor_name.data or ""))
        except InvalidText as error:
            form.add_error(error)
            return form_error(error, lambda: _join_page(form, album))
    guest_cookie.remember(code)
    contributor_cookie.ensure_owner()
    return see_other(".upload", code=code)


@blueprint.get("/upload")
def upload(code: str) -> ResponseReturnValue:
    """Show the upload form to a guest."""
    target = UploadTarget(guest_links().album_of(code), code)
    if not _is_guest(code):
        return see_other(".show", code=code)
    contributor_cookie.ensure_cookie()
    return show_form(UploadForm(formdata=None), FormResult(), target)


@blueprint.get("/thanks")
def thanks(code: str) -> ResponseReturnValue:
    """Show the photos that the guest has added to the album."""
    album = guest_links().album_of(code)
    owner = contributor_cookie.current_owner()
    if owner is None or not _is_guest(code):
        return see_other(".show", code=code)
    photos = guest_links().own_photos(album.album_id, owner)
    return render_template(
        "guests/thanks.html", album=album, photos=photos, may_see=_may_see(album)
    )


def _join_page(form: JoinForm, album: Album) -> str:
    return render_template("guests/join.html", form=form, album=album, may_see=_may_see(album))


def _is_guest(code: str) -> bool:
    return code in guest_cookie.codes()


def _may_see(album: Album) -> bool:
    return album.guest_access is GuestAccess.SEE
