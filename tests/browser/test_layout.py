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
SHOWN_AND_FETCHED = """[...document.querySelectorAll('.gallery > li img')].map(image => {
  const query = image.sizes.split(',').map(part => part.trim()).find(part => {
    const [condition] = part.match(/^\\(.*?\\)(?= )/) ?? [];
    return !condition || matchMedia(condition).matches;
  });
  const said = parseFloat(query.replace(/^\\(.*?\\) /, '')) / 100 * innerWidth;
  return [image.clientWidth, said];
})"""


@pytest.fixture(
    params=[(390, 844), (768, 1024), (1280, 800), (1920, 1080)], ids=lambda size: str(size[0])
)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    chosen: tuple[int, int] = request.param
    return chosen


@pytest.fixture
def boxes(page: Page) -> list[list[dict[str, float]]]:
    """The photos' boxes, row by row."""
    add_photos(page, 14)
    page.goto("/")
    page.evaluate("[...document.images].forEach(image => { image.loading = 'eager'; })")
    page.wait_for_load_state("networkidle")
    rows: dict[int, list[dict[str, float]]] = {}
    for box in page.evaluate(BOXES):
        rows.setdefault(round(box["top"]), []).append(box)
    return list(rows.values())


@pytest.mark.browser
def test_rows_are_justified_and_crop_nothing_that_matters(
    boxes: list[list[dict[str, float]]], size: tuple[int, int]
) -> None:
    """Every row but the last fills the width, all in a row are equally high, and no shape is off by more than 2 %."""
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
def test_the_last_row_is_calm(boxes: list[list[dict[str, float]]]) -> None:
    """It is no more than half as high again as the highest of the others, however few photos it has."""
    heights = [row[0]["bottom"] - row[0]["top"] for row in boxes]
    assert heights[-1] <= 1.5 * max(heights[:-1])


@pytest.mark.browser
@pytest.mark.parametrize("preferences", [{"is_mobile": True}], ids=["phone"])
@pytest.mark.parametrize(
    "size", [(width, 800) for width in (360, 375, 390, 412, 430)], ids=lambda size: str(size[0])
)
def test_phones_are_told_how_wide_each_photo_will_be(
    page: Page, preferences: dict[str, Any]
) -> None:
    """Before anything is laid out: seven eighths of what is shown at least, and half as much again at most in all."""
    add_photos(page, 14)
    page.goto("/", wait_until="networkidle")
    for shown, said in page.evaluate(SHOWN_AND_FETCHED):
        assert said >= 0.85 * shown
    total_shown, total_said = map(sum, zip(*page.evaluate(SHOWN_AND_FETCHED), strict=True))
    assert total_said <= 1.5 * total_shown


@pytest.mark.browser
@pytest.mark.parametrize("forgiven", ["net::ERR_FAILED"], ids=[""])
def test_a_photo_that_cannot_be_loaded_widens_no_page(page: Page) -> None:
    """Its words are in its place, and nothing has to be scrolled sideways to be read."""
    path = add_photos(page, 1, [(2400, 800)])[0]
    page.route("**/media/**", lambda route: route.abort())
    page.goto(path, wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
