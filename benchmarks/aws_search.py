"""Count the calls and read units of searches on AWS, for words of different frequency.

The photos are those of `benchmarks.collection`, and the search index of DynamoDB is in memory.
`python -m benchmarks.aws_search 10000 300000` counts for other numbers of photos than the default.
"""

import random
import sys
from collections.abc import Sequence
from itertools import islice
from statistics import mean, median
from typing import NamedTuple

from app.domain.search_terms import SearchQuery
from app.storage.aws.dynamodb_search import search
from benchmarks.catalog import PAGE_SIZE
from benchmarks.collection import SamplePhotos
from tests.storage.aws.in_memory_index import InMemoryIndex

SIZES = (10_000, 100_000)
FREQUENT = (6, 20, 60, 300)  # the words are among so many most frequent ones
WORDS = (1, 2, 3, 4)
SEARCHES = 20


class Cost(NamedTuple):
    """The cost of the first page of a search, and whether it has all photos that it could have."""

    units: float
    calls: int
    photos: int
    is_complete: bool


def main(sizes: Sequence[int] = SIZES) -> None:
    """Print a line for each number of words and each frequency."""
    print(f"Searches on AWS: read units and calls of a first page, of {SEARCHES} searches each")
    for photos in sizes:
        samples = SamplePhotos()
        index = InMemoryIndex(list(islice(samples, photos)))
        print(f"{photos} photos")
        for frequent in FREQUENT:
            for words in WORDS:
                _print_costs(index, samples.words[:frequent], words)


def _print_costs(index: InMemoryIndex, frequent: Sequence[str], words: int) -> None:
    chooser = random.Random(words)  # noqa: S311  the same searches in each run
    costs = [_cost(index, chooser.sample(frequent, words)) for _ in range(SEARCHES)]
    units = [cost.units for cost in costs]
    calls = [cost.calls for cost in costs]
    print(
        f"  {words} of the {len(frequent):3} most frequent words:"
        f" median {median(units):4.0f} units, {median(calls):3.0f} calls;"
        f" most {max(units):4.0f}, {max(calls):3};"
        f" complete {sum(cost.is_complete for cost in costs)},"
        f" {mean(cost.photos for cost in costs):.0f} photos a page"
    )


def _cost(index: InMemoryIndex, words: Sequence[str]) -> Cost:
    index.calls = index.postings_read = index.records_read = 0
    results = search(index, SearchQuery.of(" ".join(words) + " "), PAGE_SIZE)
    return Cost(index.units, index.calls, len(results.page.summaries), results.stopped_at is None)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
