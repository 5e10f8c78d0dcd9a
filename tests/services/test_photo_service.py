"""The promises of the library, broken on purpose."""

from collections.abc import Callable
from io import BytesIO

import pytest

from app.domain import object_keys
from app.domain.errors import EditConflict, PhotoNotFound, StorageUnavailable
from app.domain.photo import Hider, Photo, State
from app.domain.upload import Upload, Words
from app.maintenance import Check, stale_records
from app.services.photo_service import PhotoLibrary
from tests.backends import Home
from tests.sample_images import jpeg


def upload(body: bytes | None = None, *, upload_id: str = "form", tags: str = "sea") -> Upload:
    words = Words(title="Dusk", tags=tags)
    return Upload(file=BytesIO(body or jpeg()), filename="a.jpg", words=words, owner="me", upload_id=upload_id)


def nth_call_fails(monkeypatch: pytest.MonkeyPatch, part: object, name: str, n: int, *, after: bool = False) -> None:
    """Make the nth call of a method fail: before it takes effect, or after, as when its answer is lost."""
    real: Callable[..., object] = getattr(part, name)
    calls = 0

    def call(*args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        answer = real(*args, **options) if calls != n or after else None
        if calls == n:
            raise StorageUnavailable("injected")
        return answer

    monkeypatch.setattr(part, name, call)


@pytest.mark.parametrize("n", range(1, 6))
def test_a_failed_put_takes_everything_back(
    library: PhotoLibrary, home: Home, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    """Whichever object cannot be put, no object and no item is left, and the same form then works."""
    body = jpeg(1400, 1000)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, library.objects, "put", n)
        with pytest.raises(StorageUnavailable):
            library.publish(upload(body))
    assert list(home.objects.list("")) == []
    assert list(home.catalog.photos()) == []
    library.publish(upload(body))
    assert list(Check(library)) == []


def test_the_record_comes_after_the_objects_it_speaks_of(
    library: PhotoLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the record is put, and when the photo is listed, every object is there already."""
    real_put, real_publish = library.objects.put, library.catalog.publish
    seen: list[str] = []

    def put(key: str, body: bytes) -> None:
        if key.startswith(object_keys.RECORD_PREFIX):
            assert len(list(library.objects.list(object_keys.PUBLIC_PREFIX))) == 5
            seen.append("record")
        real_put(key, body)

    def publish(photo: Photo) -> None:
        assert library.objects.exists(object_keys.record(photo.photo_id))
        seen.append("listing")
        real_publish(photo)

    monkeypatch.setattr(library.objects, "put", put)
    monkeypatch.setattr(library.catalog, "publish", publish)
    library.publish(upload(jpeg(1400, 1000)))
    assert seen == ["record", "listing"]


def test_a_failed_transaction_takes_everything_back(
    library: PhotoLibrary, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the record cannot be written its objects are taken back."""
    nth_call_fails(monkeypatch, library.catalog, "publish", 1)
    with pytest.raises(StorageUnavailable):
        library.publish(upload())
    assert list(home.objects.list("")) == []


def test_a_lost_answer_loses_no_photo(library: PhotoLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the transaction took effect but its answer was lost, the photo stays whole."""
    nth_call_fails(monkeypatch, library.catalog, "publish", 1, after=True)
    photo = library.publish(upload()).photo
    assert library.get(photo.photo_id) == photo
    assert list(Check(library)) == []


def test_when_the_catalog_cannot_tell_the_objects_stay(
    library: PhotoLibrary, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is unknown whether the photo is listed, its objects stay: an orphan can be found, a hole not."""
    with monkeypatch.context() as broken:
        nth_call_fails(broken, library.catalog, "publish", 1, after=True)
        nth_call_fails(broken, library.catalog, "get", 1)
        with pytest.raises(StorageUnavailable):
            library.publish(upload())
    (photo,) = home.catalog.photos()
    assert all(home.objects.exists(key) for key in photo.object_keys)


def test_the_record_says_what_the_catalog_says(library: PhotoLibrary, home: Home) -> None:
    """The sidecar follows publish, edit, hiding, deletion and restoration."""
    photo_id = library.publish(upload()).photo.photo_id
    for change in (
        lambda: library.revise(photo_id, 1, Words(title="New")),
        lambda: library.hide(photo_id, Hider.KEEPER),
        lambda: library.show(photo_id, 3),
        lambda: library.withdraw(photo_id),
        lambda: library.restore(photo_id),
    ):
        change()
        assert list(stale_records(library, home.catalog.photos())) == []


def test_a_stale_record_is_named(library: PhotoLibrary, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit whose sidecar could not be written is kept, and check names the sidecar."""
    photo_id = library.publish(upload()).photo.photo_id
    with monkeypatch.context() as broken:
        nth_call_fails(broken, library.objects, "put", 1)
        library.revise(photo_id, 1, Words(title="New"))
    assert library.get(photo_id).title == "New"
    assert [finding.what for finding in stale_records(library, home.catalog.photos())] == [object_keys.record(photo_id)]


def test_an_edit_from_an_old_version_changes_nothing(library: PhotoLibrary) -> None:
    """A revision that began from a version no longer current is a conflict."""
    photo_id = library.publish(upload()).photo.photo_id
    library.revise(photo_id, 1, Words(title="First", tags="sky"))
    with pytest.raises(EditConflict):
        library.revise(photo_id, 1, Words(title="Second", tags="hill"))
    assert library.get(photo_id).title == "First"
    assert list(Check(library)) == []


def test_an_edit_from_a_version_that_is_yet_to_come_changes_nothing(
    library: PhotoLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form with a forged version is a conflict, even when the photo reaches that version meanwhile."""
    photo_id = library.publish(upload()).photo.photo_id
    read = library.get(photo_id)
    library.hide(photo_id, Hider.CONTRIBUTOR)
    with monkeypatch.context() as just_before:
        just_before.setattr(library, "get", lambda _: read)
        with pytest.raises(EditConflict):
            library.revise(photo_id, read.version + 1, Words(title="Early"))
    assert library.get(photo_id).state is State.HIDDEN
    assert list(Check(library)) == []


def test_hiding_that_fails_hides_nothing(library: PhotoLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the transaction cannot be written the photo stays listed, whole, and hiding it again hides it."""
    photo_id = library.publish(upload()).photo.photo_id
    with monkeypatch.context() as broken:
        nth_call_fails(broken, library.catalog, "revise", 1)
        with pytest.raises(StorageUnavailable):
            library.hide(photo_id, Hider.CONTRIBUTOR)
    assert [card.photo_id for card in library.page(object_keys.ALL, 5).cards] == [photo_id]
    library.hide(photo_id, Hider.CONTRIBUTOR)
    assert library.page(object_keys.ALL, 5).cards == ()
    assert list(Check(library)) == []


def test_a_hidden_photo_is_not_shown_by_an_old_page(library: PhotoLibrary) -> None:
    """Showing what somebody has hidden anew since is a conflict, and the photo stays hidden."""
    photo_id = library.publish(upload()).photo.photo_id
    seen = library.hide(photo_id, Hider.CONTRIBUTOR)
    library.hide(photo_id, Hider.KEEPER)
    with pytest.raises(EditConflict):
        library.show(photo_id, seen.version)
    assert library.get(photo_id).state is State.HIDDEN


def test_tags_are_added_to_whatever_there_is(library: PhotoLibrary) -> None:
    """Adding and removing tags keeps the others and their order; a tag that is both is added."""
    photo_id = library.publish(upload(tags="sea, sand, dusk")).photo.photo_id
    assert library.retag(photo_id, ("hill", "sand"), ("sand", "dusk")).tags == ("sea", "hill", "sand")
    assert library.page(object_keys.tag_feed("dusk"), 5).cards == ()
    assert list(Check(library)) == []
    assert list(stale_records(library, library.catalog.photos())) == []


def test_an_edit_leaves_a_hidden_photo_hidden(library: PhotoLibrary) -> None:
    """New words for a hidden photo list it nowhere, and showing it lists it by them."""
    photo_id = library.publish(upload()).photo.photo_id
    hidden = library.hide(photo_id, Hider.CONTRIBUTOR)
    revised = library.revise(photo_id, hidden.version, Words(title="Dawn", tags="hill"))
    assert library.page(object_keys.tag_feed("hill"), 5).cards == ()
    library.show(photo_id, revised.version)
    assert [card.title for card in library.page(object_keys.tag_feed("hill"), 5).cards] == ["Dawn"]
    assert list(Check(library)) == []


@pytest.mark.parametrize("method", ["copy", "put", "delete"])
def test_a_deletion_broken_off_can_be_finished(
    library: PhotoLibrary, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Wherever deleting stops, the photo is unlisted, check names what is left, and deleting again finishes it."""
    photo = library.publish(upload()).photo
    with monkeypatch.context() as broken:
        nth_call_fails(broken, library.objects, method, 1)
        with pytest.raises(StorageUnavailable):
            library.withdraw(photo.photo_id)
    assert library.page(object_keys.ALL, 10).cards == ()
    assert list(Check(library)) != []
    library.withdraw(photo.photo_id)
    assert list(Check(library)) == []
    assert not any(library.objects.exists(key) for key in photo.object_keys)


def test_the_trash_is_emptied_after_thirty_days(library: PhotoLibrary, home: Home) -> None:
    """What was deleted 30 days ago is gone for good, what was deleted since is not."""
    old, recent = (library.publish(upload(upload_id=form)).photo.photo_id for form in ("one", "two"))
    for photo_id in (old, recent):
        library.withdraw(photo_id)
    trashed = home.catalog.get(old)
    home.catalog.revise(trashed, trashed.revised(expires_at=1_000_000_000))
    assert library.purge() == 1
    with pytest.raises(PhotoNotFound):
        library.restore(old)
    assert not list(home.objects.list(f"trash/{old}"))
    assert library.restore(recent).state is State.PUBLIC


def test_a_photo_restored_while_the_trash_is_emptied_stays(
    library: PhotoLibrary, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever restores a photo at the last moment keeps it whole."""
    photo = library.publish(upload()).photo
    trashed = library.withdraw(photo.photo_id)
    expired = trashed.revised(expires_at=1_000_000_000)
    home.catalog.revise(trashed, expired)
    monkeypatch.setattr(home.catalog, "expired", lambda _now: [expired])
    library.restore(photo.photo_id)
    assert library.purge() == 0
    assert all(home.objects.exists(key) for key in photo.object_keys)


def test_check_names_what_is_wrong(library: PhotoLibrary, home: Home) -> None:
    """A lost object, an orphan, a listing of no photo and a wrong tag count are each named."""
    lost, unlisted = (library.publish(upload(upload_id=form)).photo for form in ("one", "two"))
    home.objects.delete([lost.object_keys[0]])
    orphan = "photos/01ARZ3NDEKTSV4RRFFQ69G5FAV/320.jpg"
    home.objects.put(orphan, b"x")
    home.catalog.revise(unlisted, forgotten := unlisted.revised(state=State.TRASHED, expires_at=1))
    home.catalog.forget(forgotten)
    found = {(finding.kind, finding.what) for finding in Check(library)}
    assert ("missing object", lost.object_keys[0]) in found
    assert ("object without photo", orphan) in found
    assert not [what for kind, what in found if kind in {"listing drift", "tag count"}]


def test_a_photo_is_read_from_the_catalog_by_a_proper_id_alone(library: PhotoLibrary) -> None:
    """What is no photo id is not looked up."""
    for wrong in ("", "#tags", "../x"):
        with pytest.raises(PhotoNotFound):
            library.get(wrong)
