"""Every text that visitors read can be translated."""

from pathlib import Path

import pytest

from tests.translations.untranslatable import environment, in_code, in_template

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".xml"})
FOR_OPERATORS = (
    "cli",
    "config",
    "__main__",
    "provisioning/",
    "storage/",
    "os_errors",
    "http_server/",
    "maintenance/importing/",
    "maintenance/operations/",
)
MODULES = sorted(
    path
    for path in (ROOT / "app").rglob("*.py")
    if not str(path.relative_to(ROOT / "app")).startswith(FOR_OPERATORS)
)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_of_a_template_is_translatable(page: Path) -> None:
    """No template has a text, an accessible name or a hint that stays English."""
    assert in_template(page.read_text(encoding="utf-8"), environment()) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_message_in_code_is_translatable(module: Path) -> None:
    """No module shows a visitor a sentence that stays English."""
    assert in_code(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<img alt="A pier">',
        '<input placeholder="{{ name }} or so">',
        '<button aria-label="Close"></button>',
        '<title>{{ "Error: " if wrong else "" }}{{ _("Log in") }}</title>',
        "<p>{{ count }} {{ 'photo' if count == 1 else 'photos' }}</p>",
        "{% if a %}{% else %}<b>{% for b in c %}none{% endfor %}</b>{% endif %}",
        "{% macro m() %}{{ ui.field(form.title, 'Title') }}{% endmacro %}",
        "{% set hint = 'Describe the photo' %}{{ hint }}",
        '<form data-failed="Could not be sent"></form>',
        "<p>{{ text or 'nothing' }}</p>",
        '<meta name="description" content="Photos">',
    ],
)
def test_an_english_text_in_a_template_is_found(source: str) -> None:
    """Texts are found everywhere a template can have one."""
    assert in_template(source, environment())


def test_translated_texts_markup_and_units_are_not_found() -> None:
    """Translated texts, markup and units are no findings."""
    source = (
        '<p class="big {{ "uncropped" if a else "part" }}" data-url="{{ url_for("a.b") }}">'
        '{{ _("Hello") }} · 50 mm</p>{% trans n=name %}<b>{{ n }}</b> is here{% endtrans %}'
        '{{ ui.field(f, _("Title"), autocomplete="off") }}'
    )
    assert in_template(source, environment()) == []


@pytest.mark.parametrize(
    "source",
    [
        "flash('The photo is back.')",
        "raise Wrong(f'There are {n} tags.')",
        "MESSAGES = {404: 'There is nothing here.'}",
    ],
)
def test_english_text_in_code_is_found(source: str) -> None:
    """Sentences are found in calls, in f-strings and in dictionaries."""
    assert in_code(source)


def test_translated_and_operator_texts_are_not_found() -> None:
    """Translated sentences, docstrings, log messages and storage errors are no findings."""
    source = (
        '"""The module is here."""\n_("The photo is back.")\nmessage("The photo is back.")\n'
        'log.error("The photo is lost.")\nStorageRefused("The disk is full.")'
    )
    assert in_code(source) == []
