"""A catalog is found when the site starts, and read when a visitor reads its language."""

from pathlib import Path
from threading import Thread
from unittest import mock

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


def test_a_file_is_read_once(folder: Path) -> None:
    """Starting the site reads none, and requests at the same time read it once."""
    with mock.patch.object(catalogs, "read_po", wraps=catalogs.read_po) as read:
        found = [catalogs.find_catalogs(folder)["es"] for _ in range(8)]
        assert read.call_count == 0
        readers = [Thread(target=lambda it=it: it.translations) for it in found]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert read.call_count == 1
    assert found[0].translations.gettext("Photos") == "Photos in es"
