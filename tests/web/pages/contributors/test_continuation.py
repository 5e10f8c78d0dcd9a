"""An action stops and continues in several requests.

Covers app.web.bulk.steps.
"""

import pytest

from app.domain import object_keys
from app.domain.photo_summary import PhotoState, Role
from app.services.photo_service import PhotoService
from app.web.bulk import steps
from tests.backends import Backend
from tests.services.sample_uploads import nth_call_fails
from tests.visitor import Visitor
from tests.web.pages.contributors.buttons import press, press_on, run, token


def test_a_request_stops_before_its_deadline(
    admin: Visitor, service: PhotoService, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next request continues with the photo that it did not begin."""
    times = iter([20.0, 20.0, 20.0, 20.0, steps.MIN_SECONDS, 0.0])
    monkeypatch.setattr(steps, "remaining_seconds", lambda: next(times, 20.0))
    _, pages = run(admin, f"{url}/hide")
    assert '<p role="status">2 of 5 photos</p>' in pages[1]
    assert len(service.page(object_keys.HIDDEN_LISTING, 10).summaries) == 4


@pytest.mark.parametrize("failing_call", [1, 2, 3])
@pytest.mark.parametrize(
    ("verb", "result"),
    [
        ("hide", "5 photos hidden."),
        ("delete", "5 photos deleted."),
        ("purge", "5 photos deleted permanently."),
    ],
)
def test_a_storage_error_stops_the_action(
    admin: Visitor,
    backend: Backend,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    result: str,
    failing_call: int,
) -> None:
    """The page says so and waits for the admin. In the end each photo is counted once."""
    page = admin.get(f"{url}/{verb}")
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "copy", failing_call)
        stopped = press(admin, page)
    assert stopped.status_code == 503
    assert stopped.headers["Retry-After"]
    assert "Storage isn’t answering." in stopped.text
    assert "continue-action.js" not in stopped.text
    answer = press(admin, stopped)
    last, _ = press_on(admin, admin.get(answer.location))
    assert result in last.text
    assert "could not be changed" not in last.text


def test_no_link_continues_an_action(
    admin: Visitor, service: PhotoService, photo_ids: list[str], url: str
) -> None:
    """A position in the URL, of whatever kind, leads to the question."""
    begun = press(admin, admin.get(f"{url}/hide")).location
    position = begun.partition("?")[2]
    for link in (
        f"{url}/purge?before=7ZZZZZZZZZZZZZZZZZZZZZZZZZ&total=1",
        f"{url}/purge?position=forged",
        f"{url}/purge?{position}",  # of another action
        f"/admin/contributors/{'0' * 32}/hide?{position}",  # of another contributor
    ):
        page = admin.get(link)
        assert "continue-action.js" not in page.text
        assert "of this contributor" in page.text
        path = link.partition("?")[0]
        if "position" in link:
            assert admin.post(link, token(admin)).location == path
    assert service.get(photo_ids[0]).state is PhotoState.PUBLIC


def test_a_page_continues_an_action_once(
    admin: Visitor, service: PhotoService, photo_ids: list[str], url: str
) -> None:
    """Reloading the page, going back to it or sending it again leads to the question."""
    begun = press(admin, admin.get(f"{url}/delete")).location
    page = admin.get(begun)
    assert "continue-action.js" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "continue-action.js" not in admin.get(begun).text
    press_on(admin, page)
    restored = service.restore(photo_ids[0], Role.ADMIN)
    assert press(admin, page).location == f"{url}/delete"
    assert "continue-action.js" not in admin.get(begun).text
    assert service.get(photo_ids[0]) == restored
