"""Texts of scripts.

A page includes them as JSON, by name, because scripts have no message catalog.
"""

from collections.abc import Callable
from functools import cache

from babel import Locale
from flask import Flask

from app.web.rendering.i18n import gettext, language_locale, ngettext

Text = str | dict[str, str]

# Placeholders of plural texts. They stay in the text, and the script fills them in.
_PLACEHOLDERS = {name: f"%({name})s" for name in ("count", "most", "size", "tag")}
# They include every plural category that a whole number has in any language (CLDR). In Spanish,
# French and Portuguese, a million has its own: “un millón de fotos”. Zero is the last choice:
# catalogs do not agree with CLDR on its form.
_SAMPLES = (0, 1_000_000, *reversed(range(1, 200)))


def upload_texts() -> dict[str, Text]:
    """Return the texts of static/js/upload.js and the modules it imports."""
    return {
        "too large": gettext("Too large: %(size)s (limit %(most)s\u00a0MB)."),
        "empty file": gettext(
            "This file is empty. If it is in the cloud, open it in its app first, then choose it "
            "again."
        ),
        "file changed": gettext("This file has changed since you chose it. Choose it again."),
        "unsupported type": gettext("That file type isn’t supported. Use %(formats)s."),
        "photos chosen": plurals("%(count)s photo chosen.", "%(count)s photos chosen."),
        "add photos": plurals("Add %(count)s photo · %(size)s", "Add %(count)s photos · %(size)s"),
        "retry photos": plurals("Retry %(count)s photo", "Retry %(count)s photos"),
        "labeled": gettext("%(label)s: %(text)s"),
        "place": gettext("%(number)s of %(count)s"),
        "waiting": gettext("Waiting · %(size)s"),
        "uploading": gettext("Uploading"),
        "processing": gettext("Processing…"),
        "added": gettext("Added"),
        "credit kept": gettext("Kept: %(rights)s"),
        "duplicate": gettext("Already here"),
        **_progress_texts(),
        "offline": gettext("You seem to be offline. Check your connection and try again."),
        "file too large": gettext("This file is too large."),
        "unreadable response": gettext(
            "The site’s response was empty or unreadable. Retry: a photo that was already added is "
            "not added twice."
        ),
        "upload failed": gettext("Upload failed (%(status)s). Try again in a moment."),
        **_folder_texts(),
        **_pause_texts(),
        **text_limit_texts(),
    }


def _progress_texts() -> dict[str, Text]:
    return {
        "uploading photos": plurals("Uploading %(count)s photo.", "Uploading %(count)s photos."),
        "share uploaded": gettext("%(share)s uploaded."),
        "progress": gettext("%(done)s of %(count)s added · %(share)s"),
        "less than a minute": gettext("less than a minute left"),
        "minutes left": plurals("about %(count)s minute left", "about %(count)s minutes left"),
        "photos added": plurals("%(count)s photo added.", "%(count)s photos added."),
        "location removed": plurals(
            "Location removed from %(count)s photo.", "Location removed from %(count)s photos."
        ),
        "photos here already": plurals(
            "%(count)s photo is already here.", "%(count)s photos are already here."
        ),
        "photos failed": plurals(
            "%(count)s photo wasn’t added.", "%(count)s photos weren’t added."
        ),
    }


def _folder_texts() -> dict[str, Text]:
    return {
        "no photos in folder": gettext("There are no photos in this folder."),
        "files left out": plurals(
            "%(count)s other file in the folder was left out.",
            "%(count)s other files in the folder were left out.",
        ),
        "folder too large": plurals(
            "This folder has too many files. Only %(count)s photo was taken.",
            "This folder has too many files. Only %(count)s photos were taken.",
        ),
    }


def _pause_texts() -> dict[str, Text]:
    return {
        "paused offline": gettext(
            "You’re offline. The upload continues when the connection is back."
        ),
        "paused without connection": gettext(
            "The connection was lost. The upload continues in %(time)s."
        ),
        "paused while busy": gettext("The site is busy. The upload continues in %(time)s."),
        "paused by limit": gettext(
            "You’ve sent many photos in a short time. The upload continues in %(time)s."
        ),
        "paused without login": gettext(
            "Your login has ended. Log in again in a new tab, then continue here. Your photos stay "
            "in the list."
        ),
        "paused": gettext("Paused."),
        "pause": gettext("Pause"),
        "resume": gettext("Resume"),
        "upload continues": gettext("The upload continues."),
    }


def text_limit_texts() -> dict[str, Text]:
    """Return the texts of static/js/text-limits.js."""
    return {
        "characters of limit": gettext("%(count)s of %(most)s characters"),
        "tags of limit": gettext("%(count)s of %(most)s tags"),
        "text too long": plurals(
            "%(count)s character too long (limit %(most)s).",
            "%(count)s characters too long (limit %(most)s).",
        ),
        "tag too long": plurals(
            "The tag “%(tag)s…” is %(count)s character too long (limit %(most)s).",
            "The tag “%(tag)s…” is %(count)s characters too long (limit %(most)s).",
        ),
        "too many tags": plurals(
            "There is %(count)s tag too many (limit %(most)s).",
            "There are %(count)s tags too many (limit %(most)s).",
        ),
    }


def listing_texts() -> dict[str, Text]:
    """Return the texts of static/js/infinite-scroll.js."""
    return {
        "more photos": plurals("%(count)s more photo.", "%(count)s more photos."),
        "end of list": gettext("That’s everything."),
    }


SCRIPT_TEXTS: dict[str, Callable[[], dict[str, Text]]] = {
    "listing": listing_texts,
    "limits": text_limit_texts,
    "upload": upload_texts,
}


def plurals(one: str, many: str) -> dict[str, str]:
    """Return the plural forms of a text by category, as JavaScript's Intl.PluralRules names it.

    A script uses `other` for a category that a browser knows from a later version of CLDR.
    """
    return {
        category: ngettext(one, many, count, **_PLACEHOLDERS)
        for category, count in _samples(language_locale()).items()
    }


@cache
def _samples(locale: Locale) -> dict[str, int]:
    """Return a number in each plural category of a language, the smallest one from 1 on.

    In some languages only fractions are `other`. There it has the form of a large number.
    """
    samples = {locale.plural_form(count): count for count in _SAMPLES}
    return {"other": max(_SAMPLES), **samples}


def init_app(app: Flask) -> None:
    """Add `script_texts(page)` to the template globals."""
    app.jinja_env.globals["script_texts"] = lambda page: SCRIPT_TEXTS[page]()
