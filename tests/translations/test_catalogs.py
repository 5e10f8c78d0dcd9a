"""Every catalog translates every text of the site, and nothing else."""

import re
import shlex
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
CATALOGS = sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))

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


def test_korean_has_a_catalog() -> None:
    """Korean has a catalog. English needs none."""
    assert "ko" in [path.parent.parent.name for path in CATALOGS]


def test_each_text_is_translated(extracted: Catalog, catalog: Catalog) -> None:
    """Every text has a translation that is not marked as fuzzy."""
    translated = {
        message.id for message in messages(catalog) if all(forms(message)) and not message.fuzzy
    }
    assert [message.id for message in messages(extracted) if message.id not in translated] == []


def test_no_translation_is_unused(extracted: Catalog, catalog: Catalog) -> None:
    """A text that the site no longer uses is not in the catalog."""
    assert {message.id for message in messages(catalog)} - {
        message.id for message in messages(extracted)
    } == set()


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


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)
