"""Tags by use and by name: each page is read in bounded time."""

from app.domain.photo_summary import PhotoState
from app.domain.tags import TagCount, TagPage
from app.services.ports import Catalog
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all


def publish_with_tags(backend: Backend, *tags: str) -> None:
    """Publish one photo for each tag in `tags`; a tag may come several times."""
    publish_all(backend, [make_photo(tags=(tag,)) for tag in tags])


def test_most_used_tags_come_first(backend: Backend) -> None:
    """A page has no more tags than it was asked for."""
    publish_with_tags(backend, "sea", "hill", "hill", "sand", "hill", "sand")
    expected = (TagCount("hill", 3), TagCount("sand", 2), TagCount("sea", 1))
    assert backend.catalog.most_used_tags(9) == expected
    assert backend.catalog.most_used_tags(2) == expected[:2]


def test_tags_by_name_are_paged_without_gap_and_repeat(backend: Backend) -> None:
    """`next` is the first tag of the next page, whatever its script."""
    tags = ["2026", "a", "b", "b c", "é", "海", "바다", "🌊"]
    publish_with_tags(backend, *reversed(tags))
    for limit in range(1, 10):
        page = backend.catalog.tags("", limit)
        found = [counted.tag for counted in page.tags]
        while page.next is not None:
            assert len(page.tags) == limit
            page = backend.catalog.tags(page.next, limit)
            found += [counted.tag for counted in page.tags]
        assert found == tags


def test_tags_by_name_start_anywhere(backend: Backend) -> None:
    """The start itself need not be a tag."""
    publish_with_tags(backend, "apple", "pear", "plum")
    assert backend.catalog.tags("p", 1) == TagPage((TagCount("pear", 1),), "plum")
    assert backend.catalog.tags("plum", 1) == TagPage((TagCount("plum", 1),), None)
    assert backend.catalog.tags("z", 1) == TagPage((), None)


def test_a_tag_that_no_photo_has_any_more_is_gone(catalog: Catalog) -> None:
    """It takes no place on any page, and it can be used again."""
    photo = make_photo(tags=("sea",))
    catalog.publish(photo)
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1)
    catalog.update(photo, trashed)
    catalog.publish(make_photo(tags=("shore",)))
    assert catalog.tags("", 1) == TagPage((TagCount("shore", 1),), None)
    assert [counted.tag for counted in catalog.most_used_tags(9)] == ["shore"]
    catalog.update(trashed, trashed.next_version(state=PhotoState.PUBLIC, expires_at=None))
    assert [counted.tag for counted in catalog.tag_counts()] == ["sea", "shore"]


def test_a_count_that_a_repair_sets_to_nothing_is_gone(catalog: Catalog) -> None:
    """It takes no place on any page."""
    catalog.publish(make_photo(tags=("sea",)))
    catalog.publish(make_photo(tags=("shore",)))
    assert catalog.compare_and_set_tag_count("sea", 1, 0)
    assert catalog.tags("", 1) == TagPage((TagCount("shore", 1),), None)


def test_every_tag_is_counted_for_maintenance(backend: Backend) -> None:
    """The iterator reads in batches and does not stop at a page."""
    tags = [f"tag {number:03}" for number in range(60)]
    publish_with_tags(backend, *tags)
    assert [counted.tag for counted in backend.catalog.tag_counts()] == tags
