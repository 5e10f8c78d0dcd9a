"""The scripts of a photo's page."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.domain import object_keys
from tests.browser.conftest import add_photos, upload_photos
from tests.imaging.test_color import P3, in_srgb

CLIPBOARD_TEXT = "navigator.clipboard.readText()"
FAKE_SHARE = "navigator.share = (data) => { window.shared = data; return Promise.resolve(); }"


@pytest.fixture
def preferences() -> dict[str, Any]:
    return {"is_mobile": True, "has_touch": True}


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


NAME_AND_COLOR = """async () => {
  const image = document.querySelector(".photo-viewer img");
  await image.decode();
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.drawImage(image, 0, 0);
  const [...rgba] = context.getImageData(0, 0, 1, 1).data;
  return [image.currentSrc.split("/").pop(), ...rgba.slice(0, 3)];
}"""
FILLS_SCREEN = (400, 600)


def swipe(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    session = page.context.new_cdp_session(page)
    for kind, spot in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [{"x": spot[0], "y": spot[1]}] if spot else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.browser
def test_a_swipe_opens_the_neighbor(page: Page) -> None:
    """A swipe left opens the older photo, a swipe right the newer one."""
    paths = add_photos(page, 3, [FILLS_SCREEN])
    page.goto(paths[1])
    swipe(page, (300, 200), (120, 205))
    page.wait_for_url(f"**{paths[2]}")
    swipe(page, (100, 200), (290, 195))
    page.wait_for_url(f"**{paths[1]}")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("start", "end"), [((200, 150), (300, 300)), ((200, 200), (230, 200)), ((8, 200), (300, 200))]
)
def test_other_gestures_open_nothing(
    page: Page, start: tuple[int, int], end: tuple[int, int]
) -> None:
    """Scrolling, tapping and the system's edge gesture keep their meaning."""
    paths = add_photos(page, 2, [FILLS_SCREEN])
    page.goto(paths[1])
    swipe(page, start, end)
    page.wait_for_timeout(300)
    assert not page.url.endswith(paths[0])


def hover(page: Page) -> None:
    page.hover(".neighbors [rel=next]")


def focus(page: Page) -> None:
    page.focus(".neighbors [rel=next]")


def touch(page: Page) -> None:
    box = page.locator(".neighbors [rel=next]").bounding_box()
    assert box
    point = {"x": box["x"] + 5, "y": box["y"] + 5}
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})


