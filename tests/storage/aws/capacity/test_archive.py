"""The capacity units of the date archive, and the uploads a second that a year takes."""

from datetime import UTC, datetime

from app.domain import photo_ids
from app.domain.pages import Neighbors
from app.services.listings.every_year import MAX_READS, EveryYear
from app.storage.aws.dynamodb_partitions import partitions_of
from tests.backends import Backend
from tests.storage.aws.capacity.samples import usual_photo
from tests.storage.conftest import publish_all
from tests.storage.partition_meter import WRITE_LIMIT, metered

EVEN_NUMBERS = range(2, 18)  # ids with these are hashed to each partition equally often


def test_a_page_of_the_archive_costs_at_most_8_read_units(cloud: Backend) -> None:
    """As a page of the gallery: no key gets more than 2 units, and visitors need half as much."""
    assert cloud.clients
    publish_all(cloud, [usual_photo(alt="gulls " * 20) for _ in range(40)])
    for max_age, most in {0.0: 8, 1.0: 4}.items():
        with metered(cloud.clients) as meter:
            page = cloud.ordered_listings.page("taken:2026", 30, max_age=max_age)
        assert len(page.summaries) == 30
        assert meter.read_units <= most
        assert max(meter.reads.values()) <= 2


def test_neighbors_in_the_archive_cost_at_most_4_read_units(cloud: Backend) -> None:
    """A Query in each direction of each partition, for one photo."""
    assert cloud.clients
    publish_all(cloud, photos := [usual_photo() for _ in range(9)])
    [key] = photos[4].ordered_entries
    with metered(cloud.clients) as meter:
        found = cloud.ordered_listings.neighbors(key)
    assert found == Neighbors(photos[5].summary, photos[3].summary)
    assert meter.calls == {"Query": 8}
    assert meter.read_units <= 4


def test_a_sparse_page_of_the_gallery_by_date_costs_at_most_32_read_units(cloud: Backend) -> None:
    """It has one photo of each of eight years, and half as many units for visitors."""
    assert cloud.clients
    years = range(1990, 1999)
    publish_all(cloud, [usual_photo(taken_at=datetime(year, 8, 5, tzinfo=UTC)) for year in years])
    for max_age, most in {0.0: 32, 1.0: 16}.items():
        with metered(cloud.clients) as meter:
            page = EveryYear(cloud.ordered_listings).page(years, 30, max_age=max_age)
        assert len(page.summaries) == MAX_READS
        assert meter.read_units <= most
        assert max(meter.reads.values()) <= 1


def test_a_year_of_every_photo_takes_2000_uploads_a_second(cloud: Backend) -> None:
    """The entry of a photo costs two units, and is in one of four partitions."""
    assert cloud.clients
    ids = [photo_ids.from_parts(1_800_000_000_000 + number, number) for number in EVEN_NUMBERS]
    with metered(cloud.clients) as meter:
        publish_all(cloud, [usual_photo(photo_id=photo_id) for photo_id in ids])
    units = {key: count for (_, key), count in meter.writes.items() if key.startswith("taken:")}
    assert units.keys() == set(partitions_of("taken:2026"))
    assert sum(units.values()) == len(ids) * 2
    uploads_for_each_unit = len(ids) / max(units.values())
    assert WRITE_LIMIT * uploads_for_each_unit == 2000
