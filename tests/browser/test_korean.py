"""The site in Korean, on desktop and phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_actions
from tests.browser.test_visit import NO_HORIZONTAL_SCROLL, fill_in, send
from tests.translations.english import english_in

pytestmark = pytest.mark.browser

# The visible text, with changes by scripts.
VISIBLE_TEXT = """() => {
  const labels = [...document.querySelectorAll('[aria-label]')].map(element => element.ariaLabel);
  const names = [...document.querySelectorAll('bdi[translate=no]')].map(it => it.innerText);
  const text = names.reduce((rest, name) => rest.replace(name, ''), document.body.innerText);
  return [text, ...labels].join(' ');
}"""
RETRY_AFTER = {"Retry-After": "600"}
TEXT_ELEMENTS = "h1, h2, p, label, button, a"
SPLIT_WORDS = """selector => [...document.querySelectorAll(selector)].flatMap(element => {
  const words = [];
  for (const node of [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE))
    for (const { 0: word, index } of node.data.matchAll(/[가-힣]{2,12}/g)) {
      const range = new Range();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (tops.size > 1) words.push(word);
    }
  return words;
})"""


@pytest.fixture
def ignored_console_text() -> str:
    return "status of 4"


@pytest.fixture
def korean(page: Page) -> Page:
    page.goto("/")
    page.get_by_role("link", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    return page


def check(page: Page) -> None:
    """Check that the page is in Korean, fits the window and breaks lines only between words."""
    assert english_in(page.evaluate(VISIBLE_TEXT)) == set()
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    assert page.evaluate(SPLIT_WORDS, TEXT_ELEMENTS) == []


def test_every_page_is_in_korean_and_fits(korean: Page) -> None:
    """After the language link, every page is in Korean, with no word broken or cut off."""
    for path in ("/", "/upload", "/tags", "/tags?start=", "/login", "/search", "/search?q=없음"):
        korean.goto(path)
        check(korean)


def test_the_upload_script_shows_korean(korean: Page, photos: list[Path], tmp_path: Path) -> None:
    """Texts that scripts add are in Korean: chosen, uploading and failed files."""
    files = [photo.rename(tmp_path / f"바다{number}") for number, photo in enumerate(photos)]
    empty = tmp_path / "빈 파일"
    empty.touch()
    broken = tmp_path / "깨진 파일"
    broken.write_bytes(b"\xff\xd8 no picture")
    fill_in(korean, [*files, empty, broken], tags="바다")
    expect(korean.get_by_role("button", name="사진 4장 올리기")).to_be_visible()
    check(korean)
    send(korean)
    expect(korean.get_by_text("사진 2장을 올리지 못했어요").first).to_be_visible()
    check(korean)


def test_pauses_and_long_texts_are_in_korean(
    korean: Page, photos: list[Path], tmp_path: Path
) -> None:
    """The notice of a pause and the counters of texts are in Korean."""
    files = [photo.rename(tmp_path / f"바다{number}") for number, photo in enumerate(photos)]
    fill_in(korean, files, title="바" * 230, tags=", ".join(map(str, range(25))))
    expect(korean.get_by_text("30자 길어요(최대 200자).").first).to_be_visible()
    expect(korean.get_by_text("태그가 5개 더 많아요").first).to_be_visible()
    check(korean)
    korean.locator("form [name=title]").fill("바다")
    korean.locator("form [name=tags]").fill("바다")
    korean.route("**/upload", lambda route: route.fulfill(status=429, headers=RETRY_AFTER, body=""))
    send(korean)
    expect(korean.locator(".upload-bar")).to_contain_text("10분 뒤에 이어서 올려요.")
    check(korean)


def test_a_photo_is_added_edited_and_deleted_in_korean(korean: Page, photos: list[Path]) -> None:
    """The pages and messages of a photo are in Korean."""
    fill_in(
        korean, photos[:1], title="해운대의 저녁", tags="바다, 부산", description="부두", alt="부두"
    )
    send(korean)
    korean.wait_for_url("**/photos/*")
    check(korean)
    open_actions(korean)
    korean.get_by_role("link", name="수정").click()
    check_page(korean, "사진 수정")
    korean.get_by_role("button", name="저장").click()
    check_page(korean, "해운대의 저녁")
    open_actions(korean)
    korean.get_by_role("link", name="삭제").click()
    check_page(korean, "이 사진을 삭제할까요?")
    korean.locator("main form button").first.click()
    check_page(korean, "사진")
    korean.get_by_role("button", name="되돌리기").click()
    check_page(korean, "해운대의 저녁")


def check_page(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()
    check(page)
