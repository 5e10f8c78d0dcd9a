"""The page of one photo: editing, hiding, deleting, restoring."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageOps

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.imaging.pillow_options import register_heif
from app.imaging.privacy_scan import find_private_metadata
from app.services.factory import Services
from app.services.photo_service import PhotoService
from app.web.rendering.photo_urls import MAX_SHOWN_ORIGINAL
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.sample_images import jpeg, picture
from tests.sample_photos import make_photo
from tests.visitor import Visitor

EDITED = {"title": "New title", "description": "New words", "tags": "new, tag", "alt": "New alt"}


def test_page_shows_the_photo_and_its_texts(visitor: Visitor) -> None:
    """Title, description, tags, dates and the download of the original are on the page."""
    photo_id = visitor.add(title="Dusk", description="First line\nSecond line", tags="바다, sea")
    page = visitor.get(f"/photos/{photo_id}").text
    for text in ("Dusk", "First line\nSecond line", "바다", "<time", "original.jpg", "160"):
        assert text in page


def test_page_links_to_its_neighbors(visitor: Visitor) -> None:
    """The next newer and the next older photo are linked."""
    oldest, middle, newest = (visitor.add() for _ in range(3))
    page = visitor.get(f"/photos/{middle}").text
    assert f"/photos/{newest}" in page
    assert f"/photos/{oldest}" in page


def test_actions_are_in_a_menu_beside_the_title(
    config: Config, services: Services, app: Flask, visitor: Visitor
) -> None:
    """The owner has them, the admin also has a link to the contributor, and strangers have none."""
    photo_id = visitor.add()
    admin = Visitor(create_app(replace(config, admin_password="let me rule"), services))
    admin.submit("/login", password="let me rule")
    names = [menu_of(who.get(f"/photos/{photo_id}").text) for who in (visitor, admin, Visitor(app))]
    turns = ["Rotate left", "Rotate right"]
    actions = ["Edit", "Albums", *turns, "Hide", "Delete"]
    assert names == [actions, [*actions, "All photos of this contributor"], []]
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields(f"/photos/{photo_id}"))
    assert menu_of(visitor.get(f"/photos/{photo_id}").text) == ["Edit", *turns, "Unhide", "Delete"]


def menu_of(page: str) -> list[str]:
    """Return the names in the menu beside the title of a photo."""
    menu = page.partition("<main")[2].partition("<details")[2].partition("</details>")[0]
    items = re.findall(r"<(?:a|button)\b[^>]*>([^<]*)<", menu) if 'class="menu"' in menu else []
    return [item.strip() for item in items]


def test_unknown_photo_is_404(visitor: Visitor) -> None:
    """Ids without a photo and malformed ids are a 404."""
    for photo_id in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "nothing", "..%2f..%2fsecret_key"):
        assert visitor.get(f"/photos/{photo_id}").status_code == 404


def test_owner_edits_the_texts(visitor: Visitor) -> None:
    """The new texts are on the page, in the gallery and under the new tags."""
    photo_id = visitor.add(title="Old title", tags="old")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED)
    assert answer.status_code == 303
    page = visitor.get(answer.location).text
    assert "New title" in page
    assert "New words" in page
    assert "New title" in visitor.get("/").text
    assert photo_id in visitor.get("/tags/new").text
    assert photo_id not in visitor.get("/tags/old").text


def test_edit_form_shows_the_current_texts(visitor: Visitor) -> None:
    """The form is filled with the photo's texts."""
    page = visitor.get(
        f"/photos/{visitor.add(title='Dusk', tags='sea, sky', alt='A hill')}/edit"
    ).text
    for text in ("Dusk", "sea, sky", "A hill"):
        assert text in page


def test_second_of_two_edits_is_a_conflict(visitor: Visitor, service: PhotoService) -> None:
    """The form shows both versions, and saving again overwrites the first."""
    photo_id = visitor.add(title="Before")
    path = f"/photos/{photo_id}/edit"
    first, second = visitor.fields(path), visitor.fields(path)
    assert visitor.post(path, first | EDITED | {"title": "First"}).status_code == 303
    answer = visitor.post(path, second | EDITED | {"title": "Second"})
    assert answer.status_code == 409
    assert "First" in answer.text
    assert "Second" in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version
    again = second | EDITED | {"title": "Second", "version": version.group(1)}
    assert visitor.post(path, again).status_code == 303
    assert service.get(photo_id).title == "Second"


