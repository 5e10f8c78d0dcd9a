"""Choose the languages of a card to print: that of the page, and one that the host chooses."""

from flask import request

from app.web.rendering.i18n import accepted_tags, language, language_links
from app.web.rendering.languages.catalogs import SOURCE_LANGUAGE

PARAMETER = "second"
NONE = "none"


def second_language() -> str:
    """Return the BCP 47 tag of the second language, empty if the card has one language.

    By default, it is English. On an English page, it is the next language that the browser accepts.
    """
    choices = {link.tag for link in language_links()} - {language()}
    chosen = request.args.get(PARAMETER)
    if chosen == NONE:
        return ""
    if chosen in choices:
        return chosen
    if SOURCE_LANGUAGE in choices:
        return SOURCE_LANGUAGE
    return next((tag for tag in accepted_tags() if tag in choices), "")
