"""The states of a photo's pages."""

from functools import partial

from playwright.sync_api import Page

from tests.browser.screens.opening import HEADERS, Screen, open_path
from tests.sample_images import jpeg


def screens(photo: str) -> list[Screen]:
    """Return the states of the pages of the photo with this path."""
    return [
        ("a photo in full screen", partial(open_path, path=f"{photo}?in=uploads#full")),
        ("a photo with its embed codes", partial(_open_embed_codes, photo=photo)),
        ("a photo with its QR code", partial(_open_qr_code, photo=photo)),
        ("the actions of a photo", partial(_open_actions, photo=photo)),
        ("a hidden photo", partial(_hide, photo=photo)),
        ("a panorama", _open_panorama),
        ("the credit of a photo", partial(_open_credit, photo=photo)),
        ("an edit with an error", partial(_submit_long_title, photo=photo)),
        ("a report", partial(open_path, path=f"{photo}/report")),
        ("a report with an error", partial(_submit_report, photo=photo)),
        ("the open reports", partial(_open_reports, photo=photo)),
    ]


def _open_embed_codes(page: Page, photo: str) -> None:
    page.goto(photo)
    page.get_by_text("Embed", exact=True).click()


def _open_qr_code(page: Page, photo: str) -> None:
    page.goto(photo)
    page.get_by_text("QR code", exact=True).click()


def _open_actions(page: Page, photo: str) -> None:
    page.goto(photo)
    page.locator("main .menu summary").click()


def _hide(page: Page, photo: str) -> None:
    """Show the hidden photo, which is public again afterward."""
    page.request.post(f"{photo}/hide", headers=HEADERS)
    page.goto(photo)
    page.request.post(f"{photo}/unhide", headers=HEADERS)


def _open_panorama(page: Page) -> None:
    file = {"name": "panorama.jpg", "mimeType": "image/jpeg", "buffer": jpeg(600, 120)}
    headers = HEADERS | {"Accept": "application/json"}
    response = page.request.post("/upload", headers=headers, multipart={"photo": file})
    page.goto(f"{response.json()['photos'][0]['path']}#full")


def _open_credit(page: Page, photo: str) -> None:
    page.goto(f"{photo}/edit")
    page.get_by_text("Credit and license", exact=True).click()


def _submit_long_title(page: Page, photo: str) -> None:
    page.goto(f"{photo}/edit")
    page.locator("[name=title]").fill("x" * 201)
    page.locator("main form button.button-primary").click()


def _submit_report(page: Page, photo: str) -> None:
    page.goto(f"{photo}/report")
    page.get_by_role("button", name="Send report").click()


def _open_reports(page: Page, photo: str) -> None:
    """Open the thanks for a report, then the page that has it."""
    form = {"reason": "other", "text": "It shows\nmy house"}
    page.request.post(f"{photo}/report", headers=HEADERS, form=form)
    page.goto("/admin/reports")
