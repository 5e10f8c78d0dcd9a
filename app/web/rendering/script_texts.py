"""What scripts say: texts that a page hands them as JSON, by name, since they have no catalogue of their own."""

from collections.abc import Callable
from functools import cache

from babel import Locale
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

Text = str | dict[str, str]

_ENOUGH = 200  # whole numbers from 0 on: among them is each form that any language has for them


def upload_texts() -> dict[str, Text]:
    """For static/js/upload.js and the modules it is made of."""
    return {
        "drop": gettext("Or drag, drop or paste anywhere on this page."),
        "camera": gettext("Take a photo"),
        "all": gettext("All photos"),
        "too big": gettext("Too large: %(size)s (limit %(most)s MB)."),
        "empty": gettext("This file is empty."),
        "wrong kind": gettext("That file type isn’t supported. Use %(formats)s."),
        "upload": gettext("Upload"),
        "upload some": plurals("Upload %(count)s photo", "Upload %(count)s photos"),
        "title of": gettext("Title of %(file)s"),
        "alt of": gettext("Alternative text of %(file)s"),
        "retry": gettext("Retry"),
        "retry some": plurals("Retry %(count)s photo", "Retry %(count)s photos"),
        "retry this": gettext("Retry %(file)s"),
        "remove": gettext("Remove"),
        "remove this": gettext("Remove %(file)s"),
        "chosen": plurals("%(count)s photo chosen.", "%(count)s photos chosen."),
        "waiting": gettext("Waiting"),
        "sending": gettext("Uploading"),
        "sending some": plurals("Uploading %(count)s photo.", "Uploading %(count)s photos."),
        "share": gettext("%(share)s uploaded."),
        "progress": gettext("%(done)s of %(count)s added · %(share)s"),
        "soon": gettext("less than a minute left"),
        "left": plurals("about %(count)s minute left", "about %(count)s minutes left"),
        "preparing": gettext("Processing…"),
        "in": gettext("Added"),
        "all in": gettext("All photos added."),
        "removed": gettext("%(facts)s removed"),
        "known": gettext("Already on this site."),
        "earlier": gettext("View it"),
        "gallery": gettext("Back to the gallery"),
        "failed": plurals(
            "%(count)s photo wasn’t added. See why below.",
            "%(count)s photos weren’t added. See why below.",
        ),
        "busy": gettext("The site is busy. Retrying in %(seconds)s s…"),
        "broken off": gettext("Connection lost. Retrying in %(seconds)s s…"),
        "broke": gettext("You seem to be offline. Check your connection and try again."),
        "refused": gettext("This file is too large."),
        "not taken": gettext("Upload failed (%(status)s). Try again in a moment."),
    }


def listing_texts() -> dict[str, Text]:
    """For static/js/listing.js."""
    return {
        "more": plurals("%(count)s more photo.", "%(count)s more photos."),
        "end": gettext("That’s everything."),
    }


SCRIPT_TEXTS: dict[str, Callable[[], dict[str, Text]]] = {
    "listing": listing_texts,
    "upload": upload_texts,
}


def plurals(one: str, many: str) -> dict[str, str]:
    """Each form that the language has for a counted text, named as JavaScript's Intl.PluralRules names it."""
    return {
        form: ngettext(one, many, count, **_KEPT) for form, count in _samples(get_locale()).items()
    }


@cache
def _samples(locale: Locale) -> dict[str, int]:
    """Every plural category of a language, and the smallest number that is in it."""
    return {locale.plural_form(count): count for count in reversed(range(_ENOUGH))}


def init_app(app: Flask) -> None:
    """Give templates `script_texts(page)`."""
    app.jinja_env.globals["script_texts"] = lambda page: SCRIPT_TEXTS[page]()


_KEPT = {name: f"%({name})s" for name in ("count", "done", "share")}  # for the script to fill in
