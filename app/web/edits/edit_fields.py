"""Let a script change some texts of a photo without sending the others."""

from flask import request

from app.domain.image.credit_choice import OTHER
from app.domain.photo import Photo
from app.web.forms import EditForm
from app.web.rendering.api.negotiation import wants_json

# A browser sends all of them. The credit and the date stay anyway if they are not sent.
_KEPT = ("title", "description", "tags", "alt", "contributor_name", "version")


def submitted_edit(photo: Photo) -> EditForm:
    """Return the submitted form. A client that asks for JSON keeps the texts that it leaves out."""
    if not wants_json():
        return EditForm.submitted()
    current = EditForm.of(photo)
    kept = {name: str(current[name].data) for name in _KEPT}
    if request.form.get("license_url"):
        kept["license"] = OTHER  # the only license that has a URL of its own
    return EditForm.submitted_with(kept)


def submitted_version(form: EditForm) -> int:
    """Return the version that the form was filled from; 0, which always conflicts, without one."""
    text = form.version.data if form.version.raw_data else ""
    text = text or ""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number else 0
