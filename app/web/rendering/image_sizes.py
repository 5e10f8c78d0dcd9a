"""How wide photos come out, in the gallery's rows on a phone above all, so that no more pixels are fetched than shown.

A browser chooses among renditions before it has laid anything out: these are the rows as components.css will lay them.
"""

from collections.abc import Iterable, Iterator, Sequence

from flask import Flask

from app.domain.photo import Photo, PhotoSummary

NARROW, WIDE = (
    (360, 375, 393, 402),
    (412, 430),
)  # CSS pixels: phones between which rows break at different photos
FROM = "25.6em"  # where wide phones begin
ROW, ROW_MOST, GAP, GUTTER = 168.0, 640.0, 6.0, 12.0  # --row, --row-most, --gap and --gutter there
# The next rendition has four times the pixels: where one has seven eighths of what is shown, nobody sees the rest.
MIN_PIXEL_SHARE = 0.875
ALIKE = 5  # hundredths of the window's width


def phone_sizes(summaries: Sequence[PhotoSummary]) -> Iterator[tuple[PhotoSummary, str]]:
    """Each summary with its `sizes` on phones."""
    ratios = [summary.width / summary.height for summary in summaries]
    return zip(summaries, map(_sizes, _most(ratios, NARROW), _most(ratios, WIDE)), strict=True)


def photo_page_sizes(photo: Photo | PhotoSummary) -> str:
    """The `sizes` of a photo on its own page, which shows it as large as the window allows."""
    return f"min({MIN_PIXEL_SHARE:.1%}, calc((100vh - 7rem) * {photo.width / photo.height:.3f}))".replace(
        "%", "vw"
    )


def _sizes(narrow: int, wide: int) -> str:
    if abs(narrow - wide) <= ALIKE:
        return f"{max(narrow, wide)}vw"
    return f"(min-width: {FROM}) {wide}vw, {narrow}vw"


def _most(ratios: Sequence[float], phones: Iterable[int]) -> list[int]:
    """Hundredths of the window's width that must be fetched for each photo: on whichever phone shows it widest."""
    shares = zip(*(_shares(ratios, phone) for phone in phones), strict=True)
    return [round(100 * MIN_PIXEL_SHARE * max(of_one)) for of_one in shares]


def _shares(ratios: Iterable[float], window: int) -> list[float]:
    """What part of the window's width each photo takes."""
    shares: list[float] = []
    room = window - 2 * GUTTER
    for row in _rows(ratios, room):
        height = min((room - GAP * (len(row) - 1)) / sum(row), ROW_MOST)
        shares += [ratio * height / window for ratio in row]
    return shares


def _rows(ratios: Iterable[float], room: float) -> Iterator[list[float]]:
    """Rows as a flex container breaks them: whatever fits at the height that rows start from."""
    row: list[float] = []
    for ratio in ratios:
        if row and ROW * (sum(row) + ratio) + GAP * len(row) > room:
            yield row
            row = []
        row.append(ratio)
    if row:
        yield row


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(phone_sizes=phone_sizes, photo_page_sizes=photo_page_sizes)
