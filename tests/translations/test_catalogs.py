"""Every catalog translates every text of the site, and nothing else."""

import re
import shlex
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from app.web.rendering.languages.catalogs import find_catalogs
from tests.translations.english import NAMES
from tests.translations.plural_numbers import NUMBERS

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CATALOGS = sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))

# Words that a language shares with English, in lower case.
SAME: dict[str, set[str]] = {
    "de": {"album", "feed", "link", "name", "optional", "original", "slideshow", "status", "tags"}
    | {"token", "tokens", "version"},
    "es": {"error", "feed", "original", "token", "tokens"},
    "fr": {"actions", "album", "albums", "date", "dates", "description", "exposition", "menu"}
    | {"maintenance", "original", "pause", "photo", "photos", "pixels", "site", "tags", "version"},
    "pt": {"feed", "link", "menu", "original", "pixels", "site", "status", "tags", "token"}
    | {"tokens"},
}

# Their number is never 1, or no noun depends on it.
NEVER_COUNTED = {
    "%(count)s of %(most)s characters",
    "%(count)s of %(most)s tags",
    "%(done)s of %(count)s added · %(share)s",
    "%(number)s of %(count)s",
    "(%(count)s repaired)",
    "Credit kept in %(count)s photos.",
    "Download the newest %(count)s",
    "More than %(count)s photos added",
    "These facts are about the first %(count)s photos.",
}

_COUNT = re.compile(r"%\((?:count|num)\)s")
_WITHOUT_FORMS = re.compile(r'\b(?:_|gettext)\(\s*"([^"]*)"')
_PLACEHOLDER_OR_TAG = re.compile(r"%(?:\(\w+\))?[^ ]|<[^>]*>")  # placeholders and markup


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Extract every text of the site with the command of `make translations`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    (line,) = (line for line in makefile.splitlines() if " extract " in line)
    template = tmp_path_factory.mktemp("catalog") / "messages.pot"
    options = shlex.split(
        line.partition(" extract ")[2].replace("$(VENV)/messages.pot", str(template))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run(["pybabel", "-q", "extract", *options])
    return read(template)


@pytest.fixture(params=CATALOGS, ids=lambda path: path.parent.parent.name)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param)


def test_the_languages_of_the_readme_have_catalogs() -> None:
    """English needs none."""
    names = [Locale.parse(path.parent.parent.name).get_display_name("en") for path in CATALOGS]
    languages = {str(name).replace("Chinese (Simplified)", "Simplified Chinese") for name in names}
    (line,) = re.findall(r"^- \*\*(English, [^*]+)\*\*", README, re.MULTILINE)
    assert {"English", *languages} == set(re.split(", | and ", line.replace("\n", " ")))


def test_each_text_is_translated(extracted: Catalog, catalog: Catalog) -> None:
    """Every text has a translation that is not marked as fuzzy."""
    translated = {
        key(message) for message in messages(catalog) if all(forms(message)) and not message.fuzzy
    }
    assert [key(message) for message in messages(extracted) if key(message) not in translated] == []


def test_no_translation_is_unused(extracted: Catalog, catalog: Catalog) -> None:
    """A text that the site no longer uses is not in the catalog."""
    assert set(map(key, messages(catalog))) - set(map(key, messages(extracted))) == set()


def test_a_number_of_things_has_plural_forms(extracted: Catalog) -> None:
    """English has two forms then, so that other languages can have as many as they need."""
    counted = [message for message in messages(extracted) if _COUNT.search(str(message.id))]
    assert {message.id for message in counted if not message.pluralizable} == NEVER_COUNTED
    assert [message.id for message in counted if len(set(message.id)) == 1] == []


def test_a_text_has_plural_forms_everywhere_or_nowhere(extracted: Catalog) -> None:
    """Gettext finds no text that has plural forms in Python 3.11.2, which Debian 12 has."""
    counted = {message.id[0] for message in messages(extracted) if message.pluralizable}
    sources = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "app").rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in sources]
    without_forms = {text for source in texts for text in _WITHOUT_FORMS.findall(source)}
    assert "Delete" in without_forms
    assert counted & without_forms == set()


def test_each_plural_form_is_translated(catalog: Catalog) -> None:
    """A text with plural forms has as many as its language."""
    assert {len(forms(message)) for message in messages(catalog) if message.pluralizable} == {
        catalog.num_plurals
    }


def test_translations_keep_placeholders_and_markup(catalog: Catalog) -> None:
    """A translation has the placeholders and elements of its text, in any order."""
    for message in messages(catalog):
        text = message.id if isinstance(message.id, str) else message.id[1]
        for form in forms(message):
            assert sorted(_PLACEHOLDER_OR_TAG.findall(form)) == sorted(
                _PLACEHOLDER_OR_TAG.findall(text)
            ), text


def test_no_text_stays_english(catalog: Catalog) -> None:
    """A translation is not its text, except for words that both languages have."""
    language = str(catalog.locale)
    assert [
        message.id
        for message in messages(catalog)
        for text in ((message.id,) if isinstance(message.id, str) else message.id)
        if text in forms(message) and words_of(text) - SAME.get(language, set())
    ] == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_plural_forms_are_those_of_the_language(path: Path) -> None:
    """Numbers of one plural category have one form: pages and scripts show the same one."""
    language = find_catalogs(path.parent.parent.parent)[path.parent.parent.name.replace("_", "-")]
    every_form_differs = (
        message.id
        for message in messages(read(path))
        if message.pluralizable and len(set(forms(message))) == len(forms(message))
    )
    singular, plural = next(every_form_differs)
    shown = {
        (language.locale.plural_form(number), form)
        for number in NUMBERS
        if number  # CLDR counts zero as one in some languages, catalogs need not
        for form in (language.translations.ngettext(singular, plural, number),)
    }
    assert len(shown) == len({category for category, _ in shown})


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_each_catalog_says_who_reviewed_it(path: Path) -> None:
    """The second line of the file tells readers of the language how far to trust it."""
    _, line, *_ = path.read_text(encoding="utf-8").splitlines()
    assert line in {f"# Reviewed by a native speaker: {answer}" for answer in ("yes", "no")}


def test_korean_uses_one_speech_level() -> None:
    """Korean texts use 해요체, never 합니다체."""
    (korean,) = (path for path in CATALOGS if path.parent.parent.name == "ko")
    assert [
        form
        for message in messages(read(korean))
        for form in forms(message)
        if re.search("니다(?![가-힣])", form)
    ] == []


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name if path.suffix == ".po" else None)


def words_of(text: str) -> set[str]:
    """Return the words of a text, in lower case, without placeholders, names and units."""
    words = re.findall("[A-Za-z]{2,}", _PLACEHOLDER_OR_TAG.sub("", text))
    return {word.lower() for word in words if word not in NAMES}


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def key(message: Message) -> tuple[str | None, object]:
    """Return the context and the text: a text may have several meanings in English."""
    return message.context, message.id


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)
