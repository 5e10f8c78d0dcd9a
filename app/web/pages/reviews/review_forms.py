"""Read the forms of the review pages."""

from wtforms import HiddenField, StringField

from app.domain import photo_ids
from app.domain.errors import PhotoNotFound
from app.web.forms import Form
from app.web.selection_forms import parse_count


class GuestReviewForm(Form):
    """The guest whose photos are approved, by one of the photos, and how far that has come."""

    guest = StringField()
    before = HiddenField()
    done = HiddenField()

    @property
    def photo_id(self) -> str:
        """One of the photos of the guest. Raises PhotoNotFound."""
        photo_id: str = self.guest.data or ""
        if not photo_ids.is_photo_id(photo_id):
            raise PhotoNotFound(photo_id)
        return photo_id

    @property
    def position(self) -> str | None:
        """The photo after which to continue, None at the beginning."""
        before = self.before.data or ""
        return before if photo_ids.is_photo_id(before) else None

    @property
    def photos_done(self) -> int:
        """The number of photos that earlier requests have approved."""
        return parse_count(self.done.data)