def test_too_long_title_is_422_and_keeps_the_form(visitor: Visitor, service: PhotoService) -> None:
    """The photo does not change."""
    photo_id = visitor.add(title="Before")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED | {"title": "x" * 201})
    assert answer.status_code == 422
    assert "New words" in answer.text
    assert service.get(photo_id).title == "Before"


def test_the_longest_texts_are_saved(visitor: Visitor, service: PhotoService) -> None:
    """Emoji take four bytes in multipart/form-data and twelve as a URL-encoded form."""
    photo_id = visitor.add()
    assert 'enctype="multipart/form-data"' in visitor.get(f"/photos/{photo_id}/edit").text
    texts = {"title": "🌊" * 200, "description": "🌊" * 5000, "alt": "🌊" * 1000}
    answer = visitor.submit(f"/photos/{photo_id}/edit", **texts)
    assert answer.status_code == 303
    assert service.get(photo_id).description == texts["description"]


def test_a_title_can_be_emptied(visitor: Visitor, service: PhotoService) -> None:
    """The photo is then named by its date, and not found by its old title."""
    photo_id = visitor.add(title="Before")
    answer = visitor.submit(f"/photos/{photo_id}/edit", **EDITED | {"title": " "})
    assert answer.status_code == 303
    assert service.get(photo_id).title == ""
    assert "Before" not in visitor.get(answer.location).text
    assert photo_id not in visitor.get("/search?q=before").text


def test_a_file_name_is_shown_to_the_uploader_alone(app: Flask, visitor: Visitor) -> None:
    """A name may hold a place or a person, so no stranger, program or search gets it."""
    photo_id = visitor.upload(jpeg(), names=("Anna in Busan.jpg",)).location.rpartition("/")[2]
    path = f"/photos/{photo_id}"
    assert "Anna in Busan.jpg" in visitor.get(path).text
    stranger = Visitor(app)
    oembed = f"/oembed?url=http://localhost{path}"
    for page in (path, "/", "/feed.xml", oembed, "/search?q=busan"):
        assert "Anna" not in stranger.get(page).text
    assert photo_id not in stranger.get("/search?q=busan").text


