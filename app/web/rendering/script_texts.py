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
        "drop": gettext("Or drop or paste them anywhere on this page."),
        "camera": gettext("Take a photo"),
        "all": gettext("All photos"),
        "too big": gettext("Too big: %(size)s, and %(most)s MB is the most."),
        "empty": gettext("This file is empty."),
        "wrong kind": gettext("Not a kind we take. Send %(formats)s."),
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
        "sending": gettext("Sending"),
        "sending some": plurals("Sending %(count)s photo.", "Sending %(count)s photos."),
        "share": gettext("%(share)s sent."),
        "progress": plurals(
            "%(done)s of %(count)s photo in, %(share)s sent",
            "%(done)s of %(count)s photos in, %(share)s sent",
        ),
        "soon": gettext("less than a minute left"),
        "left": plurals("about %(count)s minute left", "about %(count)s minutes left"),
        "preparing": gettext("Sent; being prepared"),
        "in": gettext("In."),
        "all in": gettext("All photos are in."),
        "removed": gettext("%(facts)s removed."),
        "known": gettext("This file was here already."),
        "earlier": gettext("See the earlier photo"),
        "gallery": gettext("To the gallery"),
        "failed": plurals(
            "%(count)s photo could not be sent; the list says why.",
            "%(count)s photos could not be sent; the list says why.",
        ),
        "busy": gettext("The site is busy; trying again in %(seconds)s s"),
        "broken off": gettext("The connection broke; trying again in %(seconds)s s"),
        "broke": gettext("The connection broke. Check it, then retry."),
        "refused": gettext("The site takes no file as big as this."),
        "not taken": gettext("The site could not take it (%(status)s). Retry in a moment."),
    }


def listing_texts() -> dict[str, Text]:
    """For static/js/listing.js."""
    return {
        "more": plurals("%(count)s more photo.", "%(count)s more photos."),
        "end": gettext("These are all."),
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
