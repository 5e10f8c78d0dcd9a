"""Check how the gallery loads: layout shifts, requests to other hosts and the largest photo."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.audit.checks import Check

SIZES = {"phone": (412, 823, 1.75), "desktop": (1280, 800, 1.0)}
ROUNDS = 5
# The round trip of a mobile network: without one, most of the time is that of starting processes.
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": -1, "uploadThroughput": -1}
MEASURE = """async () => {
  const entries = (type) => new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
    observer.observe({ type, buffered: true });
    setTimeout(() => resolve([]), 500);
  });
  const largest = (await entries("largest-contentful-paint")).at(-1);
  const shifts = await entries("layout-shift");
  const [file] = performance.getEntriesByName(largest.url);
  const again = new Image();
  again.src = largest.url;
  await new Promise((resolve) => { again.onload = resolve; });
  const started = performance.now();
  await again.decode();
  const decode = performance.now() - started;
  const shift = shifts.reduce((sum, { value }) => sum + value, 0);
  return { shift, delay: largest.startTime / (file.responseEnd + decode) };
}"""


def checks(browser: Browser, url: str) -> Iterator[Check]:
    """Yield the checks of a phone and a desktop; times are the best of the rounds."""
    for name, size in SIZES.items():
        rounds = [_load(browser, url, size) for _ in range(ROUNDS)]
        other_hosts = max(measured["other_hosts"] for measured in rounds)
        yield Check(f"{name}: requests to other hosts", other_hosts, most=0)
        shift = max(measured["shift"] for measured in rounds)
        yield Check(f"{name}: layout shift", shift, most=0)
        delay = min(measured["delay"] for measured in rounds)
        yield Check(f"{name}: largest paint ÷ its photo's arrival and decoding", delay, most=1.2)


def _load(browser: Browser, url: str, size: tuple[int, int, float]) -> dict[str, Any]:
    width, height, density = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=density
    )
    page = context.new_page()
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    _slow_down(page)
    page.goto(url, wait_until="networkidle")
    measured: dict[str, Any] = page.evaluate(MEASURE)
    context.close()
    host = urlsplit(url).netloc
    other_hosts = sum(urlsplit(requested).netloc != host for requested in urls)
    return measured | {"other_hosts": other_hosts}


def _slow_down(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
