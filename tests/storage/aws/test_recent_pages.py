"""The newest pages in memory: how old they may be, and the changes that make them old at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore, Thread

import pytest

from app.domain import object_keys
from app.domain.pages import Page
from app.domain.photo_summary import PhotoState
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.recent_pages import MAX_PAGES, RecentPages
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import recorded
from tests.storage.test_catalog_publish import ids_of


class Listing:
    """A listing that counts its reads, and a clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reads = 0

    def read(self, _listing: str, _limit: int) -> Page:
        self.reads += 1
        return Page((), str(self.reads), None)


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.fixture
def pages(listing: Listing) -> RecentPages:
    return RecentPages(listing.read, lambda: listing.now)


def test_a_page_is_read_once_a_second(pages: RecentPages, listing: Listing) -> None:
    """Each listing and size of a page has its own."""
    for listing.now, reads in ((0.0, 1), (0.9, 1), (1.1, 2), (2.0, 2)):
        assert pages.page("public", 30, 1.0).older == str(reads)
    assert pages.page("public", 5, 1.0).older == "3"
    assert pages.page("tag:sea", 30, 1.0).older == "4"


def test_a_change_of_this_process_makes_pages_old(pages: RecentPages, listing: Listing) -> None:
    """This also holds for a page that is being read at the same time."""

    def read_during_a_change(name: str, limit: int) -> Page:
        pages.discard()
        return listing.read(name, limit)

    pages.page("public", 30, 1.0)
    pages.discard()
    pages._read = read_during_a_change
    assert pages.page("public", 30, 1.0).older == "2"
    assert pages.page("public", 30, 1.0).older == "3"


def test_one_thread_reads_a_page_again(pages: RecentPages, listing: Listing) -> None:
    """Until it has, others get the earlier page, but no page that is older than two seconds."""
    started, may_end = Event(), Event()

    def wait(name: str, limit: int) -> Page:
        started.set()
        assert may_end.wait(20)
        return listing.read(name, limit)

    pages.page("public", 30, 1.0)
    listing.now, pages._read = 1.5, wait
    thread = Thread(target=pages.page, args=("public", 30, 1.0))
    thread.start()
    assert started.wait(20)
    assert pages.page("public", 30, 1.0).older == "1"
    listing.now, pages._read = 2.5, listing.read
    assert pages.page("public", 30, 1.0).older == "2"
    may_end.set()
    thread.join()


@pytest.mark.parametrize("error", [None, OSError()])
def test_visitors_of_a_page_that_is_not_kept_share_one_read(
    pages: RecentPages, listing: Listing, error: OSError | None
) -> None:
    """After every change, all of them look at once. They also share its failure."""
    asked = Semaphore(0)

    def tell_time() -> float:
        asked.release()
        return 0.0

    def wait_for_everyone(name: str, limit: int) -> Page:
        assert all(asked.acquire(timeout=5) for _ in range(4))
        if error:
            raise error
        return listing.read(name, limit)

    pages._read, pages._clock = wait_for_everyone, tell_time
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(pages.page, "public", 30, 1.0) for _ in range(4)]
    assert [call.exception() for call in calls] == [error] * 4
    assert listing.reads == (0 if error else 1)


def test_a_failed_read_keeps_nothing(pages: RecentPages, listing: Listing) -> None:
    """The next visitor reads again."""

    def fail(_listing: str, _limit: int) -> Page:
        raise OSError

    pages.page("public", 30, 1.0)
    listing.now, pages._read = 1.5, fail
    with pytest.raises(OSError, match=r"^$"):
        pages.page("public", 30, 1.0)
    pages._read = listing.read
    assert pages.page("public", 30, 1.0).older == "2"


def test_memory_is_bounded(pages: RecentPages) -> None:
    """The page that was added first leaves."""
    for number in range(MAX_PAGES + 5):
        pages.page(f"tag:{number}", 30, 1.0)
    assert len(pages._pages) == MAX_PAGES


def test_the_gallery_is_not_read_again_for_each_visitor(cloud: Backend) -> None:
    """Another process sees a change a second later, and this one at once."""
    assert cloud.clients
    elsewhere = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    photo = make_photo()
    cloud.catalog.publish(photo)
    for catalog in (cloud.catalog, elsewhere):
        assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 30, max_age=60)) == [photo.photo_id]
    with recorded(cloud.clients) as calls:
        cloud.catalog.page(object_keys.PUBLIC_LISTING, 30, max_age=60)
    assert calls.counts == {}
    cloud.catalog.update(photo, photo.next_version(state=PhotoState.HIDDEN))
    assert ids_of(cloud.catalog.page(object_keys.PUBLIC_LISTING, 30, max_age=60)) == []
    assert ids_of(elsewhere.page(object_keys.PUBLIC_LISTING, 30, max_age=60)) == [photo.photo_id]
    assert ids_of(elsewhere.page(object_keys.PUBLIC_LISTING, 30)) == []
