"""A history after each step of which every page agrees with the model."""

from hypothesis.stateful import invariant

from app.domain import object_keys, usage
from app.domain.image.taken_date import TakenDate
from app.domain.listings.archive import UNDATED_LISTING, period_of
from app.domain.photo_summary import PhotoState
from app.domain.tags import TagCount
from tests.maintenance.conftest import DATES, OWNER
from tests.services.histories.photo_model import TAGS, Model
from tests.services.histories.photo_rules import PhotoRules

YEARS = tuple(period_of(TakenDate(date)).listing for date in DATES if date)


class History(PhotoRules):
    """A history whose pages are compared with the model."""

    @invariant()
    def unlisted_photos_follow_the_link(self) -> None:
        """The objects of a photo are public only while strangers see it somewhere."""
        public = {
            object_keys.photo_id_of(each.key) for each in self.backend.objects.list("photos/")
        }
        for photo_id, photo in self.model.items():
            is_private = photo.state is PhotoState.UNLISTED and not self.is_open
            expected = PhotoState.PRIVATE if is_private else photo.state
            assert self.service.get_any_state(photo_id).state is expected
            assert (photo_id in public) == expected.has_public_objects

    @invariant()
    def listings_show_what_they_should(self) -> None:
        """The gallery and the owner's page agree with the model, newest first."""
        titles = {photo_id: photo.title for photo_id, photo in self._public().items()}
        assert self._shown(object_keys.PUBLIC_LISTING) == titles
        trashed = self._ids_in(PhotoState.TRASHED)
        assert self._shown(object_keys.owner_listing(OWNER)).keys() == self.model.keys() - trashed

    @invariant()
    def tags_show_what_they_should(self) -> None:
        """Tag pages, the counts of tags and their covers agree with the model."""
        public = self._public()
        tagged = {tag: {name for name in public if tag in public[name].tags} for tag in TAGS}
        for tag, photo_ids in tagged.items():
            assert self._shown(object_keys.tag_listing(tag)).keys() == photo_ids
        counted = self.tags.page("", 100).tags
        assert counted == tuple(
            TagCount(tag, len(tagged[tag])) for tag in sorted(TAGS) if tagged[tag]
        )
        for tag, cover in self.tags.covers(counted).items():
            assert cover.photo_id in tagged[tag]

    @invariant()
    def the_archive_shows_what_it_should(self) -> None:
        """The years and their counts agree with the model."""
        expected: dict[str, list[str]] = {listing: [] for listing in (*YEARS, UNDATED_LISTING)}
        public = self._public()
        for photo_id in sorted(public, reverse=True):
            expected[self._listing(photo_id)].append(photo_id)
        assert self._archived() == expected
        counted_months = {it.name: it.photos for it in self.service.usage(usage.MONTHS, 9)}
        assert sum(counted_months.values()) == len(public)

    @invariant()
    def the_album_shows_what_it_should(self) -> None:
        """Its page and its count agree with the model."""
        album_id = self.album.album_id
        in_album = {photo_id for photo_id, photo in self.model.items() if photo.state.is_in_albums}
        shown = self.albums.page(album_id, 100).summaries
        assert {summary.photo_id for summary in shown} == in_album
        assert self.albums.counts([album_id]).get(album_id, 0) == len(in_album)

    @invariant()
    def reviews_show_what_they_should(self) -> None:
        """The photos that wait for review and their number agree with the model."""
        album_id = self.album.album_id
        waiting = self._ids_in(PhotoState.PENDING)
        for page in (self.reviews.pending(album_id, 100), self.reviews.pending_everywhere(100)):
            assert {photo.photo_id for photo in page.photos} == waiting
        assert self.reviews.count_pending(album_id) == len(waiting)

    def _public(self) -> dict[str, Model]:
        shown = self._ids_in(PhotoState.PUBLIC)
        return {photo_id: self.model[photo_id] for photo_id in shown}

    def _ids_in(self, state: PhotoState) -> set[str]:
        return {photo_id for photo_id, photo in self.model.items() if photo.state is state}

    def _archived(self) -> dict[str, list[str]]:
        pages = {year: self.backend.ordered_listings.page(year, 100) for year in YEARS}
        pages[UNDATED_LISTING] = self.service.page(UNDATED_LISTING, 100)
        return {
            listing: [summary.photo_id for summary in page.summaries]
            for listing, page in pages.items()
        }

    def _listing(self, photo_id: str) -> str:
        """Return the listing of the archive in which a public photo is."""
        taken = self.service.get(photo_id).taken
        return period_of(taken).listing if taken else UNDATED_LISTING

    def _shown(self, listing: str) -> dict[str, str]:
        summaries = self.service.page(listing, 100).summaries
        assert [summary.photo_id for summary in summaries] == sorted(
            (summary.photo_id for summary in summaries), reverse=True
        )
        return {summary.photo_id: summary.title for summary in summaries}
