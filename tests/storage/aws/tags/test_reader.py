"""Which reads the covers of tags need on AWS."""

from app.storage.aws.tags.reader import MAX_AGE, DynamoTagReader
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.storage.partition_meter import metered

TAGS = [f"tag {number:02}" for number in range(24)]


def test_the_newest_photos_of_a_tag_are_read_once_a_minute(cloud: Backend) -> None:
    """Their records are read for every page."""
    assert cloud.clients
    now = 0.0
    reader = DynamoTagReader(cloud.clients.dynamodb, TABLE, lambda: now)
    publish_all(cloud, [make_photo(tags=("sea", "dusk"))])
    for seconds, queries in ((0.0, 8), (MAX_AGE - 1, 0), (MAX_AGE, 8)):
        now = seconds
        with recorded(cloud.clients) as calls:
            assert len(reader.covers(["sea", "dusk"])) == 2
        expected = {"BatchGetItem": 1} | ({"Query": queries} if queries else {})
        assert calls.counts == expected, seconds
    with recorded(cloud.clients) as calls:
        reader.covers(["sea", "pier"])
    assert calls.counts == {"Query": 4, "BatchGetItem": 1}


def test_covers_of_24_tags_cost_at_most_72_read_units(cloud: Backend) -> None:
    """Within the same minute they cost one unit a tag, and one key gets no more than that."""
    assert cloud.clients
    publish_all(cloud, [make_photo(tags=(tag,)) for tag in TAGS for _ in range(2)])
    with metered(cloud.clients) as first:
        cloud.tag_reader.covers(TAGS)
    with metered(cloud.clients) as second:
        cloud.tag_reader.covers(TAGS)
    assert first.read_units <= 72
    assert second.read_units <= 24
    assert max(second.reads.values()) <= 1
    assert second.calls == {"BatchGetItem": 1}


def test_the_count_of_one_tag_costs_at_most_2_read_units(cloud: Backend) -> None:
    """A tag that is not in all partitions needs one call."""
    assert cloud.clients
    publish_all(cloud, [make_photo(tags=("sea",))])
    with metered(cloud.clients) as meter:
        assert cloud.tag_reader.count("sea") == 1
    assert meter.read_units <= 2
    assert meter.calls == {"BatchGetItem": 1}
