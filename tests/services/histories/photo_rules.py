"""The steps of a history, and the state that they lead to."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from app.domain.albums.album import AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.errors import AwaitingReview, DeletedByReviewer, EditConflict, PhotoNotFound
from app.domain.file_sizes import MB
from app.domain.photo_summary import Role
from app.domain.upload import PhotoText
from app.domain.usage import RETENTION
from app.services.factory import build_services
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import aws_backend, local_backend
from tests.maintenance.conftest import OWNER, prepared, upload
from tests.services.histories.photo_model import TAGS, Model

tags = st.lists(st.sampled_from(TAGS), unique=True, max_size=3).map(", ".join)
forms = st.sampled_from(("one form", "another form", "a third"))


class PhotoRules(RuleBasedStateMachine):
    """People add, edit, hide, review, list, delete and restore photos while days go by."""

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
        self.reviews = services.reviews
        self.albums = services.albums
        self.links = services.album_links
        party = AlbumText("Party", "")
        self.album = self.albums.create(OWNER, party, visibility=AlbumVisibility.UNLISTED)
        self.is_open = True
        self.model: dict[str, Model] = {}

    def teardown(self) -> None:
        if isinstance(self.backend.catalog, SqliteCatalog):
            self.backend.catalog.close()
        self.stack.close()

    @rule(
        target=photos,
        form=forms,
        tags=tags,
        awaiting_review=st.booleans(),
        unlisted=st.booleans(),
    )
    def add(self, form: str, tags: str, awaiting_review: bool, unlisted: bool) -> str:
        """A form makes one photo of the album for as long as that is not deleted."""
        made = [
            photo_id
            for photo_id, photo in self.model.items()
            if photo.form == form and photo.deleted is None
        ]
        request = replace(
            upload(form, title=form, tags=tags),
            albums=(self.albums.new_membership(self.album),),
            awaiting_review=awaiting_review,
            unlisted=unlisted,
        )
        photo = self.uploads.publish(request).photo
        self.links.follow(self.album, [photo])
        photo_id = photo.photo_id
        assert made == [photo_id] or photo_id not in self.model
        words = tuple(tags.split(", ")) if tags else ()
        new = Model(form, form, words, awaits_review=awaiting_review, is_unlisted=unlisted)
        self.model.setdefault(photo_id, new)
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
        hide = partial(self.service.hide, by=Role.CONTRIBUTOR)
        self._change(photo_id, hide, is_hidden=True)

    @rule(photo_id=photos)
    def show(self, photo_id: str) -> None:
        self._change(photo_id, self.service.unhide, is_hidden=False)

    @rule(photo_id=photos)
    def approve(self, photo_id: str) -> None:
        self._change(photo_id, self.reviews.approve, awaits_review=False)

    @rule(photo_id=photos)
    def list_publicly(self, photo_id: str) -> None:
        """A photo that waits for review is not listed, and stays as it is."""
        photo = self.model.get(photo_id)
        if photo and photo.awaits_review and not photo.deleted:
            with pytest.raises(AwaitingReview):
                self.reviews.list_publicly(photo_id)
            return
        self._change(photo_id, self.reviews.list_publicly, is_unlisted=False)

    @rule(opens=st.booleans())
    def change_link(self, opens: bool) -> None:
        """The link of the album ends, or opens again."""
        album = self.albums.get(self.album.album_id)
        if opens:
            self.links.end_at(album, None)
        else:
            self.links.end_now(album)
        self.links.settle_due()
        self.is_open = opens

    def _change(self, photo_id: str, change: Callable[[str], object], **expected: bool) -> None:
        photo = self.model.get(photo_id)
        if photo is None or photo.deleted:
            with pytest.raises(PhotoNotFound):
                change(photo_id)
            return
        change(photo_id)
        self.model[photo_id] = replace(photo, **expected)

    @rule(photo_id=photos)
    def refuse(self, photo_id: str) -> None:
        """Only a photo that waits can be refused, also one that its owner has deleted."""
        photo = self.model.get(photo_id)
        if photo is None or not photo.awaits_review:
            with pytest.raises(PhotoNotFound):
                self.reviews.refuse(photo_id, Role.REVIEWER)
            return
        self.reviews.refuse(photo_id, Role.REVIEWER)
        self.model[photo_id] = replace(photo, deleted=photo.deleted or self.time, is_refused=True)

    @rule(photo_id=photos)
    def delete(self, photo_id: str) -> None:
        photo = self.model.get(photo_id)
        if photo is None:
            with pytest.raises(PhotoNotFound):
                self.service.delete(photo_id)
            return
        self.service.delete(photo_id)
        self.model[photo_id] = replace(
            photo, deleted=photo.deleted or self.time, owner_deleted=True
        )

    @rule(photo_id=photos)
    def restore(self, photo_id: str) -> None:
        photo = self.model.get(photo_id)
        if photo is None:
            with pytest.raises(PhotoNotFound):
                self.service.restore(photo_id)
            return
        if photo.is_refused:
            with pytest.raises(DeletedByReviewer):
                self.service.restore(photo_id)
        self.service.restore(photo_id, Role.REVIEWER)
        if photo.is_refused and photo.owner_deleted:  # the owner's decision stays
            self.model[photo_id] = replace(photo, is_refused=False)
            return
        self.model[photo_id] = replace(photo, deleted=None, is_refused=False, owner_deleted=False)

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
