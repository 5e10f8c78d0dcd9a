"""A changed credit or license is in the record, in the files, and in all that programs read.

Covers app.services.revisions.credit_writer, app.services.revisions.image_revisions.
"""

import json
import re
from dataclasses import asdict, replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.albums.album_text import AlbumText
from app.domain.image.credit import Credit, KeepCredit
from app.domain.image.credit_choice import CreditChoice
from app.domain.photo import Photo
from app.imaging.metadata import remove_metadata
from app.imaging.metadata.iptc.kept import KeepRules
from app.services.factory import Services
from app.services.ports import Backend
from app.web.bulk import photo_changes
from app.web.context import app_context
from tests.backends import Backend as CheckedBackend
from tests.conftest import services_of
from tests.imaging.metadata.iptc.credited_files import jpeg_xmp, xmp
from tests.imaging.sample_files import encode_image, noise
from tests.sample_images import jpeg
from tests.services.test_photo_rotation import assert_settled
from tests.visitor import JSON, Visitor
from tests.web.downloads.test_zip_files import files_in

BEN = Credit(creator="Ben", copyright_notice="© 2020 Ben", license_url="https://example.org/l")
NAMES = ("Anna", "Ben")
ALL = KeepRules(credit=KeepCredit.ALL)

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


def record(visitor: Visitor, path: str) -> Photo:
    photo_id = path.rpartition("/")[2]
    services: Services = visitor.app.extensions["shoebox"].services
    return services.photos.get(photo_id)


def edit(visitor: Visitor, path: str, **typed: str) -> Photo:
    answer = visitor.submit(f"{path}/edit", **typed)
    assert answer.status_code == 303, answer.text
    return record(visitor, path)


def press(visitor: Visitor, path: str, verb: str, **typed: str) -> None:
    """Press a button on the page of a photo."""
    fields = {"csrf_token": visitor.fields(path)["csrf_token"]}
    assert visitor.post(f"{path}/{verb}", fields | typed).status_code == 303


def stated(body: bytes) -> Credit | None:
    """Return the credit in a file."""
    return remove_metadata(body, ALL).kept.credit


def assert_agrees(visitor: Visitor, backend: CheckedBackend, photo: Photo) -> None:
    """The files, the pages and the documents state the credit of the record, and no other one."""
    assert_settled(backend, photo)
    in_files = photo.credit if photo.credit and photo.credit.states_rights else None
    assert photo.credit_in_files is (in_files is not None)
    widths = (*sorted(photo.widths), *sorted(photo.avif_widths), photo.width)
    for key, width in zip(photo.stored_keys, widths, strict=True):
        assert stated(backend.objects.get(key)) == (in_files if width >= 640 else None), key
    path = f"/photos/{photo.photo_id}"
    described = visitor.get(path, headers=JSON).json["photo"]
    assert described["rights"] == (photo.rights or "")
    assert described["original_url"].endswith(object_keys.name_of(photo.stored_keys[-1]))
    (listed,) = visitor.get("/", headers=JSON).json["photos"]
    assert listed["rights"] == described["rights"]
    assert listed["renditions"] == described["renditions"]
    linked = _json_ld(visitor.get(path).text)
    assert linked.get("license") == described["license_url"]
    assert linked.get("copyrightNotice") == (photo.credit and photo.credit.copyright_notice)
    assert_zip_agrees(visitor, backend, photo)


def assert_zip_agrees(visitor: Visitor, backend: CheckedBackend, photo: Photo) -> None:
    files = files_in(visitor.get(f"/download.zip?photo={photo.photo_id}"))
    (facts,) = json.loads(files["photos.json"])["photos"]
    credit = asdict(photo.credit) if photo.credit else {}
    assert facts["credit"] == {name: value for name, value in credit.items() if value}
    assert facts["rights"] == photo.rights
    assert files[facts["file"]] == backend.objects.get(photo.stored_keys[-1])


def _json_ld(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    described: dict[str, Any] = json.loads(found[1])
    return described


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


def test_a_deleted_photo_gets_no_license(visitor: Visitor) -> None:
    path = visitor.upload(jpeg(700, 400)).location
    fields = visitor.fields(f"{path}/edit")
    visitor.submit(f"{path}/delete")
    answer = visitor.post(f"{path}/edit", fields | {"license": "cc-by"})
    assert answer.status_code == 404


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


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"credit": "x" * 101}, "too long"),
        ({"credit": "a" * 1_000_000}, "too long"),
        ({"credit": "anna@example.org"}, "e-mail"),
        ({"license": "beer"}, "Choose one of the licenses"),
        ({"license": "other"}, "Enter the address"),
        ({"license": "other", "license_url": "javascript:alert(1)"}, "Enter the address"),
        ({"license": "other", "license_url": "https://a:b@example.org/"}, "Enter the address"),
        ({"license": "other", "license_url": "https://x.org/" + "y" * 200}, "Enter the address"),
    ],
)
def test_an_invalid_credit_changes_nothing(
    visitor: Visitor, backend: CheckedBackend, typed: dict[str, str], text: str
) -> None:
    """The form says why and keeps the typed text."""
    path = visitor.upload(jpeg_xmp(xmp(BEN))).location
    before = record(visitor, path)
    answer = visitor.submit(f"{path}/edit", title="New", **typed)
    assert answer.status_code in (413, 422)
    if answer.status_code == 422:
        assert text in answer.text
        assert 'value="New"' in answer.text
    assert record(visitor, path) == before
    assert_settled(backend, before)


def test_only_changes_of_the_credit_count_as_decoding(config: Config, backend: Backend) -> None:
    """An image worker writes them into the files. A title can be changed in any case."""
    site = replace(config, decode_rate_limit="1 per minute")
    app = create_app(site, services_of(backend, site))
    visitor = Visitor(app)
    path = visitor.upload(jpeg(700, 400), credit="Anna", license="cc-by").location
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        app_context().rate_limits.count_decoding(60.0)
    same = {"credit": "Anna", "license": "cc-by", "license_url": ""}
    assert visitor.submit(f"{path}/edit", title="Pier", **same).status_code == 303
    refused = visitor.submit(f"{path}/edit", title="Mole", **same | {"license": "cc0"})
    assert refused.status_code == 429
    assert "Mole" in refused.text
    assert record(visitor, path).title == "Pier"


def test_a_conflict_shows_the_credit_that_was_saved(visitor: Visitor) -> None:
    """The form keeps the own license, which a second attempt saves."""
    path = visitor.upload(jpeg(700, 400)).location
    stale = visitor.fields(f"{path}/edit")
    edit(visitor, path, credit="Anna", license="cc-by")
    mine = {"credit": "Ben", "license": "cc0"}
    answer = visitor.post(f"{path}/edit", stale | mine)
    assert answer.status_code == 409
    assert "Anna · CC BY 4.0" in answer.text
    assert '<option selected value="cc0">' in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version
    assert visitor.post(f"{path}/edit", stale | mine | {"version": version[1]}).status_code == 303
    credit = record(visitor, path).credit
    assert credit
    assert credit.creator == "Ben"


def test_a_form_that_is_sent_twice_changes_the_files_once(
    visitor: Visitor, backend: CheckedBackend
) -> None:
    path = visitor.upload(jpeg(700, 400)).location
    fields = visitor.fields(f"{path}/edit") | {"credit": "Anna", "license": "cc-by"}
    answers = [visitor.post(f"{path}/edit", fields).status_code for _ in range(2)]
    assert answers == [303, 303]
    photo = record(visitor, path)
    assert photo.revision == 1
    assert_agrees(visitor, backend, photo)
