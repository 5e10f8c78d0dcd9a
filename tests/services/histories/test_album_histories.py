"""Compare random histories of albums with a model, on both backends.

The photos change by the rules of `photo_rules`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, precondition, rule, run_state_machine_as_test

from app.domain.albums.album import AlbumOrder, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.errors import AlbumNotFound, InvalidText, PhotoNotFound
from app.domain.file_sizes import MB
from app.domain.photo_summary import PhotoState
from app.maintenance import IntegrityCheck, Repair
from app.services.factory import build_services
from tests.maintenance.conftest import OWNER, prepared
from tests.services.histories.photo_history import History

PUBLIC = AlbumVisibility.PUBLIC
MAX_ALBUMS = 3  # the photos can be in all of them


@dataclass
class AlbumModel:
    """The expected state of an album: the ids of its photos, in the order in which they came."""

    title: str
    visibility: AlbumVisibility = PUBLIC
    order: AlbumOrder = AlbumOrder.TAKEN
    photos: list[str] = field(default_factory=list)
    cover: str = ""


class AlbumHistory(History):
    """People make, change and delete albums as well."""

    photos = History.photos
    albums = Bundle("albums")

    def __init__(self) -> None:
        super().__init__()
        services = build_services(
            self.backend, prepared, max_file_bytes=MB, now=self._tick, max_parallel_uploads=1
        )
        self.album_service = services.albums
        self.album_models: dict[str, AlbumModel] = {}

    def _tick(self) -> datetime:
        """Return a later time at each call, so that photos have an order."""
        self.time += timedelta(seconds=1)
        return self.time

    @precondition(lambda self: len(self.album_models) < MAX_ALBUMS)
    @rule(target=albums, order=st.sampled_from(list(AlbumOrder)))
    def make_album(self, order: AlbumOrder) -> str:
        album = self.album_service.create(OWNER, AlbumText("Lake", ""), order=order)
        self.album_models[album.album_id] = AlbumModel("Lake", order=order)
        return album.album_id

    @rule(album_id=albums, photo_id=photos)
    def add_to_album(self, album_id: str, photo_id: str) -> None:
        """The first photo that is shown is the cover.

        A photo in the trash is not added, nor one that waits for review in another album.
        """
        album, photo = self.album_models.get(album_id), self.model.get(photo_id)
        if album is None or photo is None or photo.deleted:
            with pytest.raises((AlbumNotFound, PhotoNotFound)):
                self.album_service.add(album_id, photo_id)
            return
        # Every photo is in the album of the other rules from the beginning.
        if photo.awaits_review and photo_id not in album.photos:
            with pytest.raises(InvalidText):
                self.album_service.add(album_id, photo_id)
            return
        self.album_service.add(album_id, photo_id)
        if photo_id not in album.photos:
            album.photos.append(photo_id)
        if not album.cover and photo.state.is_in_albums:
            album.cover = photo_id

    @rule(album_id=albums, photo_id=photos)
    def remove_from_album(self, album_id: str, photo_id: str) -> None:
        album = self.album_models.get(album_id)
        if album is None or photo_id not in self.model:
            return
        self.album_service.remove(album_id, photo_id)
        if photo_id in album.photos:
            album.photos.remove(photo_id)
        if album.cover == photo_id:
            album.cover = ""

    @rule(album_id=albums, photo_id=photos)
    def choose_cover(self, album_id: str, photo_id: str) -> None:
        album = self.album_models.get(album_id)
        if album is None or photo_id not in album.photos:
            return
        record = self.album_service.get(album_id)
        if not self._is_shown(photo_id):
            with pytest.raises(PhotoNotFound):
                self.album_service.choose_cover(record, photo_id)
            return
        self.album_service.choose_cover(record, photo_id)
        album.cover = photo_id

    @rule(album_id=albums, visibility=st.sampled_from(list(AlbumVisibility)))
    def change_visibility(self, album_id: str, visibility: AlbumVisibility) -> None:
        album = self.album_models.get(album_id)
        if album is None:
            return
        current = self.album_service.get(album_id)
        text = AlbumText("Sea", "")
        self.album_service.update(current, current.version, text, visibility=visibility)
        self.album_models[album_id] = replace(album, title="Sea", visibility=visibility)

    @rule(album_id=albums, leave=st.booleans())
    def delete_album(self, album_id: str, leave: bool) -> None:
        """Its photos leave it, or a repair removes them later."""
        album = self.album_models.pop(album_id, None)
        if album is None:
            return
        self.album_service.delete(self.album_service.get(album_id))
        if leave:
            for photo_id in album.photos:
                self.album_service.remove(album_id, photo_id)
        else:
            self._repair()

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        """The first photo replaces a cover that is deleted permanently."""
        super().wait(days)
        for album in self.album_models.values():
            album.photos = [photo_id for photo_id in album.photos if photo_id in self.model]
        lost = [
            album_id
            for album_id, it in self.album_models.items()
            if it.cover not in ("", *it.photos)
        ]
        for album_id in lost:
            shown = self._page(album_id)
            self.album_models[album_id].cover = shown[0] if shown else ""

    def _repair(self) -> None:
        self.change_link(opens=True)  # the check knows the time of this computer alone
        check = IntegrityCheck(self.backend, upload_grace=timedelta(0), sidecars=True)
        assert [problem for action in Repair(check) if (problem := action.run())] == []

    @invariant()
    def albums_show_what_they_should(self) -> None:
        """Each album has the photos that it shows in order; its cover follows its photo."""
        for album_id, album in self.album_models.items():
            record = self.album_service.get(album_id)
            expected = (album.title, album.visibility, album.cover)
            assert (record.title, record.visibility, record.cover) == expected
            visible = [photo_id for photo_id in album.photos if self._is_shown(photo_id)]
            assert self._page(album_id) == self._in_order(album, visible)
        public = self.album_service.public(9).tiles
        shown = {tile.album.album_id: tile.cover and tile.cover.photo_id for tile in public}
        assert shown == {
            album_id: album.cover if self._is_public(album.cover) else None
            for album_id, album in self.album_models.items()
            if album.visibility is PUBLIC
        }

    def _is_public(self, photo_id: str) -> bool:
        photo = self.model.get(photo_id)
        return photo is not None and photo.state is PhotoState.PUBLIC

    def _is_shown(self, photo_id: str) -> bool:
        photo = self.model.get(photo_id)
        return photo is not None and photo.state.is_in_albums

    def _page(self, album_id: str) -> list[str]:
        return [photo.photo_id for photo in self.album_service.page(album_id, 99).summaries]

    def _in_order(self, album: AlbumModel, photo_ids: list[str]) -> list[str]:
        if album.order is not AlbumOrder.TAKEN:
            return photo_ids

        def key(photo_id: str) -> tuple[str, str]:
            photo = self.service.get(photo_id)
            dated_at = photo.taken_at or photo.uploaded_at
            return f"{dated_at:%Y%m%d%H%M%S}", photo_id

        return sorted(photo_ids, key=key)

    def teardown(self) -> None:
        self.change_link(opens=True)  # as in `_repair`
        try:
            check = IntegrityCheck(self.backend, upload_grace=timedelta(0), sidecars=True)
            assert list(check) == []
        finally:
            super().teardown()


@pytest.mark.exhaustive("histories of albums")
@pytest.mark.parametrize(("backend", "examples"), [("local", 24), ("aws", 4)])
def test_any_history_of_albums_agrees_with_the_model(
    backend: str, examples: int, *, exhaustive: bool
) -> None:
    """After any history the albums agree with the model, and `check` finds nothing."""
    machine = type("OneBackend", (AlbumHistory,), {"backend_name": backend})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples if exhaustive else examples // 4,
            stateful_step_count=30 if exhaustive else 15,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
