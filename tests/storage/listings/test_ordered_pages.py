"""Pages of a year in random collections are those of the plain sorted list, on both backends."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any
from unittest import mock
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.image.taken_date import DatePrecision
from app.domain.listings.archive import EVERY_YEAR, Period
from app.domain.listings.entries import EntryKey
from app.domain.pages import Neighbors, Page, build_page_of
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.services.listings.every_year import EveryYear
from app.storage.aws.dynamodb_partitions import PARTITIONS
from app.storage.aws.listings import partition_reader
from tests.backends import Backend, aws_backend, local_backend, make_photo
from tests.storage.conftest import publish_all

YEARS = (2025, 2026)
PERIODS = (Period(2026), Period(2026, 11))
# Several photos have one date, and some a date whose day or month is not known.
DATES = [
    {"taken_at": datetime(2026, 11, 5, 14, 3, 7, tzinfo=UTC)},
    {"taken_at": datetime(2026, 11, 5, 14, 3, 8, tzinfo=UTC)},
    {"taken_at": datetime(2026, 11, 1, tzinfo=UTC), "taken_precision": DatePrecision.MONTH},
    {"taken_at": datetime(2026, 1, 1, tzinfo=UTC), "taken_precision": DatePrecision.YEAR},
    {"taken_at": datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)},
    {"taken_at": datetime(2025, 11, 5, tzinfo=UTC)},
    {"taken_at": None},
]


@dataclass(frozen=True)
class History:
    """A photo in a partition on AWS, with its first date and its later changes."""

    partition: int
    date: dict[str, Any]
    changes: list[dict[str, Any]]


dates = st.sampled_from(DATES)
changes = st.one_of(dates, st.just({"state": PhotoState.HIDDEN}), st.just({"title": "Pier"}))
# Many collections are in one or two partitions, so that pages have to read one of them again.
histories = st.sampled_from([(0,), (2,), (1, 3), range(PARTITIONS)]).flatmap(
    lambda partitions: st.lists(
        st.builds(History, st.sampled_from(partitions), dates, st.lists(changes, max_size=1)),
        min_size=5,
        max_size=14,
    )
)


@contextmanager
def opened(name: str) -> Iterator[Backend]:
    """Open an empty backend, which reads a partition with most photos of a small page again."""
    if name == "aws":
        with aws_backend() as backend, mock.patch.object(partition_reader, "MIN_SHARE", 1):
            yield backend
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield local_backend(Path(folder))


def stored(backend: Backend, photo_histories: list[History]) -> list[Photo]:
    """Publish and change the photos, and return them as they are in the end."""
    photos = [photo_in(history.partition, history.date) for history in photo_histories]
    publish_all(backend, photos)
    for place, history in enumerate(photo_histories):
        for change in history.changes:
            changed = photos[place].next_version(**cleared(change))
            backend.catalog.update(photos[place], changed)
            photos[place] = changed
    return photos


def photo_in(partition: int, date: dict[str, Any]) -> Photo:
    """Return a new photo whose entries are in a partition on AWS."""
    while True:
        photo = make_photo(**date)
        if crc32(photo.photo_id.encode()) % PARTITIONS == partition:
            return photo


def cleared(change: dict[str, Any]) -> dict[str, Any]:
    """Return the change, with a date whose precision is that of the new date."""
    return {"taken_precision": None} | change if "taken_at" in change else change


def in_order(photos: list[Photo]) -> list[tuple[EntryKey, PhotoSummary]]:
    """Return the keys and summaries of all years, latest first."""
    found = [(key, photo.summary) for photo in photos for key in photo.ordered_entries]
    return sorted(found, key=itemgetter(0), reverse=True)


def entries_of(photos: list[Photo], period: Period) -> list[tuple[str, PhotoSummary]]:
    """Return the positions and summaries of a period, latest first."""
    within = period.positions
    return [
        (key.position, summary)
        for key, summary in in_order(photos)
        if key.listing == period.listing and within.first <= key.position <= within.last
    ]


def expected_page(
    entries: list[tuple[str, PhotoSummary]], limit: int, cursors: dict[str, str], **within: Any
) -> Page:
    """Return the page of a sorted list."""
    before, after = cursors.get("before"), cursors.get("after")
    if after:
        nearest = [entry for entry in reversed(entries) if entry[0] > after]
    else:
        nearest = [entry for entry in entries if not before or entry[0] < before]
    positions = [position for position, _ in nearest[: limit + 1]]
    summaries = [summary for _, summary in nearest[:limit]]
    return build_page_of(positions, summaries, limit, before, after, **within)


REPEATABLE = settings(derandomize=True, database=None, max_examples=30, deadline=None)


@pytest.mark.parametrize("name", ["local", "aws"])
@given(histories, st.sampled_from(PERIODS), st.integers(1, 5), st.data())
@REPEATABLE
def test_pages_are_those_of_the_sorted_list(
    name: str, photo_histories: list[History], period: Period, limit: int, data: st.DataObject
) -> None:
    """The first one, and those from each position, in both directions."""
    within = period.positions
    with opened(name) as backend:
        photos = stored(backend, photo_histories)
        entries = entries_of(photos, period)
        positions = [position for position, _ in entries_of(photos, period.whole_year)]
        ends = (within.first, within.last, period.first_position)
        starts = data.draw(st.lists(st.sampled_from([*positions, *ends]), max_size=4))
        ways = [{way: start} for way in ("before", "after") for start in starts]
        for cursors in ({}, *ways):
            page = backend.ordered_listings.page(period.listing, limit, within=within, **cursors)
            assert page == expected_page(entries, limit, cursors, within=within)


@pytest.mark.parametrize("name", ["local", "aws"])
@given(histories, st.sampled_from(PERIODS))
@REPEATABLE
def test_neighbors_are_those_of_the_sorted_list(
    name: str, photo_histories: list[History], period: Period
) -> None:
    """Of each photo of a year or month. The first and the last one have one neighbor."""
    with opened(name) as backend:
        entries = entries_of(stored(backend, photo_histories), period)
        summaries = [None, *(summary for _, summary in entries), None]
        for place, (position, _) in enumerate(entries):
            key = EntryKey(period.listing, position)
            found = backend.ordered_listings.neighbors(key, within=period.positions)
            assert found == Neighbors(summaries[place], summaries[place + 2])


@pytest.mark.parametrize("name", ["local", "aws"])
@given(histories, st.integers(1, 8))
@REPEATABLE
def test_pages_of_all_years_are_those_of_the_sorted_list(
    name: str, photo_histories: list[History], limit: int
) -> None:
    """Each photo is on one page of the gallery by date, from both ends."""
    with opened(name) as backend:
        expected = [summary for _, summary in in_order(stored(backend, photo_histories))]
        years = EveryYear(backend.ordered_listings)
        page = years.page(YEARS, limit)
        shown = [*page.summaries]
        while page.older:
            page = years.page(YEARS, limit, before=page.older)
            shown += page.summaries
        assert shown == expected
        page = years.page(YEARS, limit, after=EVERY_YEAR.first)
        shown = [*reversed(page.summaries)]
        while page.newer:
            page = years.page(YEARS, limit, after=page.newer)
            shown += reversed(page.summaries)
        assert shown == expected[::-1]
