"""Texts of scripts.

A page includes them as JSON, by name, because scripts have no message catalog.
"""

from collections.abc import Callable
from functools import cache

from babel import Locale
from flask import Flask

from app.web.rendering.i18n import get_locale, gettext, ngettext

Text = str | dict[str, str]

_PLACEHOLDERS = {"count": "%(count)s"}  # stay in the text; the script fills them in
_MAX_SAMPLE = 200  # the numbers below it include every plural category of every language (CLDR)


def upload_texts() -> dict[str, Text]:
    """Return the texts of static/js/upload.js and the modules it imports."""
    return {
        "drag and drop": gettext("Or drag, drop or paste anywhere on this page."),
        "take a photo": gettext("Take a photo"),
        "all photos": gettext("All photos"),
        "too large": gettext("Too large: %(size)s (limit %(most)s MB)."),
        "empty file": gettext("This file is empty."),
        "unsupported type": gettext("That file type isn’t supported. Use %(formats)s."),
        "upload": gettext("Upload"),
        "upload photos": plurals("Upload %(count)s photo", "Upload %(count)s photos"),
        "title of file": gettext("Title of %(file)s"),
        "alt of file": gettext("Alternative text of %(file)s"),
        "retry": gettext("Retry"),
        "retry photos": plurals("Retry %(count)s photo", "Retry %(count)s photos"),
        "retry file": gettext("Retry %(file)s"),
        "remove": gettext("Remove"),
        "remove file": gettext("Remove %(file)s"),
        "photos chosen": plurals("%(count)s photo chosen.", "%(count)s photos chosen."),
        "waiting": gettext("Waiting"),
        "uploading": gettext("Uploading"),
        "uploading photos": plurals("Uploading %(count)s photo.", "Uploading %(count)s photos."),
        "share uploaded": gettext("%(share)s uploaded."),
        "progress": gettext("%(done)s of %(count)s added · %(share)s"),
        "less than a minute": gettext("less than a minute left"),
        "minutes left": plurals("about %(count)s minute left", "about %(count)s minutes left"),
        "processing": gettext("Processing…"),
        "added": gettext("Added"),
        "all photos added": gettext("All photos added."),
        "metadata removed": gettext("%(facts)s removed"),
        "duplicate": gettext("Already on this site."),
        "view duplicate": gettext("View it"),
        "gallery link": gettext("Back to the gallery"),
        "photos failed": plurals(
            "%(count)s photo wasn’t added. See why below.",
            "%(count)s photos weren’t added. See why below.",
        ),
        "retry when busy": gettext("The site is busy. Retrying in %(seconds)s s…"),
        "retry when offline": gettext("Connection lost. Retrying in %(seconds)s s…"),
        "offline": gettext("You seem to be offline. Check your connection and try again."),
        "file too large": gettext("This file is too large."),
        "upload failed": gettext("Upload failed (%(status)s). Try again in a moment."),
    }


def listing_texts() -> dict[str, Text]:
    """Return the texts of static/js/infinite-scroll.js."""
    return {
        "more photos": plurals("%(count)s more photo.", "%(count)s more photos."),
        "end of list": gettext("That’s everything."),
    }


SCRIPT_TEXTS: dict[str, Callable[[], dict[str, Text]]] = {
    "listing": listing_texts,
    "upload": upload_texts,
}


def plurals(one: str, many: str) -> dict[str, str]:
    """Return the plural forms of a text by category, as JavaScript's Intl.PluralRules names it."""
    return {
        category: ngettext(one, many, count, **_PLACEHOLDERS)
        for category, count in _samples(get_locale()).items()
    }


@cache
def _samples(locale: Locale) -> dict[str, int]:
    """Return the smallest number in each plural category of a language."""
    return {locale.plural_form(count): count for count in reversed(range(_MAX_SAMPLE))}


def init_app(app: Flask) -> None:
    """Add `script_texts(page)` to the template globals."""
    app.jinja_env.globals["script_texts"] = lambda page: SCRIPT_TEXTS[page]()
