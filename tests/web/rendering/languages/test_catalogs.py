"""Catalogs are read when the site starts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.web.rendering.languages import catalogs
from tests.translations.small_catalogs import write_catalogs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_catalogs(tmp_path, "zh_Hans", "pt_BR", "es", "ko")
    return tmp_path


def test_catalogs_are_in_the_order_of_their_tags(folder: Path) -> None:
    """English is among them, with no file."""
    assert list(catalogs.find_catalogs(folder)) == ["en", "es", "ko", "pt-BR", "zh-Hans"]


def test_languages_have_their_own_names(folder: Path) -> None:
    """A name begins with a capital letter, as in a list."""
    names = [catalog.name for catalog in catalogs.find_catalogs(folder).values()]
    assert names == ["English", "Español", "한국어", "Português (Brasil)", "简体中文"]


def test_a_catalog_has_the_texts_of_its_file(folder: Path) -> None:
    found = catalogs.find_catalogs(folder)
    assert found["es"].translations.gettext("Photos") == "Photos in es"
    assert found["en"].translations.gettext("Photos") == "Photos"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.replace(b"Photos in es", b"Fotograf\xeda"),
        lambda content: content.replace(b"nplurals=", b"nplurals=many"),
    ],
    ids=["encoding", "plural forms"],
)
def test_a_damaged_catalog_stops_the_start(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    """Otherwise all pages in its language would fail, while health checks pass."""
    path = folder / "es" / "LC_MESSAGES" / "messages.po"
    content = path.read_bytes()
    assert damage(content) != content
    path.write_bytes(damage(content))
    with pytest.raises(Exception):  # noqa: B017, PT011  as Babel reports it
        catalogs.find_catalogs(folder)
