"""Uploads over plain HTTP, where Firefox has no `crypto.subtle`."""

from pathlib import Path

import pytest

from tests.browser.live_site import live_site
from tests.firefox.bidi import PLAIN_HTTP_HOST, Tab
from tests.firefox.test_site import ALL_LOADED, SUBMIT
from tests.sample_images import jpeg

pytestmark = pytest.mark.browser


def choose(tab: Tab, site_url: str, file: Path) -> None:
    tab.goto(f"{site_url}/upload")
    tab.choose_files("input[name=photo]", [file])


def test_a_duplicate_is_found_before_it_is_sent(tab: Tab, tmp_path: Path) -> None:
    """The tile of a file that the site has says so, and the upload has not begun."""
    file = tmp_path / "IMG_0.jpg"
    file.write_bytes(jpeg(60, 40))
    with live_site(tmp_path / "backend", trusted_hosts=(PLAIN_HTTP_HOST,)) as url:
        site_url = url.replace("127.0.0.1", PLAIN_HTTP_HOST)
        choose(tab, site_url, file)
        assert not tab.evaluate("isSecureContext")
        tab.click(SUBMIT)
        tab.wait_for("location.pathname.startsWith('/photos/')")
        tab.wait_for(ALL_LOADED)
        choose(tab, site_url, file)
        label = tab.wait_for("document.querySelector('.duplicate button')?.ariaLabel")
        assert label == "IMG_0.jpg: Already here"
