"""Fixtures that open the running site in Firefox. Console errors and warnings fail the test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.live_site import live_site
from tests.firefox.bidi import Firefox, Tab, start_firefox


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    executable = shutil.which("firefox-esr") or shutil.which("firefox")
    if not executable:
        assert not os.environ.get("REQUIRE_BROWSER"), (
            "REQUIRE_BROWSER is set, but Firefox is not installed"
        )
        pytest.skip("Firefox is not installed (apt-get install firefox-esr)")
    with start_firefox(executable, tmp_path_factory.mktemp("firefox")) as firefox:
        yield firefox


@pytest.fixture
def site_url(tmp_path: Path) -> Iterator[str]:
    with live_site(tmp_path / "backend") as url:
        yield url


@pytest.fixture
def tab(firefox: Firefox) -> Iterator[Tab]:
    with firefox.new_tab(390, 844) as tab:
        yield tab
        assert tab.errors == []
