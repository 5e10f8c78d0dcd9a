"""Count DynamoDB's units and calls for uploads, edits, pages and searches, and the cost of views.

The photo has a title, a sentence and five tags. The meter of `tests/storage/partition_meter.py`
counts by DynamoDB's documented formula, and the tests in `tests/storage/aws/capacity/` fail above
most of these figures.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from app.domain import object_keys
from app.domain.image.date_choice import DateChoice
from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.domain.search_terms import SearchQuery
from app.domain.upload import PhotoText, QuotaScope
from app.services.factory import build_services
from app.services.quotas import Quota, Quotas
from app.storage.aws.client_factory import Clients, create_clients
from app.storage.aws.dynamodb import DynamoCatalog
from tests.backends import REGION, TABLE, Backend, aws_backend, aws_environment
from tests.storage.aws.capacity import samples
from tests.storage.aws_calls import listening
from tests.storage.conftest import publish_all
from tests.storage.partition_meter import READ_LIMIT, WRITE_LIMIT, Key, PartitionMeter, metered

PAGE_SIZE = 30
PHOTOS = 160  # more than a page in each partition of the gallery
MAX_AGE = 1.0  # seconds: a page for visitors may be as old
VIEWS_OF_AN_UPLOAD = 10
UPLOADS = 1000  # a second
BUSIEST = 3  # partitions that are printed
MAX_UPLOAD_UNITS = 60
TEXT = PhotoText(
    title=samples.USUAL["title"],
    description=samples.DESCRIPTION,
    tags=", ".join(samples.TAGS),
)
# Each edit, and the goal for its write units.
EDITS = {
    "nothing": (TEXT, 2),
    "a typo": (replace(TEXT, description=TEXT.description.replace("ferry", "fery")), 8),
    "a word of the title": (replace(TEXT, title=TEXT.title.replace("pier", "bridge")), 8),
    "a tag more": (replace(TEXT, tags=f"{TEXT.tags}, gulls"), 12),
    "a tag less": (replace(TEXT, tags=", ".join(samples.TAGS[1:])), 12),
    "another day": (replace(TEXT, taken=DateChoice(year="2026", month="8", day="6")), 12),
}
# Of a site whose photos have all of these words, except Martina.
SEARCHES = {
    "1 frequent word": "evening ",
    "2 frequent words": "old evening ",
    "3 frequent words": "old evening harbor ",
    "4 frequent words": "usual old evening harbor ",
    "a beginning of frequent words": "harb",
    "a word of one in 150 like it": "martina ",
}
MAX_SEARCH_UNITS = 70
MAX_SEARCH_CALLS = 3
# Dollars in us-east-1: see docs/costs.md.
READ_UNIT = 0.125 / 1e6
IMAGE_REQUEST = 0.0004 / 1e3
GIGABYTE = 0.09
PAGE_MEGABYTES = (0.5, 0.8, 1.0, 1.6)  # of the images of a page: see docs/costs.md
VIEWS = 1000
MAX_COST = 0.06  # of these views


def main() -> None:
    """Print units and calls, the busiest partitions, and the cost of 1000 views."""
    print("DynamoDB: units that are written and read, and calls")
    with aws_backend() as backend:
        _print_upload(backend)
        _print_quotas(backend)
        _print_edits(backend)
    with aws_backend() as backend:
        units_of_a_page = _print_pages(backend)
    with aws_environment():
        _print_searches(create_clients(REGION))
        _print_busiest_partitions(create_clients(REGION))
    _print_cost(units_of_a_page)


def _clients_of(backend: Backend) -> Clients:
    assert backend.clients
    return backend.clients


def _count(clients: Clients, operation: Callable[[], object]) -> PartitionMeter:
    with metered(clients) as meter:
        operation()
    return meter


def _print_line(name: str, meter: PartitionMeter, verdict: str = "") -> None:
    calls = ", ".join(f"{count} {call}" for call, count in sorted(meter.calls.items()))
    units = f"{meter.write_units:4} {meter.read_units:6.1f}"
    print(f"  {name:38} {units}   {calls or 'no call'}{verdict}")


def _verdict(goal: str, *, is_met: bool) -> str:
    return f"; goal {goal} {'met' if is_met else 'missed'}"


def _print_upload(backend: Backend) -> None:
    for name in ("an upload", "another one with the same words"):
        publish = partial(backend.catalog.publish, samples.usual_photo())
        meter = _count(_clients_of(backend), publish)
        is_met = meter.write_units <= MAX_UPLOAD_UNITS
        _print_line(name, meter, _verdict(f"{MAX_UPLOAD_UNITS} units", is_met=is_met))


def _print_quotas(backend: Backend) -> None:
    """Print the reads that an upload makes if there are quotas, and the uploads they allow."""
    quota = Quota(photos=UPLOADS)
    quotas = Quotas(backend.catalog, contributor=quota, site=quota)
    owner = samples.usual_photo().owner
    check = partial(quotas.check, owner, 1, scope=QuotaScope.CONTRIBUTOR_AND_SITE)
    meter = _count(_clients_of(backend), check)
    uploads = READ_LIMIT / max(meter.reads.values())
    verdict = _verdict(f"{UPLOADS} uploads a second", is_met=uploads >= UPLOADS)
    _print_line("quotas of an upload", meter, f"; {uploads:.0f} uploads a second{verdict}")


def _print_edits(backend: Backend) -> None:
    services = build_services(backend, _refuse_upload, max_file_bytes=0, max_parallel_uploads=1)
    for name, (text, goal) in EDITS.items():
        photo = samples.usual_photo()
        backend.catalog.publish(photo)
        edit = partial(services.photos.update, photo.photo_id, photo.version, text)
        meter = _count(_clients_of(backend), edit)
        verdict = _verdict(f"{goal} units", is_met=meter.write_units <= goal)
        _print_line(f"edit: {name}", meter, verdict)


def _refuse_upload(_file: BinaryIO, *, options: ImageOptions) -> ProcessedImage:
    raise NotImplementedError


def _print_pages(backend: Backend) -> float:
    """Print the units of pages, and return those of a visitor's page of the gallery."""
    publish_all(backend, [samples.usual_photo(alt="gulls " * 20) for _ in range(PHOTOS)])
    pages = {
        "gallery": partial(backend.catalog.page, object_keys.PUBLIC_LISTING),
        "a tag": partial(backend.catalog.page, f"tag:{samples.TAGS[0]}"),
        "a year": partial(backend.ordered_listings.page, "taken:2026"),
    }
    units = []
    for name, page in pages.items():
        consistent = _count(_clients_of(backend), partial(page, PAGE_SIZE))
        recent = _count(_clients_of(backend), partial(page, PAGE_SIZE, max_age=MAX_AGE))
        _print_line(f"{name}, for contributors", consistent)
        _print_line(f"{name}, for visitors", recent)
        units.append(recent.read_units)
    return units[0]


