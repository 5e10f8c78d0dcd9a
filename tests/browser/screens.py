"""The screens of the site."""

import re
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Page, Route

Screen = tuple[str, Callable[[Page], None]]

HEADERS = {"X-Requested-With": "test"}  # replaces the form's CSRF token


def log_in(page: Page, password: str) -> None:
    """Log in as the admin, who may open every page."""
    page.request.post("/login", headers=HEADERS, form={"password": password})


def delete(page: Page, photo: str) -> None:
    """Delete the photo with this path."""
    page.request.post(f"{photo}/delete", headers=HEADERS)


def screens(photos: list[str]) -> list[Screen]:
    """Return every screen: its name and a function that opens it.

    `photos` are paths of photos that may be changed. The last one must be deleted already.
    """
    photo = photos[0]
    pages = [(path, partial(_open, path=path)) for path in _paths(photo, photos[-1])]
    return [
        *pages,
        ("a photo with its embed codes", partial(_open_embed_codes, photo=photo)),
        ("a photo in full screen", partial(_open, path=f"{photo}#full")),
        ("a photo with its QR code", partial(_open_qr_code, photo=photo)),
        ("the menu", _open_menu),
        ("the actions of a photo", partial(_open_actions, photo=photo)),
        ("an edit with an error", partial(_submit_long_title, photo=photo)),
        ("an upload with chosen photos", _choose_photos),
        ("a chosen photo", _open_chosen_photo),
        ("an upload with failed photos", _upload_damaged_photos),
        ("a transfer link", _create_transfer_link),
        ("a transfer link in another browser", _open_transfer_link),
        ("an upload with long texts", _type_long_texts),
        ("an upload that is paused", _pause_upload),
    ]


CONTRIBUTOR = f"/admin/contributors/{'0' * 32}"  # has no photos


def _open(page: Page, path: str) -> None:
    page.goto(path)


def _open_embed_codes(page: Page, photo: str) -> None:
    page.goto(photo)
    page.get_by_text("Embed", exact=True).click()


def _open_qr_code(page: Page, photo: str) -> None:
    page.goto(photo)
    page.get_by_text("QR code", exact=True).click()


def _open_menu(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Site").locator("summary").click()


def _open_actions(page: Page, photo: str) -> None:
    page.goto(photo)
    page.locator("main .menu summary").click()


def _submit_long_title(page: Page, photo: str) -> None:
    page.goto(f"{photo}/edit")
    page.locator("[name=title]").fill("x" * 201)
    page.locator("main form button.button-primary").click()


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


def _type_long_texts(page: Page) -> None:
    _choose_photos(page)
    page.locator(".shared-fields > summary").click()
    page.locator("form [name=title]").fill("x" * 201)
    page.locator("form [name=tags]").fill("t" * 51)


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


def _paths(photo: str, deleted: str) -> tuple[str, ...]:
    photo_id = photo.rpartition("/")[2]
    return (
        "/",
        f"/?before={photo_id}",
        "/?before=00000000000000000000000000",
        photo,
        f"{photo}/edit",
        f"{photo}/delete",
        deleted,
        f"{deleted}/purge",
        "/upload",
        "/uploads",
        "/uploads/deleted",
        "/admin",
        "/admin/hidden",
        "/admin/deleted",
        CONTRIBUTOR,
        f"{CONTRIBUTOR}/purge",
        "/slideshow",
        "/slideshow?paused=",
        "/tags",
        "/tags?start=",
        "/tags/sea",
        "/search",
        "/search?q=photo",
        "/search?q=nowhere",
        "/login",
        "/nothing",
    )


def _file(name: str) -> dict[str, object]:
    file = BytesIO()
    Image.effect_noise((90, 60), 80).save(file, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": file.getvalue()}


def _broken() -> dict[str, object]:
    return {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"not an image"}
