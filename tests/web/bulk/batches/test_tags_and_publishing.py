"""All photos of a batch get tags, and drafts are published.

Covers app.web.bulk.photo_changes, app.web.pages.batches.
"""

import re

from app.domain.photo_summary import PhotoState
from app.services.photo_service import PhotoService
from tests.visitor import Visitor
from tests.web.bulk.batches.buttons import press, press_on, states


def test_all_photos_get_tags(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """The form names the number of photos, and its fields pass through each step."""
    link = re.search(r'href="([^"]*)">Edit all</a>', visitor.get(path).text)
    assert link
    form = visitor.get(link[1])
    assert "<h1>Edit all 5 photos</h1>" in form.text
    *steps, end = press_on(visitor, form, "tags", add="lake, “sea”")
    assert len(steps) == 2
    assert "5 photos updated." in end
    assert {service.get(photo_id).tags for photo_id in photo_ids} == {("lake", "“sea”")}


def test_an_invalid_tag_is_422_and_changes_nothing(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    form = visitor.get(path.replace("?batch=", "/batches/"))
    answer = press(visitor, form, "tags", add="x" * 51)
    assert answer.status_code == 422
    assert f'value="{"x" * 51}"' in answer.text
    assert press(visitor, form, "tags").status_code == 422
    assert service.get(photo_ids[0]).version == 1


def test_drafts_are_published_at_once(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    for photo_id in photo_ids:
        visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    page = visitor.get(path)
    assert "<h1>5 photos aren’t published yet</h1>" in page.text
    *_, end = press_on(visitor, page, "publish")
    assert "5 photos published." in end
    assert "<h1>5 photos added</h1>" in end
    assert states(service, photo_ids) == {PhotoState.PUBLIC}


def test_publishing_is_offered_with_tags_only_if_all_photos_are_drafts(
    visitor: Visitor, photo_ids: list[str], path: str
) -> None:
    """It changes the tags of drafts only. The page of the batch publishes the drafts."""
    edit_path = path.replace("?batch=", "/batches/")
    for photo_id in photo_ids:
        assert "/publish" not in visitor.get(edit_path).text
        visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
        assert "/publish" in visitor.get(path).text
    assert "/publish" in visitor.get(edit_path).text
