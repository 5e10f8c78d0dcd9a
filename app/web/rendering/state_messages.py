"""Say which state photos are in after they were shown again, restored or approved.

Decisions of others about a photo stay: it may be hidden, wait for review, or be unlisted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from flask import flash

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.web.rendering.formatting import format_number
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.rendering.photo_names import photo_reference

CountText = Callable[[int], str]  # of a number of photos, which is not 0


def state_text(photo: Photo, public: str) -> str:
    """Return the text about one photo, which is `public` if everyone sees it now."""
    name = photo_reference(photo)
    match photo.state:
        case PhotoState.PUBLIC:
            return public
        case PhotoState.UNLISTED:
            return _("%(photo)s is back in its albums.", photo=name)
        case PhotoState.PRIVATE:
            return _("%(photo)s is private: no open album has it.", photo=name)
        case PhotoState.PENDING:
            return _("%(photo)s waits for review.", photo=name)
        case PhotoState.HIDDEN:
            return _("%(photo)s is still hidden.", photo=name)
    return _("%(photo)s stays deleted: the person who added it has deleted it too.", photo=name)


def flash_state(photo: Photo, public: str) -> None:
    """Flash the text about one photo."""
    flash(state_text(photo, public), _category_of(photo.state))


def flash_states(photos: Iterable[Photo], texts: Mapping[PhotoState, CountText]) -> None:
    """Flash the numbers of the photos in each state.

    Args:
        photos: The photos as they are now.
        texts: The texts that differ from the usual ones.
    """
    numbers = Counter(photo.state for photo in photos)
    for state in PhotoState:
        if count := numbers[state]:
            flash((texts.get(state) or _TEXTS[state])(count), _category_of(state))


def published(count: int) -> str:
    """Return the text about photos that are public now."""
    shown = format_number(count)
    return ngettext("%(count)s photo published.", "%(count)s photos published.", count, count=shown)


def restored(count: int) -> str:
    """Return the text about photos that are public again, after they were deleted."""
    shown = format_number(count)
    return ngettext("%(count)s photo restored.", "%(count)s photos restored.", count, count=shown)


def updated(count: int) -> str:
    """Return the text about photos that were changed, whatever state they are in."""
    shown = format_number(count)
    return ngettext("%(count)s photo updated.", "%(count)s photos updated.", count, count=shown)


def _unlisted(count: int) -> str:
    return ngettext(
        "%(count)s photo is back in its albums.",
        "%(count)s photos are back in their albums.",
        count,
        count=format_number(count),
    )


def _private(count: int) -> str:
    return ngettext(
        "%(count)s photo is private: no open album has it.",
        "%(count)s photos are private: no open album has them.",
        count,
        count=format_number(count),
    )


def _pending(count: int) -> str:
    return ngettext(
        "%(count)s photo waits for review.",
        "%(count)s photos wait for review.",
        count,
        count=format_number(count),
    )


def _hidden(count: int) -> str:
    return ngettext(
        "%(count)s photo is still hidden.",
        "%(count)s photos are still hidden.",
        count,
        count=format_number(count),
    )


def _trashed(count: int) -> str:
    return ngettext(
        "%(count)s photo stays deleted: the person who added it has deleted it too.",
        "%(count)s photos stay deleted: the people who added them have deleted them too.",
        count,
        count=format_number(count),
    )


def _category_of(state: PhotoState) -> str:
    return "warning" if state in {PhotoState.HIDDEN, PhotoState.TRASHED} else "success"


_TEXTS: Mapping[PhotoState, CountText] = {
    PhotoState.PUBLIC: published,
    PhotoState.UNLISTED: _unlisted,
    PhotoState.PRIVATE: _private,
    PhotoState.PENDING: _pending,
    PhotoState.HIDDEN: _hidden,
    PhotoState.TRASHED: _trashed,
}
