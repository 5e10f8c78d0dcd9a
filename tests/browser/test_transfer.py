"""Carrying one's uploads to another browser, on desktop and phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import TIMEOUT, add_photos


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_link_makes_another_browser_the_contributor(
    page: Page, browser: Browser, *, scripts: bool
) -> None:
    """The link on the page leads another browser to the form that accepts it."""
    (photo,) = add_photos(page, 1, title="From the phone")
    page.goto("/uploads")
    page.get_by_role("button", name="Use this site on another device").click()
    link = page.get_by_label("Link", exact=True)
    expect(link).to_have_value(re.compile(r"/transfer\?token="))
    address = link.input_value()
    expect(page.get_by_role("button", name="Copy link")).to_have_count(1 if scripts else 0)
    other = browser.new_context(java_script_enabled=scripts)
    other.set_default_timeout(TIMEOUT)
    tab = other.new_page()
    tab.goto(address)
    tab.get_by_role("button", name="Continue").click()
    expect(tab.get_by_text("From the phone").first).to_be_visible()
    response = tab.goto(page.url.replace("/transfer", f"{photo}/edit"))
    assert response is not None
    assert response.status == 200
    other.close()


@pytest.mark.browser
def test_the_link_has_the_address_of_the_page(page: Page, site_url: str) -> None:
    """The script shows the browser's own address, which a proxy may hide from the server."""
    page.goto(site_url.replace("127.0.0.1", "localhost") + "/upload")
    shown = page.evaluate(
        """async () => {
          document.querySelector("main").innerHTML = `<div class="share">
            <input readonly data-path="/a?b=c" value="http://127.0.0.1:8000/a?b=c">
            <button data-share="link"></button><p data-copied="x"></p></div>`;
          const sheet = document.querySelector("link[href*='/css/base.css']").getAttribute("href");
          await import(sheet.replace("css/base.css", "js/share.js"));
          return document.querySelector(".share input").value;
        }"""
    )
    assert shown == f"{page.url.removesuffix('/upload')}/a?b=c"
