"""The states of the upload page, of a batch, and of the link for another browser."""

import re
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Page, Route

from tests.browser.screens.opening import HEADERS, Screen


def screens() -> list[Screen]:
    """Return the states of the pages for uploads."""
    return [
        ("an upload with chosen photos", _choose_photos),
        ("a chosen photo", _open_chosen_photo),
        ("an upload with failed photos", _upload_damaged_photos),
        ("an upload with long texts", _type_long_texts),
        ("an upload with its credit", _open_credit),
        ("an upload that is paused", _pause_upload),
        ("a batch", _upload_batch),
        ("an edit of a batch", _edit_batch),
        ("a photo that is already here", _choose_uploaded_photo),
        ("drafts", _share_photos),
        ("a transfer link", _create_transfer_link),
        ("a transfer link in another browser", _open_transfer_link),
        ("signing out other browsers", _ask_to_sign_out),
    ]


def _choose_photos(page: Page) -> None:
    page.goto("/upload")
    letter = {**_broken(), "name": "letter.txt", "mimeType": "text/plain"}
    files = [_file("one.png"), _file("two.png"), _broken(), letter]
    page.locator("input[name=photo]").set_input_files(files)  # type: ignore[arg-type]


def _open_chosen_photo(page: Page) -> None:
    _choose_photos(page)
    page.locator(".upload-tiles button").first.click()
    page.get_by_label("Title", exact=False).last.fill("x" * 190)


def _send(page: Page) -> None:
    page.locator("form.upload button").last.click()


def _upload_damaged_photos(page: Page) -> None:
    _choose_photos(page)
    _send(page)
    page.locator(".upload-tiles .failed").nth(1).wait_for()
    page.locator("[name=review]").click()


def _type_long_texts(page: Page) -> None:
    _choose_photos(page)
    page.locator(".shared-fields > summary").click()
    page.locator("form [name=title]").fill("x" * 201)
    page.locator("form [name=tags]").fill("t" * 51)


def _open_credit(page: Page) -> None:
    page.goto("/upload")
    page.locator(".shared-fields > summary").click()
    page.locator(".shared-fields").get_by_text("Credit and license", exact=True).click()


def _pause_upload(page: Page) -> None:
    busy = {"status": 429, "headers": {"Retry-After": "600"}, "body": ""}
    page.route("**/upload", lambda route: _answer_post(route, busy))
    _choose_photos(page)
    _send(page)
    page.locator("[name=pause]").wait_for()
    page.unroute_all()


def _answer_post(route: Route, response: dict[str, Any]) -> None:
    if route.request.method == "POST":
        route.fulfill(**response)
    else:
        route.continue_()


def _upload_batch(page: Page) -> None:
    _upload(page, [_file("one.png"), _file("two.png")])


def _upload(page: Page, files: list[dict[str, object]]) -> None:
    page.goto("/upload")
    page.locator("input[name=photo]").set_input_files(files)  # type: ignore[arg-type]
    _send(page)
    page.wait_for_url("**/uploads?batch=*")


def _edit_batch(page: Page) -> None:
    _upload_batch(page)
    page.get_by_role("link", name="Edit all").click()


def _choose_uploaded_photo(page: Page) -> None:
    files = [_file("one.png"), _file("two.png")]
    _upload(page, files)
    page.goto("/upload")
    page.locator("input[name=photo]").set_input_files(files)  # type: ignore[arg-type]
    page.locator(".upload-tiles .duplicate button").first.click()


def _share_photos(page: Page) -> None:
    """Open the page of photos that the share menu of a phone has sent."""
    headers = HEADERS | {"Sec-Fetch-Site": "none"}
    sent = page.request.post("/upload?shared=1", headers=headers, multipart={"photo": _file("a")})
    page.goto(sent.url)


def _create_transfer_link(page: Page) -> None:
    page.goto("/uploads")
    page.locator(".transfer-offer button").click()
    page.get_by_label("Link", exact=True).wait_for()


def _open_transfer_link(page: Page) -> None:
    """Open a link of the browser in the browser that it makes of itself without its cookie."""
    _create_transfer_link(page)
    link = page.get_by_label("Link", exact=True).input_value()
    kept = page.context.cookies()
    page.context.clear_cookies(name=re.compile("contributor"))
    page.goto(link)
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]


def _file(name: str) -> dict[str, object]:
    file = BytesIO()
    Image.effect_noise((90, 60), 80).save(file, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": file.getvalue()}


def _broken() -> dict[str, object]:
    return {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"not an image"}


def _ask_to_sign_out(page: Page) -> None:
    _upload_batch(page)
    page.goto("/transfer/others")
