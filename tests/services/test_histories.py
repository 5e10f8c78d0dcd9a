"""Compare random histories of a site with a model, on both backends."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.domain import object_keys, usage
from app.domain.errors import EditConflict, PhotoNotFound
from app.domain.file_sizes import MB
from app.domain.image.taken_date import TakenDate
from app.domain.listings.archive import UNDATED_LISTING, period_of
from app.domain.photo_summary import PhotoState, Role
from app.domain.tags import TagCount
from app.domain.upload import PhotoText
from app.domain.usage import RETENTION
from app.maintenance import IntegrityCheck
from app.services.factory import build_services
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import aws_backend, local_backend
from tests.maintenance.conftest import DATES, OWNER, prepared, upload

TAGS = ("sea", "dusk", "café")
YEARS = tuple(period_of(TakenDate(date)).listing for date in DATES if date)
tags = st.lists(st.sampled_from(TAGS), unique=True, max_size=3).map(", ".join)
forms = st.sampled_from(("one form", "another form", "a third"))


@dataclass(frozen=True)
class Model:
    """The expected state of a photo."""

    form: str
    title: str
    tags: tuple[str, ...]
    state: PhotoState = PhotoState.PUBLIC
    was: PhotoState = PhotoState.PUBLIC  # before it was deleted
    deleted: datetime | None = None
    edits: int = 0
    edited_version: int = 1


class History(RuleBasedStateMachine):
    """People add, edit, hide, show, delete and restore photos while days go by."""

    photos = Bundle("photos")
    backend_name = "local"

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.backend = (
            local_backend(folder)
            if self.backend_name == "local"
            else self.stack.enter_context(aws_backend())
        )
        self.time = datetime.now(UTC)
        services = build_services(
            self.backend,
            prepared,
            max_file_bytes=MB,
            now=lambda: self.time,
            max_parallel_uploads=1,
        )
        self.service = services.photos
        self.tags = services.tags
        self.uploads = services.uploads
        self.model: dict[str, Model] = {}

    def teardown(self) -> None:
        if isinstance(self.backend.catalog, SqliteCatalog):
            self.backend.catalog.close()
        self.stack.close()

    @rule(target=photos, form=forms, tags=tags)
    def add(self, form: str, tags: str) -> str:
        """A form makes one photo for as long as that is not deleted."""
        made = [
            photo_id
            for photo_id, photo in self.model.items()
            if photo.form == form and photo.deleted is None
        ]
        photo_id = self.uploads.publish(upload(form, title=form, tags=tags)).photo.photo_id
        assert made == [photo_id] or photo_id not in self.model
        self.model.setdefault(photo_id, Model(form, form, tuple(tags.split(", ")) if tags else ()))
        return photo_id

    @rule(photo_id=photos, title=st.sampled_from(("Sea", "Land")), tags=tags, late=st.booleans())
    def edit(self, photo_id: str, title: str, tags: str, late: bool) -> None:
        """An edit is made unless another one was made since its version."""
        photo = self.model.get(photo_id)
        if photo is None or photo.deleted:
            with pytest.raises(PhotoNotFound):
                self.service.update(photo_id, 1, PhotoText(title=title, tags=tags))
            return
        now = self.service.get(photo_id)
        words = PhotoText(title=f"{title} {photo.edits}", tags=tags)
        version = now.version - late
        if version < photo.edited_version:
            with pytest.raises(EditConflict):
                self.service.update(photo_id, version, words)
            return
        edited = self.service.update(photo_id, version, words)
        self.model[photo_id] = replace(
            photo,
            title=words.title,
            tags=words.validated()["tags"],
            edits=photo.edits + 1,
            edited_version=edited.version,
        )

    @rule(photo_id=photos)
    def hide(self, photo_id: str) -> None:
        self._change(photo_id, PhotoState.HIDDEN)

    @rule(photo_id=photos)
    def show(self, photo_id: str) -> None:
        self._change(photo_id, PhotoState.PUBLIC)

    def _change(self, photo_id: str, state: PhotoState) -> None:
        photo = self.model.get(photo_id)
        if photo is None or photo.deleted:
            with pytest.raises(PhotoNotFound):
                self.service.hide(photo_id, Role.CONTRIBUTOR)
            return
        if state is PhotoState.HIDDEN:
            self.service.hide(photo_id, Role.CONTRIBUTOR)
        else:
            self.service.unhide(photo_id)
        self.model[photo_id] = replace(photo, state=state)

    @rule(photo_id=photos)
    def delete(self, photo_id: str) -> None:
        photo = self.model.get(photo_id)
        if photo is None:
            with pytest.raises(PhotoNotFound):
                self.service.delete(photo_id)
            return
        self.service.delete(photo_id)
        if photo.deleted is None:
            self.model[photo_id] = replace(
                photo, state=PhotoState.TRASHED, was=photo.state, deleted=self.time
            )

    @rule(photo_id=photos)
    def restore(self, photo_id: str) -> None:
        photo = self.model.get(photo_id)
        if photo is None:
            with pytest.raises(PhotoNotFound):
                self.service.restore(photo_id)
            return
        self.service.restore(photo_id)
        if photo.deleted:
            self.model[photo_id] = replace(photo, state=photo.was, deleted=None)

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        """Time goes by, and the trash is emptied."""
        self.time += timedelta(days=days)
        gone = [
            photo_id
            for photo_id, photo in self.model.items()
            if photo.deleted and photo.deleted + RETENTION < self.time
        ]
        assert self.service.purge() == len(gone)
        for photo_id in gone:
            del self.model[photo_id]

    @invariant()
    def every_page_shows_what_it_should(self) -> None:
        """The gallery, tag pages, tags and owner's page agree with the model, newest first."""
        public = {
            photo_id: photo
            for photo_id, photo in self.model.items()
            if photo.state is PhotoState.PUBLIC
        }
        assert self._shown(object_keys.PUBLIC_LISTING) == {
            photo_id: photo.title for photo_id, photo in public.items()
        }
        counts = {tag: sum(tag in photo.tags for photo in public.values()) for tag in TAGS}
        for tag in TAGS:
            assert self._shown(object_keys.tag_listing(tag)).keys() == {
                name for name in public if tag in public[name].tags
            }
        counted = self.tags.page("", 100).tags
        assert counted == tuple(TagCount(tag, counts[tag]) for tag in sorted(TAGS) if counts[tag])
        for tag, cover in self.tags.covers(counted).items():
            assert tag in public[cover.photo_id].tags
        kept = {
            photo_id
            for photo_id, photo in self.model.items()
            if photo.state is not PhotoState.TRASHED
        }
        assert self._shown(object_keys.owner_listing(OWNER)).keys() == kept
        assert self._archived() == {
            listing: sorted(
                (name for name in public if self._listing(name) == listing), reverse=True
            )
            for listing in (*YEARS, UNDATED_LISTING)
        }
        counted_months = {it.name: it.photos for it in self.service.usage(usage.MONTHS, 9)}
        assert sum(counted_months.values()) == len(public)

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


class WholeHistory(History):
    """A history that ends with an integrity check."""

    def teardown(self) -> None:
        try:
            assert (
                list(IntegrityCheck(self.backend, upload_grace=timedelta(0), sidecars=True)) == []
            )
        finally:
            super().teardown()


@pytest.mark.exhaustive("histories")
@pytest.mark.parametrize(("backend", "examples"), [("local", 30), ("aws", 8)])
def test_any_history_agrees_with_the_model(
    backend: str, examples: int, *, exhaustive: bool
) -> None:
    """After any history every page agrees with the model, and `check` finds nothing.

    A sampled run tries a quarter of the histories, half as long.
    """
    if not exhaustive:
        examples //= 4
    machine = type("OneBackend", (WholeHistory,), {"backend_name": backend})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25 if exhaustive else 12,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
