"""How the gallery comes up in a browser: what moves, what is asked of others, and how soon the largest photo shows."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.audit.bars import Bar

SIZES = {"phone": (412, 823, 1.75), "desk": (1280, 800, 1.0)}
ROUNDS = 5
# A round trip on a telephone network: on none at all the time is that of starting processes, not of the page.
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
  return { shift, late: largest.startTime / (file.responseEnd + decode) };
}"""


def loading(browser: Browser, url: str) -> Iterator[Bar]:
    """For a phone and a desk; of times the best of the rounds, since whatever else a machine does only adds to them."""
    for name, size in SIZES.items():
        rounds = [_one(browser, url, size) for _ in range(ROUNDS)]
        yield Bar(
            f"{name}: requests to other hosts", max(found["elsewhere"] for found in rounds), most=0
        )
        yield Bar(f"{name}: layout shift", max(found["shift"] for found in rounds), most=0)
        late = min(found["late"] for found in rounds)
        yield Bar(f"{name}: largest paint ÷ its photo's arrival and decoding", late, most=1.2)


def _one(browser: Browser, url: str, size: tuple[int, int, float]) -> dict[str, Any]:
    width, height, density = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=density
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _slow_down(page)
    page.goto(url, wait_until="networkidle")
    found: dict[str, Any] = page.evaluate(MEASURE)
    context.close()
    return found | {"elsewhere": sum(urlsplit(one).netloc != urlsplit(url).netloc for one in asked)}


def _slow_down(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
