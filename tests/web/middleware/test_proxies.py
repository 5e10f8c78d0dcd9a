"""The site works behind each proxy that docs/proxies.md names, with the headers that it sends."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, EnvironBuilder, TestResponse

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.backends import Backend, local_backend
from tests.sample_images import jpeg
from tests.web.middleware.proxies import BACKEND, CLIENT, ONE, PROXIES, Proxy, nginx

DOCS = (Path(__file__).parents[3] / "docs" / "proxies.md").read_text(encoding="utf-8")
PASSWORD = "let me add photos"


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password=PASSWORD)


@pytest.fixture(params=PROXIES)
def proxy(request: pytest.FixtureRequest) -> Proxy:
    return PROXIES[request.param]


class Browser:
    """A browser whose requests go through a proxy.

    Args:
        app: The site.
        proxy: The proxy.
        own_headers: What the browser sends with a form to name the page that it came from.
    """

    def __init__(self, app: Flask, proxy: Proxy, own_headers: dict[str, str]) -> None:
        self.proxy = proxy
        self.own_headers = own_headers
        self.cookies: dict[str, str] = {}
        self.client = Client(app, use_cookies=False)

    def send(self, path: str, method: str = "GET", data: Any = None) -> TestResponse:
        """Send a request to a path of the public address, and keep the cookies."""
        assert path.startswith(f"{self.proxy.prefix}/"), path
        headers = self.proxy.headers(self.proxy.host, self.proxy.port)
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= self.own_headers
        builder = EnvironBuilder(
            path.removeprefix(self.proxy.prefix), method=method, data=data, headers=headers
        )
        answer = self.client.open(builder, buffered=True)
        self._keep_cookies(answer)
        return answer

    def submit(self, path: str, **typed: Any) -> TestResponse:
        """Fill in the form at `path` and submit it to the same path."""
        page = self.send(path).text
        hidden = re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page)
        fields = {name: unescape(value) for name, value in hidden}
        return self.send(path, "POST", fields | typed)

    def _keep_cookies(self, answer: TestResponse) -> None:
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert cookie.startswith("__Host-")
            assert "Secure" in cookie
            assert "Path=/;" in f"{cookie};"
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value


def with_settings(config: Config, settings: str) -> Config:
    """Return the configuration with settings as the documentation writes them."""
    values = dict(setting.split("=") for setting in settings.split())
    headers = values.get("PROXY_HEADERS", "")
    return replace(
        config,
        proxy_hops=int(values["PROXY_HOPS"]),
        proxy_headers=tuple(headers.split(",")) if headers else (),
    )


@pytest.fixture(params=["Sec-Fetch-Site", "Origin", "neither"])
def own_headers(request: pytest.FixtureRequest, proxy: Proxy) -> dict[str, str]:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": proxy.origin}
    return {name: value for name, value in headers.items() if name == request.param}


@pytest.fixture
def browser(
    config: Config, services: Services, proxy: Proxy, own_headers: dict[str, str]
) -> Browser:
    app = create_app(with_settings(config, proxy.settings), services)
    return Browser(app, proxy, own_headers)


@pytest.mark.exhaustive("proxies")
def test_a_visit_behind_the_proxy(browser: Browser, proxy: Proxy) -> None:
    """Login, upload, images, styles and redirects work, and feeds name the public address."""
    root = proxy.prefix
    login = browser.send(f"{root}/upload").location
    assert login == f"{root}/login?next={root}/upload"
    assert browser.submit(login, password=PASSWORD).location == f"{root}/upload"
    photo = (BytesIO(jpeg(160, 120)), "pier.jpg")
    page_path = browser.submit(f"{root}/upload", photo=photo, title="A pier").location
    page = browser.send(page_path).text
    for path in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        assert browser.send(unescape(path)).status_code in {200, 303}, path
    assert f'src="{root}/media/photos/' in page
    public = f"{proxy.origin}{root}"
    assert f'<meta property="og:image" content="{public}/media/photos/' in page
    assert f'<link rel="canonical" href="{proxy.origin}{page_path}">' in page
    feed = browser.send(f"{root}/feed.xml").text
    addresses = re.findall(r'(?:href|src)="(https?:[^"]*)"', unescape(feed))
    assert addresses
    assert all(address.startswith(f"{public}/") for address in addresses)
    oembed = browser.send(f"{root}/oembed?url={proxy.origin}{page_path}").json
    assert oembed is not None
    assert oembed["url"].startswith(f"{public}/media/")
    assert "forged" not in page + feed


def test_the_visitor_s_address_counts_for_rate_limits(
    config: Config, services: Services, proxy: Proxy
) -> None:
    """Wrong passwords of one visitor do not lock out another one."""
    limited = replace(with_settings(config, proxy.settings), login_rate_limit="1 per minute")
    browser = Browser(create_app(limited, services), proxy, {})
    path = f"{proxy.prefix}/login"
    statuses = [browser.submit(path, password="guess").status_code for _ in range(2)]
    assert statuses == [403, 429]
    neighbor = replace(proxy, headers=lambda *address: _of_a_neighbor(proxy, *address))
    browser.proxy = neighbor
    assert browser.submit(path, password=PASSWORD).status_code == 303


def _of_a_neighbor(proxy: Proxy, host: str, port: int) -> dict[str, str]:
    headers = proxy.headers(host, port)
    return headers | {"X-Forwarded-For": headers["X-Forwarded-For"].replace(CLIENT, "192.0.2.9")}


@pytest.mark.parametrize("name", PROXIES)
def test_the_documentation_names_the_tested_settings(name: str) -> None:
    """Each row of the table has the settings with which the proxy was tested."""
    rows = [line.split("|") for line in DOCS.splitlines() if line.startswith("|")]
    settings = {row[1].strip(): row[3].replace("`", "").strip() for row in rows}
    assert settings[name] == PROXIES[name].settings


FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "6666",
}


def test_headers_that_the_proxy_does_not_set_are_ignored(
    config: Config, services: Services
) -> None:
    """With PROXY_HOPS alone, a client cannot forge host, port and prefix."""
    app = create_app(replace(config, proxy_hops=1), services)
    page = app.test_client().get("/feed.xml", headers=FORGED).text
    assert not [word for word in ("evil", "6666") if word in page]


def test_a_proxy_that_changes_the_host_is_named(
    config: Config, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """Browsers with Sec-Fetch-Site can log in. For others, page and log name both addresses."""
    app = create_app(replace(config, proxy_hops=1), services)
    proxy = Proxy(lambda host, port: nginx(host, port) | {"Host": BACKEND}, ONE)
    modern = Browser(app, proxy, {"Sec-Fetch-Site": "same-origin", "Origin": proxy.origin})
    assert modern.submit("/login", password=PASSWORD).location == "/"
    old = Browser(app, proxy, {"Origin": proxy.origin})
    answer = old.submit("/login", password=PASSWORD)
    assert answer.status_code == 400
    for text in (answer.text, caplog.text):
        assert proxy.origin in text
        assert f"https://{BACKEND}" in text
    assert "docs/proxies.md" in caplog.text


def test_a_script_follows_the_path_of_its_photo(config: Config, services: Services) -> None:
    """The address in `url` is the proxy's idea of the site; `path` is right in any case."""
    app = create_app(replace(config, proxy_hops=1, upload_password=None), services)
    proxy = Proxy(lambda host, port: nginx(host, port) | {"Host": BACKEND}, ONE)
    script = {"X-Requested-With": "fetch", "Accept": "application/json"}
    browser = Browser(app, proxy, script | {"Sec-Fetch-Site": "same-origin"})
    photo = (BytesIO(jpeg()), "pier.jpg")
    answer = browser.send("/upload", "POST", {"photo": photo}).json
    assert answer is not None
    (added,) = answer["photos"]
    assert added["path"] == f"/photos/{added['photo_id']}"
    assert browser.send(added["path"]).status_code == 200