def start_swipe(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    for kind, x in (("touchStart", 300), ("touchMove", 280), ("touchMove", 260)):
        points = [{"x": x, "y": 200}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.browser
@pytest.mark.parametrize("profile", [None, P3], ids=["sRGB", "Display P3"])
def test_an_avif_has_the_colors_of_the_original(page: Page, profile: bytes | None) -> None:
    """Chromium chooses the AVIF, and shows it in the colors of its profile."""
    file = BytesIO()
    Image.new("RGB", (480, 360), (60, 160, 90)).save(file, "JPEG", icc_profile=profile)
    (path,) = upload_photos(page, [file.getvalue()])
    page.goto(path)
    name, *shown = page.evaluate(NAME_AND_COLOR)
    assert name == "480.avif"
    expected = in_srgb(Image.open(file)).getpixel((9, 9))
    assert all(abs(one - other) <= 4 for one, other in zip(shown, expected, strict=True))


@pytest.mark.browser
@pytest.mark.parametrize("show_intent", [hover, focus, touch, start_swipe])
def test_a_neighbor_loads_ahead_only_on_intent(
    page: Page, requested_paths: list[str], show_intent: Callable[[Page], None]
) -> None:
    """Nothing of the neighbors loads before a link is about to be opened, and then its image."""
    newer, shown, older = add_photos(page, 3, [FILLS_SCREEN])
    page.goto(shown, wait_until="networkidle")
    assert _count(requested_paths, _id_of(newer)) == _count(requested_paths, _id_of(older)) == 0
    show_intent(page)
    _wait_for_request(page, requested_paths, _images_of(older))
    assert _count(requested_paths, _id_of(newer)) == 0


@pytest.mark.browser
def test_chromium_prefetches_the_page_of_a_pressed_link(
    page: Page, requested_paths: list[str]
) -> None:
    """The speculation rules of the site apply to the links to the neighbors."""
    _, shown, older = add_photos(page, 3)
    page.goto(shown, wait_until="networkidle")
    hover(page)
    page.mouse.down()
    _wait_for_request(page, requested_paths, older)


@pytest.mark.browser
@pytest.mark.parametrize("connection", ["{ saveData: true }", "{ effectiveType: '2g' }"])
def test_no_image_loads_ahead_on_a_slow_or_metered_connection(
    page: Page, requested_paths: list[str], connection: str
) -> None:
    """A link that has the focus loads nothing then."""
    _, shown, older = add_photos(page, 3)
    page.add_init_script(
        f"Object.defineProperty(navigator, 'connection', {{ value: {connection} }})"
    )
    page.goto(shown, wait_until="networkidle")
    focus(page)
    page.wait_for_timeout(300)
    assert _count(requested_paths, _images_of(older)) == 0


def _id_of(page_path: str) -> str:
    """Return the photo id, which the paths of its page and of its images contain."""
    return page_path.rpartition("/")[2]


def _images_of(page_path: str) -> str:
    """Return the beginning of the paths of a photo's images."""
    return f"/media/{object_keys.folder(_id_of(page_path), object_keys.PUBLIC_PREFIX)}"


def _count(requested_paths: list[str], part: str) -> int:
    return sum(part in path for path in requested_paths)


def _wait_for_request(page: Page, requested_paths: list[str], part: str) -> None:
    for _ in range(600):
        if _count(requested_paths, part):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"not requested within a minute: {part}")


@pytest.mark.browser
def test_the_link_is_copied(page: Page) -> None:
    """The button copies the photo's link and announces it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    [path] = add_photos(page, 1)
    page.goto(path)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert page.evaluate(CLIPBOARD_TEXT) == page.url


@pytest.mark.browser
def test_the_link_is_copied_over_plain_http(page: Page) -> None:
    """Where browsers offer no clipboard, the button copies the link by selecting it."""
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    [path] = add_photos(page, 1)
    page.goto(path)
    button = page.get_by_role("button", name="Copy link")
    button.click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    expect(button).to_be_focused()
    page.goto("/search")
    page.locator("main [name=q]").focus()
    page.keyboard.press("Control+V")
    expect(page.locator("main [name=q]")).to_have_value(page.url.replace("/search", path))


@pytest.mark.browser
def test_a_link_that_is_not_copied_stays_selected(page: Page) -> None:
    """The visitor copies it with the keyboard or the menu of the browser."""
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "Document.prototype.execCommand = () => false"
    )
    [path] = add_photos(page, 1)
    page.goto(path)
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_label("Link", exact=True)
    expect(field).to_be_focused()
    assert page.evaluate("getSelection().toString()") == page.url == field.input_value()


@pytest.mark.browser
def test_the_qr_code_loads_when_it_is_opened(page: Page) -> None:
    """The code costs visitors nothing who do not ask for it."""
    [path] = add_photos(page, 1)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert not any("qr.svg" in url for url in requests)
    with page.expect_response("**/qr.svg"):
        page.get_by_text("QR code", exact=True).click()
    expect(page.get_by_alt_text("QR code of the link")).to_be_visible()


@pytest.mark.browser
def test_sharing_is_offered_where_supported(page: Page) -> None:
    """A browser that can share gets title and URL. In another the button is hidden."""
    [path] = add_photos(page, 1, title="Pier")
    page.goto(path)
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_hidden()
    page.add_init_script(FAKE_SHARE)
    page.reload()
    page.get_by_role("button", name="Share", exact=True).click()
    assert page.evaluate("window.shared") == {"title": "Pier", "url": page.url}
