"""The gallery's rows."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import add_photos

BOXES = """[...document.querySelectorAll('.gallery > li')].map(it => {
  const { left, top, right, bottom } = it.getBoundingClientRect();
  const { naturalWidth, naturalHeight } = it.querySelector('img');
  return { left, top, right, bottom, shape: naturalWidth / naturalHeight };
})"""
SHOWN_AND_DECLARED = """[...document.querySelectorAll('.gallery > li img')].map(image => {
  const query = image.sizes.split(',').map(part => part.trim()).find(part => {
    const [condition] = part.match(/^\\(.*?\\)(?= )/) ?? [];
    return !condition || matchMedia(condition).matches;
  });
  const declared = parseFloat(query.replace(/^\\(.*?\\) /, '')) / 100 * innerWidth;
  return [image.clientWidth, declared];
})"""


@pytest.fixture(
    params=[(390, 844), (768, 1024), (1280, 800), (1920, 1080)], ids=lambda size: str(size[0])
)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    size: tuple[int, int] = request.param
    return size


@pytest.fixture
def boxes(page: Page) -> list[list[dict[str, float]]]:
    """Return the photos' boxes, by row."""
    add_photos(page, 14)
    page.goto("/")
    page.evaluate("[...document.images].forEach(image => { image.loading = 'eager'; })")
    page.wait_for_load_state("networkidle")
    rows: dict[int, list[dict[str, float]]] = {}
    for box in page.evaluate(BOXES):
        rows.setdefault(round(box["top"]), []).append(box)
    return list(rows.values())


@pytest.mark.browser
def test_rows_are_justified_and_crop_little(
    boxes: list[list[dict[str, float]]], size: tuple[int, int]
) -> None:
    """Rows fill the width, photos of a row have one height, and no ratio is off by over 2 %."""
    edges = {round(row[0]["left"]) for row in boxes} | {
        size[0] - round(row[-1]["right"]) for row in boxes[:-1]
    }
    assert max(edges) - min(edges) <= 1
    for row in boxes:
        assert len({round(box["bottom"]) for box in row}) == 1
        for box in row:
            shape = (box["right"] - box["left"]) / (box["bottom"] - box["top"])
            assert shape == pytest.approx(box["shape"], rel=0.02)


@pytest.mark.browser
def test_the_last_row_is_not_too_high(boxes: list[list[dict[str, float]]]) -> None:
    """The last row is at most 1.5 times as high as the highest other row."""
    heights = [row[0]["bottom"] - row[0]["top"] for row in boxes]
    assert heights[-1] <= 1.5 * max(heights[:-1])


@pytest.mark.browser
@pytest.mark.parametrize("preferences", [{"is_mobile": True}], ids=["phone"])
@pytest.mark.parametrize(
    "size", [(width, 800) for width in (360, 375, 390, 412, 430)], ids=lambda size: str(size[0])
)
def test_sizes_match_the_layout_on_phones(page: Page, preferences: dict[str, Any]) -> None:
    """`sizes` has at least 7/8 of the shown width, and at most 1.5 times in total."""
    add_photos(page, 14)
    page.goto("/", wait_until="networkidle")
    for shown, declared in page.evaluate(SHOWN_AND_DECLARED):
        assert declared >= 0.85 * shown
    total_shown, total_declared = map(sum, zip(*page.evaluate(SHOWN_AND_DECLARED), strict=True))
    assert total_declared <= 1.5 * total_shown


@pytest.mark.browser
@pytest.mark.parametrize("ignored_console_text", ["net::ERR_FAILED"], ids=[""])
def test_a_photo_that_fails_to_load_does_not_widen_the_page(page: Page) -> None:
    """The alternative text takes its place, without a horizontal scroll bar."""
    path = add_photos(page, 1, [(2400, 800)])[0]
    page.route("**/media/**", lambda route: route.abort())
    page.goto(path, wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