def test_deleted_photo_can_be_restored(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """Until then it is on no page, and no object is in the public prefix."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    photo = service.get(photo_id)
    assert visitor.get(f"/photos/{photo_id}/delete").status_code == 200
    answer = visitor.submit(f"/photos/{photo_id}/delete")
    assert answer.status_code == 303
    assert f"/photos/{photo_id}/restore" in visitor.get("/").text
    assert f'href="/photos/{photo_id}"' not in visitor.get("/").text
    assert photo_id not in visitor.get("/tags/sea").text
    assert not any(backend.objects.exists(key) for key in photo.object_keys)

    page = visitor.get(f"/photos/{photo_id}")
    assert "restore" in page.text
    assert (
        visitor.post(
            f"/photos/{photo_id}/restore", visitor.fields(f"/photos/{photo_id}")
        ).status_code
        == 303
    )
    assert photo_id in visitor.get("/").text
    assert photo_id in visitor.get("/tags/sea").text
    assert all(
        backend.objects.exists(key) for key in (*photo.object_keys, object_keys.sidecar(photo_id))
    )


def test_deleted_photo_is_404_for_others(app: Flask, visitor: Visitor) -> None:
    """Only its owner sees that the photo existed."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    assert Visitor(app).get(f"/photos/{photo_id}").status_code == 404


def test_second_delete_changes_nothing(visitor: Visitor) -> None:
    """A double click is not an error."""
    photo_id = visitor.add()
    fields = visitor.fields(f"/photos/{photo_id}/delete")
    for _ in range(2):
        assert visitor.post(f"/photos/{photo_id}/delete", fields).status_code == 303


def test_others_may_not_change_a_photo(app: Flask, visitor: Visitor, service: PhotoService) -> None:
    """Another browser gets a 403 from every form and POST, and sees no links to them."""
    photo_id = visitor.add(title="Mine")
    other = Visitor(app)
    fields = other.fields("/upload")
    for verb in ("edit", "delete"):
        assert other.get(f"/photos/{photo_id}/{verb}").status_code == 403
        assert f"/photos/{photo_id}/{verb}" not in other.get(f"/photos/{photo_id}").text
    for verb in ("edit", "hide", "unhide", "delete", "restore"):
        assert other.post(f"/photos/{photo_id}/{verb}", fields | EDITED).status_code == 403
    assert service.get(photo_id).title == "Mine"


def press(visitor: Visitor, photo_id: str, verb: str) -> int:
    """Press a button of the photo's page; return the status of the response."""
    return visitor.post(f"/photos/{photo_id}/{verb}", visitor.fields("/upload")).status_code


@pytest.mark.parametrize("by", ["owner", "admin"])
def test_hidden_photo_is_404_for_strangers(
    config: Config, services: Services, backend: Backend, by: str
) -> None:
    """So are its objects, its oEmbed description and its forms, and no page or feed names it."""
    app = create_app(replace(config, admin_password="change it all"), services)
    owner, admin, stranger = (Visitor(app) for _ in range(3))
    admin.submit("/login", password="change it all")
    older, photo_id, newer = (owner.add(title="Dusk", tags=tag) for tag in ("a", "sea", "b"))
    photo = services.photos.get(photo_id)
    lists = ("/", "/tags", "/tags/sea", "/search?q=dusk", "/feed.xml", "/tags/sea/feed.xml")
    pages = (*lists, "/sitemap.xml", f"/photos/{older}", f"/photos/{newer}")
    assert press(admin if by == "admin" else owner, photo_id, "hide") == 303

    assert not any(backend.objects.exists(key) for key in photo.object_keys)
    assert not any(backend.objects.exists(key) for key in (object_keys.sidecar(photo_id),))
    for path in pages:
        text = stranger.get(path).text
        assert photo_id not in text, path
        assert "sea</a>" not in text, path
    page = f"/photos/{photo_id}"
    assert stranger.get(page).status_code == 404
    assert stranger.get(f"/oembed?url=http://localhost{page}").status_code == 404
    for verb in ("edit", "delete", "purge", "files/original.jpg"):
        assert stranger.get(f"{page}/{verb}").status_code == 404, verb
    for verb in ("edit", "hide", "unhide", "delete", "restore", "purge"):
        assert press(stranger, photo_id, verb) == 404, verb


def test_owner_and_admin_see_a_hidden_photo(config: Config, services: Services) -> None:
    """The page says who hid it, shows its images, and has nothing for other sites."""
    app = create_app(replace(config, admin_password="change it all"), services)
    owner, admin = Visitor(app), Visitor(app)
    admin.submit("/login", password="change it all")
    photo_id = owner.add(title="Dusk")
    for visitor, hidden_by in ((owner, "its uploader"), (admin, "the site’s manager")):
        assert press(visitor, photo_id, "hide") == 303
        for viewer in (owner, admin):
            page = viewer.get(f"/photos/{photo_id}")
            assert page.status_code == 200
            assert f"Hidden by {hidden_by}." in page.text
            assert '<meta name="robots" content="noindex">' in page.text
            assert "oembed" not in page.text
            assert "og:image" not in page.text
            images = set(re.findall(rf"/photos/{photo_id}/files/[\w.]+", page.text))
            assert f"/photos/{photo_id}/files/original.jpg" in images
            assert {viewer.get(image).status_code for image in images} == {200}


def test_unhidden_photo_is_back(app: Flask, visitor: Visitor, backend: Backend) -> None:
    """Its page, its objects and its listings are public again."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    press(visitor, photo_id, "hide")
    assert f"/photos/{photo_id}/unhide" in visitor.get(f"/photos/{photo_id}").text
    assert press(visitor, photo_id, "unhide") == 303
    stranger = Visitor(app)
    assert "noindex" not in stranger.get(f"/photos/{photo_id}").text
    assert photo_id in stranger.get("/tags/sea").text
    photo = backend.catalog.get(photo_id)
    assert all(backend.objects.exists(key) for key in photo.object_keys)
    assert list(backend.objects.list(object_keys.HIDDEN_PREFIX)) == []


@pytest.mark.parametrize(("verb", "said"), [("hide", "Hidden by"), ("delete", "Deleted")])
def test_page_says_hidden_or_deleted_only_when_it_is(
    visitor: Visitor, backend: Backend, verb: str, said: str
) -> None:
    """While a move is incomplete, the images may be public, and every page says so."""
    photo_id = visitor.add()
    assert press(visitor, photo_id, verb) == 303
    paths = (f"/photos/{photo_id}", "/uploads" if verb == "hide" else "/uploads/deleted")
    assert said in visitor.get(paths[0]).text
    moved = backend.catalog.get(photo_id)
    backend.catalog.update(moved, moved.next_version(lease_expires_at=1))
    for path in paths:
        main = visitor.get(path).text.partition("<main")[2]
        assert "Being " in main or "We’re still " in main
        assert said not in main.replace("Recently deleted", "")


def test_second_hide_changes_nothing(visitor: Visitor, service: PhotoService) -> None:
    """A double click on hide or unhide is not an error."""
    photo_id = visitor.add()
    for verb in ("hide", "unhide"):
        assert press(visitor, photo_id, verb) == 303
        version = service.get(photo_id).version
        assert press(visitor, photo_id, verb) == 303
        assert service.get(photo_id).version == version


def test_restored_photo_stays_hidden(visitor: Visitor, service: PhotoService) -> None:
    """Undoing a deletion does not publish a hidden photo."""
    photo_id = visitor.add()
    press(visitor, photo_id, "hide")
    visitor.submit(f"/photos/{photo_id}/delete")
    assert press(visitor, photo_id, "restore") == 303
    assert service.get(photo_id).state is PhotoState.HIDDEN
    assert photo_id not in visitor.get("/").text


def test_only_the_admin_unhides_what_the_admin_hid(config: Config, services: Services) -> None:
    """Deleting and restoring the photo does not unhide it either."""
    app = create_app(replace(config, admin_password="change it all"), services)
    contributor, admin = Visitor(app), Visitor(app)
    photo_id = contributor.add(title="Dusk")
    admin.submit("/login", password="change it all")
    press(contributor, photo_id, "hide")
    assert press(admin, photo_id, "hide") == 303
    assert press(contributor, photo_id, "hide") == 303
    assert f"/photos/{photo_id}/unhide" not in contributor.get(f"/photos/{photo_id}").text
    assert press(contributor, photo_id, "unhide") == 403
    contributor.submit(f"/photos/{photo_id}/delete")
    press(contributor, photo_id, "restore")
    assert press(contributor, photo_id, "unhide") == 403
    assert f'href="/photos/{photo_id}"' not in admin.get("/").text
    assert press(admin, photo_id, "unhide") == 303
    assert photo_id not in admin.get("/").text  # its contributor has hidden it too
    assert press(contributor, photo_id, "unhide") == 303
    assert photo_id in admin.get("/").text


def test_deleted_photo_cannot_be_hidden_or_unhidden(visitor: Visitor) -> None:
    """It has to be restored first: until then both are a 404."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    for verb in ("hide", "unhide"):
        assert press(visitor, photo_id, verb) == 404


@pytest.mark.parametrize("page", ["delete", "edit"])
def test_back_after_a_deletion_leads_to_the_deleted_photo(
    visitor: Visitor, app: Flask, page: str
) -> None:
    """Its owner can restore it there. Strangers do not learn that it exists."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    answer = visitor.get(f"/photos/{photo_id}/{page}")
    assert answer.status_code == 303
    assert f"/photos/{photo_id}/restore" in visitor.get(answer.location).text
    assert Visitor(app).get(f"/photos/{photo_id}/{page}").status_code == 404


def test_strangers_do_not_learn_of_a_deleted_photo_by_changing_it(
    visitor: Visitor, app: Flask
) -> None:
    """Every action on it is a 404, as on a photo that never existed."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    for verb in ("edit", "hide", "unhide", "delete", "restore", "purge"):
        assert press(Visitor(app), photo_id, verb) == 404, verb


def test_owner_rotates_a_photo(visitor: Visitor, service: PhotoService) -> None:
    """Every page shows it turned, and the form that was shown before does nothing more."""
    photo_id = visitor.add()
    form = visitor.fields(f"/photos/{photo_id}") | {"direction": "left"}
    for _ in range(2):
        answer = visitor.post(f"/photos/{photo_id}/rotate", form)
        assert answer.location == f"/photos/{photo_id}"
    photo = service.get(photo_id)
    assert (photo.width, photo.height, photo.revision) == (120, 160, 1)
    for page in ("/", f"/photos/{photo_id}"):
        text = visitor.get(page).text
        assert f"{photo_id}/120-1.jpg" in text
        assert f"{photo_id}/160.jpg" not in text


@pytest.mark.parametrize("file_format", ["HEIF", "AVIF"])
def test_the_original_of_a_rotated_heic_or_avif_is_turned(
    app: Flask,
    visitor: Visitor,
    service: PhotoService,
    backend: Backend,
    tmp_path: Path,
    file_format: str,
) -> None:
    """No pixel changes, so its second turn is exact too. An export has it, `audit` accepts it."""
    register_heif()
    file = BytesIO()
    picture(160, 120).save(file, file_format)
    photo_id = visitor.upload(file.getvalue()).location.rpartition("/")[2]
    before = _shown_original(backend, service.get(photo_id))
    for _ in range(2):
        form = visitor.fields(f"/photos/{photo_id}") | {"direction": "right"}
        visitor.post(f"/photos/{photo_id}/rotate", form)
        photo = service.get(photo_id)
        before = before.transpose(Image.Transpose.ROTATE_270)
        assert (photo.rotation, photo.width, photo.height) == (0, *before.size)
        assert _shown_original(backend, photo).tobytes() == before.tobytes()
    key = photo.stored_keys[-1]
    assert f"{photo_id}/original-2." in visitor.get(f"/photos/{photo_id}").text
    assert find_private_metadata(backend.objects.get(key)) == set()
    assert "No problems found." in run(app, "check", "--sidecars").output
    assert run(app, "export", str(tmp_path / "export")).exit_code == 0
    assert (tmp_path / "export" / key).read_bytes() == backend.objects.get(key)


def _shown_original(backend: Backend, photo: Photo) -> Image.Image:
    body = backend.objects.get(photo.stored_keys[-1])
    return ImageOps.exif_transpose(Image.open(BytesIO(body)))


def test_others_may_not_rotate_a_photo(app: Flask, visitor: Visitor, service: PhotoService) -> None:
    """Nor do they see the buttons."""
    photo_id = visitor.add()
    stranger = Visitor(app)
    fields = stranger.fields("/upload") | {"direction": "left", "revision": "0"}
    assert stranger.post(f"/photos/{photo_id}/rotate", fields).status_code == 403
    assert "/rotate" not in stranger.get(f"/photos/{photo_id}").text
    assert service.get(photo_id).revision == 0


@pytest.mark.parametrize(
    ("changes", "has_original"),
    [
        ({}, True),
        ({"bytes": MAX_SHOWN_ORIGINAL + 1}, False),
        ({"content_type": "image/heic"}, False),
        ({"width": 3200}, False),
        ({"rotation": 1, "revision": 1}, False),
    ],
)
def test_full_screen_shows_the_original_where_it_is_sharper(
    visitor: Visitor, backend: Backend, changes: dict[str, Any], *, has_original: bool
) -> None:
    """It must not be heavy, and browsers must show its format. The page does not load it."""
    photo = make_photo(**{"width": 4000, "bytes": MAX_SHOWN_ORIGINAL} | changes)
    backend.catalog.publish(photo)
    page, _, full_screen = visitor.get(f"/photos/{photo.photo_id}").text.partition("<template>")
    candidate = f"/original.jpg {photo.width}w"
    assert (candidate in full_screen) is has_original
    assert candidate not in page


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "AVIF"])
@pytest.mark.parametrize("frames", [1, 3])
def test_an_animation_moves_on_its_page_only(
    visitor: Visitor, file_format: str, frames: int
) -> None:
    """Visitors who prefer reduced motion see a still image. Of an AVIF only one image is kept."""
    photo_id = _upload_frames(visitor, file_format, frames)
    page = visitor.get(f"/photos/{photo_id}").text
    source = '<source media="(prefers-reduced-motion: no-preference)" srcset="'
    urls = [tag.partition('"')[0] for tag in page.split(source)[1:]]
    is_animated = frames > 1 and file_format != "AVIF"
    assert len(urls) == (2 if is_animated else 0)  # the page and full screen
    for url in urls:
        assert re.search(rf"photos/\w/{photo_id}/original\.\w+$", url)
    assert source not in visitor.get("/").text


def _upload_frames(visitor: Visitor, file_format: str, count: int) -> str:
    """Upload a file with several images and return the photo's id."""
    first, *others = (Image.new("RGB", (48, 36), (80 * index, 90, 90)) for index in range(count))
    file = BytesIO()
    first.save(file, file_format, save_all=count > 1, append_images=others)
    answer = visitor.upload(file.getvalue())
    assert answer.status_code == 303, answer.text
    return str(answer.location.rpartition("/")[2])
