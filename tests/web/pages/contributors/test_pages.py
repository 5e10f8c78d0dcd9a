"""The pages of a contributor are for the admin alone, and ask before they change photos.

Covers app.web.pages.contributors, app.web.storage_use.
"""

import pytest

from app.domain.photo_summary import PhotoState
from app.services.photo_service import PhotoService
from tests.visitor import Visitor
from tests.web.pages.contributors.buttons import run, token


def test_photo_page_leads_the_admin_to_the_contributor(
    admin: Visitor, visitor: Visitor, photo_ids: list[str], url: str
) -> None:
    """The page shows the contributor's photos and their number; no one else sees the link."""
    path = f"/photos/{photo_ids[0]}"
    assert url in admin.get(path).text
    assert url in admin.get(f"/photos/{photo_ids[2]}").text  # in the trash
    assert url not in visitor.get(path).text
    page = admin.get(url).text
    assert "4 photos" in page
    assert "1 photo" in page
    assert photo_ids[0] in page


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("hide", "Hide all 5 photos of this contributor?"),
        ("delete", "Delete all 5 photos of this contributor?"),
        ("purge", "Delete all 5 photos of this contributor permanently?"),
    ],
)
def test_page_asks_with_the_number_of_photos(
    admin: Visitor, service: PhotoService, photo_ids: list[str], url: str, name: str, question: str
) -> None:
    """Opening it changes nothing."""
    page = admin.get(f"{url}/{name}")
    assert page.status_code == 200
    assert f"<h1>{question}</h1>" in page.text
    assert service.get(photo_ids[0]).state is PhotoState.PUBLIC


def test_only_the_admin_may_open_the_pages(
    visitor: Visitor, photo_ids: list[str], url: str
) -> None:
    """Contributors can't act on all photos of anyone, themselves included."""
    for path in (url, f"{url}/hide"):
        assert visitor.get(path).location == f"/login?next={path}"
    fields = visitor.fields("/upload")
    assert visitor.post(f"{url}/delete", fields).status_code == 403


@pytest.mark.parametrize("path", ["/admin/contributors/short", "/admin/contributors/" + "a" * 33])
def test_owners_have_32_characters(admin: Visitor, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_unknown_actions_are_404(admin: Visitor, url: str) -> None:
    assert admin.get(f"{url}/rename").status_code == 404
    assert admin.post(f"{url}/rename", token(admin)).status_code == 404


def test_contributor_without_photos(admin: Visitor) -> None:
    """There is nothing to list, and an action ends at once."""
    url = "/admin/contributors/" + "0" * 32
    assert "Nothing here yet." in admin.get(url).text
    last, _ = run(admin, f"{url}/delete")
    assert "0 photos deleted." in last.text


def test_a_contributor_without_photos_has_no_buttons(
    admin: Visitor, photo_ids: list[str], url: str
) -> None:
    """There is nothing to hide or delete."""
    assert photo_ids
    assert f"{url}/purge" in admin.get(url).text
    run(admin, f"{url}/purge")
    page = admin.get(url)
    assert page.status_code == 200
    for verb in ("hide", "delete", "purge"):
        assert f"{url}/{verb}" not in page.text
