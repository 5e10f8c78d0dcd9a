"""Press the buttons for actions on a batch."""

import re

from werkzeug.test import TestResponse

from app.domain.photo_summary import PhotoState
from app.services.photo_service import PhotoService
from tests.visitor import Visitor

SIZE = 5  # photos of the batch
STEP = 2  # photos of a request


def action_of(page: str, verb: str) -> str:
    """Return the URL of the form or the button for an action."""
    found = re.search(rf'action="\s*(/uploads/batches/\w+/{verb}[^"]*)"', page)
    assert found, f"no {verb} in {page}"
    return found[1].replace("&amp;", "&")


def press(visitor: Visitor, page: TestResponse, verb: str, **typed: str) -> TestResponse:
    """Press the button for an action, with the hidden fields of its page."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return visitor.post(action_of(page.text, verb), hidden | typed)


def press_on(visitor: Visitor, page: TestResponse, verb: str, **typed: str) -> list[str]:
    """Press the button of the page, and "Continue" until the last step. Return all pages."""
    pages = []
    for _ in range(SIZE):
        page = press(visitor, page, verb, **typed)
        if page.status_code == 303:
            return [*pages, visitor.get(page.location).text]
        pages.append(page.text)
        typed = {}
    raise AssertionError("the action does not end")


def states(service: PhotoService, photo_ids: list[str]) -> set[PhotoState]:
    return {service.get_any_state(photo_id).state for photo_id in photo_ids}
