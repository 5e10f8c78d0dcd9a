"""Define the form that reports a photo. The domain validates the text."""

from wtforms import RadioField, TextAreaField

from app.domain.errors import InvalidText
from app.domain.messages import message
from app.domain.photo_text import MAX_REPORT
from app.domain.reports.report import ReportReason
from app.web.forms import Form
from app.web.rendering.i18n import gettext as _


def reason_texts() -> dict[str, str]:
    """Return the text of each reason."""
    return {
        ReportReason.PERSON: _("It shows me, and I don’t want that"),
        ReportReason.PRIVATE: _("It shows a place or private data"),
        ReportReason.COPYRIGHT: _("It was published without permission of its author"),
        ReportReason.OTHER: _("Something else"),
    }


def _choices() -> list[tuple[str, str]]:
    return list(reason_texts().items())


class ReportForm(Form):
    """Why a photo is wrong, and a text for the admin."""

    reason = RadioField(choices=_choices, validate_choice=False)
    text = TextAreaField(render_kw={"data-max-length": MAX_REPORT, "rows": 4})

    def chosen_reason(self) -> ReportReason:
        """Return the reason. Raises InvalidText without one."""
        try:
            return ReportReason(self.reason.data)
        except ValueError as error:
            raise InvalidText("reason", message("Choose one of these.")) from error
