"""Every catalogue says everything that the site says, and nothing else."""

import re
import shlex
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
CATALOGUES = sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))

_FIXED = re.compile(r"%(?:\(\w+\))?[^ ]|<[^>]*>")  # placeholders and markup


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every text of the site, found by the very command of `make translations`."""
    (line,) = (
        line
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if " extract " in line
    )
    found = tmp_path_factory.mktemp("catalog") / "messages.pot"
    options = shlex.split(
        line.partition(" extract ")[2].replace("$(VENV)/messages.pot", str(found))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run(["pybabel", "-q", "extract", *options])
    return read(found)


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parent.parent.name)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param)


def test_korean_is_there() -> None:
    """English has no catalogue, and Korean has one."""
    assert "ko" in [path.parent.parent.name for path in CATALOGUES]


def test_each_text_is_translated(said: Catalog, catalogue: Catalog) -> None:
    """Every text of the site has a translation that nobody has marked as a guess; if not, `make translations` names it."""
    done = {
        message.id for message in messages(catalogue) if all(forms(message)) and not message.fuzzy
    }
    assert [message.id for message in messages(said) if message.id not in done] == []


def test_no_text_is_translated_that_nothing_says(said: Catalog, catalogue: Catalog) -> None:
    """A text that left the site has left the catalogue."""
    assert {message.id for message in messages(catalogue)} - {
        message.id for message in messages(said)
    } == set()


def test_each_plural_form_is_there(catalogue: Catalog) -> None:
    """A text that counts has as many forms as its language."""
    assert {len(forms(message)) for message in messages(catalogue) if message.pluralizable} == {
        catalogue.num_plurals
    }


def test_translations_keep_placeholders_and_markup(catalogue: Catalog) -> None:
    """A translation has the placeholders and the elements of its text, in whatever order."""
    for message in messages(catalogue):
        text = message.id if isinstance(message.id, str) else message.id[1]
        for form in forms(message):
            assert sorted(_FIXED.findall(form)) == sorted(_FIXED.findall(text)), text


def test_korean_keeps_one_tone() -> None:
    """Korean speaks in 해요체 throughout, never in 합니다체."""
    (korean,) = (path for path in CATALOGUES if path.parent.parent.name == "ko")
    assert [
        form
        for message in messages(read(korean))
        for form in forms(message)
        if re.search("니다(?![가-힣])", form)
    ] == []


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name if path.suffix == ".po" else None)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)
