"""What the script adds to the upload form."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import add_photos
from tests.browser.test_visit import fill_in, send
from tests.sample_images import jpeg

GIVE = """([event, name, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
  const kinds = { paste: [ClipboardEvent, { clipboardData: files }], drop: [DragEvent, { dataTransfer: files }] };
  const [Kind, facts] = kinds[event];
  document.dispatchEvent(new Kind(event, { ...facts, bubbles: true, cancelable: true }));
}"""
STAYS = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
LEFT = """async ([sent, total]) => {
  const { timeLeft } = await import(window.timeLeftModule);
  return timeLeft(sent, total);
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


@pytest.fixture
def settings() -> dict[str, str]:
    return {"MAX_UPLOAD_MB": "1"}


@pytest.mark.browser
def test_what_the_site_would_refuse_is_not_sent(
    page: Page, tmp_path: Path, photos: list[Path]
) -> None:
    """Too big, empty or of another kind: the list says why at once, by the server's own limits, and nothing is sent."""
    big, empty, letter = tmp_path / "big.jpg", tmp_path / "empty.jpg", tmp_path / "letter.txt"
    big.write_bytes(jpeg() + bytes(2**20))
    empty.touch()
    letter.write_text("Dear")
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.method) if request.method == "POST" else None
    )
    fill_in(page, [big, empty, letter])
    reasons = page.locator(".file-list .file-status")
    expect(reasons).to_have_text(
        [re.compile("limit 1 MB"), re.compile("empty"), re.compile("type isn’t supported")]
    )
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    page.locator("[name=photo]").set_input_files(photos[0])
    send(page)
    expect(page.get_by_text("3 photos weren’t added. See why below.").first).to_be_visible()
    assert len(sent) == 1


@pytest.mark.browser
def test_each_of_several_photos_has_words_of_its_own(page: Page, photos: list[Path]) -> None:
    """A title and an alternative text given to one photo are its own; the form's are everybody else's."""
    fill_in(page, photos[:2], title="A walk", alt="Somewhere")
    page.get_by_label("Title of IMG_0.jpg").fill("The pier")
    page.get_by_label("Alternative text of IMG_0.jpg").fill("A long pier")
    send(page)
    page.wait_for_url(lambda url: url.rstrip("/").count("/") == 2)
    expect(page.get_by_role("img", name="A long pier")).to_be_visible()
    expect(page.get_by_role("img", name="Somewhere")).to_be_visible()
    page.get_by_role("img", name="A long pier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The pier")


