"""A changed credit or license is in the record, in the files, and in all that programs read.

Covers app.services.revisions.credit_writer, app.services.revisions.image_revisions.
"""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.albums.album_text import AlbumText
from app.domain.image.credit import KeepCredit
from app.domain.image.credit_choice import CreditChoice
from app.services.factory import Services
from app.services.ports import Backend
from app.web.bulk import photo_changes
from tests.backends import Backend as CheckedBackend
from tests.conftest import services_of
from tests.imaging.metadata.iptc.credited_files import jpeg_xmp, xmp
from tests.imaging.sample_files import encode_image, noise
from tests.sample_images import jpeg
from tests.services.test_photo_rotation import assert_settled
from tests.visitor import Visitor
from tests.web.edits.credit_edits import BEN, assert_agrees, edit, press, record, stated

NAMES = ("Anna", "Ben")

licenses = st.fixed_dictionaries(
    {
        "credit": st.sampled_from(("", "Anna", "김안나", "Carol <Creator> & Co")),
        "license": st.sampled_from(("none", "copyright", "cc0", "cc-by", "cc-by-nc-nd")),
    }
)
others = st.fixed_dictionaries(
    {
        "credit": st.sampled_from(("", "Anna")),
        "license": st.just("other"),
        "license_url": st.sampled_from(("https://example.org/l", "https://example.org/%EA%B0%80")),
    }
)
names_alone = st.fixed_dictionaries({"credit": st.sampled_from(("Dora", "Emil"))})
changes = st.lists(st.one_of(licenses, others, names_alone), min_size=1, max_size=4)


@settings(
    max_examples=4,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
@given(changes)
def test_after_any_edits_everything_states_the_credit_of_the_record(
    app_visitor: tuple[Visitor, CheckedBackend], edits: list[dict[str, str]]
) -> None:
    visitor, backend = app_visitor
    path = visitor.upload(jpeg_xmp(xmp(BEN)), title="Pier").location
    for typed in edits:
        photo = edit(visitor, path, title="Pier", **typed)
    assert_agrees(visitor, backend, photo)
    visitor.submit(f"{path}/delete")
    visitor.submit(f"{path}/purge")


@pytest.fixture
def app_visitor(visitor: Visitor, backend: CheckedBackend) -> tuple[Visitor, CheckedBackend]:
    return visitor, backend


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "TIFF"])
def test_the_files_of_every_format_follow(
    visitor: Visitor, backend: CheckedBackend, kind: str
) -> None:
    """The original has the same pixels, and the addresses of the images are others."""
    path = visitor.upload(encode_image(noise(700, 60), kind)).location
    before = record(visitor, path)
    pixels = backend.objects.get(before.stored_keys[-1])
    photo = edit(visitor, path, credit="Anna", license="cc-by")
    assert photo.revision == 1
    assert_agrees(visitor, backend, photo)
    bodies = [BytesIO(body) for body in (pixels, backend.objects.get(photo.stored_keys[-1]))]
    images = [Image.open(body).convert("RGB") for body in bodies]
    assert ImageChops.difference(*images).getbbox() is None


def test_a_hidden_photo_gets_a_license(visitor: Visitor, backend: CheckedBackend) -> None:
    """Its files stay private, and have the license when it is public again."""
    path = visitor.upload(jpeg(700, 400)).location
    press(visitor, path, "hide")
    photo = edit(visitor, path, credit="Anna", license="cc-by")
    assert_settled(backend, photo)
    assert stated(backend.objects.get(photo.stored_keys[-1])) == photo.credit
    folder = object_keys.folder(photo.photo_id, object_keys.PUBLIC_PREFIX)
    assert list(backend.objects.list(folder)) == []
    press(visitor, path, "unhide")
    assert_agrees(visitor, backend, record(visitor, path))


def test_albums_show_the_images_of_the_licensed_photo(visitor: Visitor, services: Services) -> None:
    """The cover of an album has the new addresses, too, on every page."""
    path = visitor.upload(jpeg(700, 400)).location
    before = record(visitor, path)
    album = services.albums.create(before.owner, AlbumText("Lake", ""))
    services.albums.add(album.album_id, before.photo_id)
    edit(visitor, path, credit="Anna", license="cc-by")
    for page in ("/", "/albums", "/albums/mine", f"/albums/{album.album_id}", path):
        text = visitor.get(page).text
        assert f"{before.photo_id}/640-1." in text, page
        assert f"{before.photo_id}/640." not in text, page


def test_a_change_of_many_photos_keeps_the_names(visitor: Visitor, backend: CheckedBackend) -> None:
    """Each photo gets the license, with its own name in the copyright notice."""
    photos = [
        record(visitor, visitor.upload(jpeg(700, 400), credit=name).location) for name in NAMES
    ]
    with visitor.app.test_request_context():
        changed = [
            photo_changes.set_license(photo, CreditChoice(license="cc-by")) for photo in photos
        ]
    for photo, name in zip(changed, NAMES, strict=True):
        assert photo.rights == f"© {photo.uploaded_at.year} {name} · CC BY 4.0"
        assert_settled(backend, photo)


def test_a_rotated_photo_keeps_its_changed_credit(
    visitor: Visitor, backend: CheckedBackend
) -> None:
    path = visitor.upload(jpeg_xmp(xmp(BEN))).location
    edit(visitor, path, credit="Anna")
    press(visitor, path, "rotate", direction="right", revision="1")
    photo = record(visitor, path)
    assert photo.revision == 2
    assert_settled(backend, photo)
    assert photo.credit_in_files
    assert stated(backend.objects.get(photo.stored_keys[-1])) == photo.credit


def test_an_edit_that_leaves_the_files_as_they_are_keeps_their_addresses(
    visitor: Visitor, backend: CheckedBackend
) -> None:
    """So does a name without a license, which no file states, and the same license again."""
    path = visitor.upload(jpeg(700, 400)).location
    assert edit(visitor, path, credit="Anna").revision == 0
    assert edit(visitor, path, credit="Ben", license="none").revision == 0
    assert edit(visitor, path, credit="Ben", license="cc-by").revision == 1
    photo = edit(visitor, path, title="Pier", credit="Ben", license="cc-by")
    assert photo.revision == 1
    assert edit(visitor, path, title="Pier", credit="Ben", license="cc-by") == photo
    assert_agrees(visitor, backend, photo)


@pytest.mark.parametrize("keep", KeepCredit)
def test_files_follow_the_setting(config: Config, backend: Backend, keep: KeepCredit) -> None:
    """With `no` an edit changes no file, with `all` a name alone is in the files too."""
    site = replace(config, keep_credit=keep)
    visitor = Visitor(create_app(site, services_of(backend, site)))
    path = visitor.upload(jpeg(700, 400)).location
    named = edit(visitor, path, credit="Anna")
    assert named.credit_in_files is (keep is KeepCredit.ALL)
    licensed = edit(visitor, path, credit="Anna", license="cc-by")
    assert licensed.credit_in_files is (keep is not KeepCredit.NO)
    assert (licensed.revision == 0) is (keep is KeepCredit.NO)
    in_file = stated(backend.objects.get(licensed.stored_keys[-1]))
    assert in_file == (licensed.credit if licensed.credit_in_files else None)