def _print_searches(clients: Clients) -> None:
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    with listening(clients, "before-send", samples.answer_of_frequent_words):
        for name, words in SEARCHES.items():
            with metered(clients) as meter:
                results = catalog.search(SearchQuery.of(words), PAGE_SIZE)
            assert len(results.page.summaries) == PAGE_SIZE
            calls = meter.calls.total()
            is_met = calls <= MAX_SEARCH_CALLS and meter.read_units <= MAX_SEARCH_UNITS
            goal = f"{MAX_SEARCH_UNITS} units, {MAX_SEARCH_CALLS} calls"
            _print_line(f"search: {name}", meter, _verdict(goal, is_met=is_met))


def _print_busiest_partitions(clients: Clients) -> None:
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    photos = list(samples.many_photos())
    gallery = partial(catalog.page, object_keys.PUBLIC_LISTING, PAGE_SIZE, max_age=MAX_AGE)
    with (
        listening(clients, "before-send", samples.answer_of_a_large_site),
        metered(clients) as meter,
    ):
        for photo in photos:
            catalog.publish(photo)
            for _ in range(VIEWS_OF_AN_UPLOAD):
                gallery()
    views = UPLOADS * VIEWS_OF_AN_UPLOAD
    print(f"Units a second of the busiest partitions: {UPLOADS} uploads, {views} gallery views")
    _print_busiest("write", meter.writes, UPLOADS / len(photos), WRITE_LIMIT)
    _print_busiest("read", meter.reads, UPLOADS / len(photos), READ_LIMIT)


def _print_busiest(kind: str, units: Counter[Key], factor: float, limit: int) -> None:
    busiest = list(samples.busiest(units, factor))[:BUSIEST]
    most, _ = busiest[0]
    named = ", ".join(f"{key} {count:.0f}" for count, key in busiest)
    print(f"  {kind:5} {named}; limit {limit}: {most / limit:.0%}")


def _print_cost(read_units: float) -> None:
    print(f"{VIEWS} views of the gallery with {PAGE_SIZE} images, beyond the free data transfer")
    for megabytes in PAGE_MEGABYTES:
        transfer = VIEWS * megabytes / 1000 * GIGABYTE
        total = VIEWS * (read_units * READ_UNIT + PAGE_SIZE * IMAGE_REQUEST) + transfer
        share = f"{transfer / total:.0%} for the transfer"
        verdict = _verdict(f"${MAX_COST:.2f}", is_met=total <= MAX_COST)
        print(f"  {megabytes} MB a page: ${total:.4f}, {share}{verdict}")


if __name__ == "__main__":
    main()
