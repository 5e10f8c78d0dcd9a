"""After the link of an unlisted album has ended, no answer gives a stranger a byte of it.

The addresses are those of `private_photos.addresses`, which names every route that answers GET.
"""

import pytest

from app.domain import object_keys
from app.services.factory import Services
from tests.abuse.ended_links.closed_album import assert_closed, files_of, let_time_pass
from tests.abuse.private_photos.scene import PENDING, UNLISTED, Scene
from tests.backends import Backend
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("counts_in_memory")


@pytest.mark.parametrize("by_clock", [False, True])
def test_after_the_link_ends_a_stranger_gets_no_byte_of_the_album(
    backend: Backend, services: Services, scene: Scene, stranger: Visitor, by_clock: bool
) -> None:
    """Neither a page, nor a file whose address is known, a feed, a ZIP file or JSON."""
    files = files_of(scene, stranger)
    keys = scene.photos[UNLISTED].object_keys
    assert all(map(backend.objects.exists, keys))
    if by_clock:
        let_time_pass(backend, services, scene)
        assert_closed(scene, stranger)  # before any object has moved
    else:
        services.album_links.end_now(services.albums.get(scene.album.album_id))
    assert services.album_links.settle_due() == 1
    assert_closed(scene, stranger)
    assert not any(map(backend.objects.exists, keys))
    public = {object_keys.photo_id_of(each.key) for each in backend.objects.list("photos/")}
    assert public.isdisjoint({scene.photos[name].photo_id for name in (UNLISTED, PENDING)})
    if backend.name == "local":
        answers = [stranger.get(url.removeprefix("http://localhost")) for url in files]
        assert {answer.status_code for answer in answers} == {404}


def test_an_album_that_opens_again_has_new_addresses_of_its_files(
    backend: Backend, services: Services, scene: Scene, stranger: Visitor
) -> None:
    """Who kept an earlier address of a file gets nothing."""
    earlier = set(files_of(scene, stranger))
    services.album_links.end_now(services.albums.get(scene.album.album_id))
    services.album_links.settle_due()
    services.album_links.end_at(services.albums.get(scene.album.album_id), None)
    services.album_links.settle_due()
    later = set(files_of(scene, stranger))
    assert len(later) == len(earlier)
    assert later.isdisjoint(earlier)
    assert not any(map(backend.objects.exists, scene.photos[UNLISTED].object_keys))
    current = backend.catalog.get(scene.photos[UNLISTED].photo_id)
    assert all(map(backend.objects.exists, current.stored_keys))