@pytest.mark.browser
def test_one_photo_alone_has_the_form_s_words(page: Page, photos: list[Path]) -> None:
    """There is nothing to tell apart, and no second field for the same thing."""
    fill_in(page, photos[:1])
    expect(page.locator(".file-list li")).to_have_count(1)
    expect(page.get_by_label("Title of IMG_0.jpg")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("way", ["paste", "drop"])
def test_photos_are_pasted_and_dropped(page: Page, way: str) -> None:
    """Files from the clipboard, or dragged onto the page, are chosen like any others, with a thumbnail."""
    page.goto("/upload")
    page.evaluate(GIVE, [way, "given.jpg", list(jpeg(120, 80))])
    expect(page.locator(".file-list")).to_contain_text("given.jpg")
    expect(page.get_by_role("button", name="Upload 1 photo")).to_be_visible()
    expect(page.locator(".file-list canvas")).to_have_js_property("width", 128)


@pytest.mark.browser
@pytest.mark.parametrize("forgiven", ["net::ERR_FAILED"], ids=[""])
def test_an_answer_that_is_lost_makes_no_second_photo(page: Page, photos: list[Path]) -> None:
    """Where the connection breaks after the photo is in, it is sent again by itself, and is there once."""
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route("**/upload", lose_the_first_answer)
    fill_in(page, photos[:1], title="Once")
    send(page)
    expect(page.get_by_text("Connection lost. Retrying in 1 s…")).to_be_visible()
    page.wait_for_url("**/photos/*")
    assert len(lost) == 1
    page.goto("/")
    expect(page.locator(".gallery > li")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.parametrize("forgiven", ["status of 500"], ids=[""])
def test_a_photo_that_failed_is_sent_again_when_asked(page: Page, photos: list[Path]) -> None:
    """The reason stands beside the file, with a button that sends it anew."""
    page.route(
        "**/upload",
        lambda route: _fail(route) if route.request.method == "POST" else route.continue_(),
    )
    fill_in(page, photos[:1])
    send(page)
    expect(page.get_by_text("Upload failed (500).")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Retry IMG_0.jpg").click()
    page.wait_for_url("**/photos/*")


@pytest.mark.browser
def test_three_photos_are_sent_at_a_time(page: Page, tmp_path: Path) -> None:
    """Of five, three are on their way, each with its own progress, and the next goes when one has arrived."""
    files = [tmp_path / f"{number}.jpg" for number in range(5)]
    for file in files:
        file.write_bytes(jpeg(60, 40))
    held: list[Route] = []
    page.route(
        "**/upload",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    fill_in(page, files)
    with page.expect_request(lambda request: request.method == "POST"):
        send(page)
    expect(page.locator(".file-list .uploading progress")).to_have_count(3)
    held[0].continue_()
    expect(page.locator(".file-list .added")).to_have_count(1)
    expect(page.locator(".file-list .uploading")).to_have_count(3)
    expect(page.get_by_text("1 of 5 added")).to_be_visible()
    for route in held[1:]:
        route.continue_()


@pytest.mark.browser
def test_leaving_while_photos_are_sent_is_asked_about(page: Page, photos: list[Path]) -> None:
    """Before and after sending nobody is held up; in the middle of it the browser asks."""
    held: list[Route] = []
    page.route(
        "**/upload",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    fill_in(page, photos[:1])
    assert page.evaluate(STAYS) is False
    with page.expect_request(lambda request: request.method == "POST"):
        send(page)
    assert page.evaluate(STAYS) is True
    held[0].continue_()
    page.wait_for_url("**/photos/*")


@pytest.mark.browser
def test_a_file_that_is_here_already_is_pointed_to(page: Page, photos: list[Path]) -> None:
    """It is said beside the file, with a link to the photo that was there first."""
    fill_in(page, photos[:1], title="First")
    send(page)
    page.wait_for_url("**/photos/*")
    first = page.url
    fill_in(page, photos[:1])
    send(page)
    expect(page.get_by_text("Already on this site.")).to_be_visible()
    assert page.get_by_role("link", name="View it").get_attribute("href") == first


@pytest.mark.browser
@pytest.mark.parametrize("forgiven", ["status of 500"], ids=[""])
def test_what_happens_is_said_politely(page: Page, photos: list[Path]) -> None:
    """A screen reader hears how many were chosen, that they are sent, and how it ended."""
    add_photos(page, 1)
    fill_in(page, photos)
    live = page.locator("form.upload > [role=status]")
    expect(live).to_have_text("3 photos chosen.")
    page.route("**/upload", _fail)
    send(page)
    expect(live).to_have_text("3 photos weren’t added. See why below.")
    expect(page.locator("progress")).to_have_count(4)


@pytest.mark.browser
def test_the_time_left_is_told_from_the_speed_so_far(page: Page) -> None:
    """Not before it is more than a guess; then in minutes, and below one as that."""
    page.clock.install()
    page.goto("/upload")
    sheet = page.locator("link[href*='/css/base.css']").get_attribute("href") or ""
    page.evaluate(
        "path => { window.timeLeftModule = path; }",
        sheet.replace("css/base.css", "js/time-left.js"),
    )
    page.evaluate("async () => (await import(window.timeLeftModule)).startTimer(0)")
    page.clock.run_for(1000)
    assert page.evaluate(LEFT, [10, 100]) == ""
    page.clock.run_for(9000)
    assert page.evaluate(LEFT, [25, 100]) == "less than a minute left"
    assert page.evaluate(LEFT, [1, 100]) == "about 17 minutes left"
    assert page.evaluate(LEFT, [100, 100]) == ""


def _fail(route: Route) -> None:
    route.fulfill(status=500, content_type="text/plain", body="")
