"""Open every screen of the site, one after another."""

from collections.abc import Iterator
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page

HEADERS = {"X-Requested-With": "test"}  # replaces the form's CSRF token


def log_in(page: Page, password: str) -> None:
    """Log in as the admin, who may open every page."""
    page.request.post("/login", headers=HEADERS, form={"password": password})


def screens(page: Page, photos: list[str]) -> Iterator[str]:
    """Open each screen and yield its name.

    `photos` are paths of photos that may be changed. The last one is deleted.
    """
    photo = photos[0]
    deleted = photos[-1]
    page.request.post(f"{deleted}/delete", headers=HEADERS)
    for path in _paths(photo, deleted):
        page.goto(path, wait_until="networkidle")
        yield path
    page.goto(photo)
    page.locator("summary").click()
    yield "a photo with its embed codes"
    page.goto(f"{photo}/edit")
    page.locator("[name=title]").fill("")
    page.locator("main form button.button-primary").click()
    yield "an edit with an error"
    page.goto("/upload")
    files = [
        _file("one.png"),
        _file("two.png"),
        _broken(),
        {**_broken(), "name": "letter.txt", "mimeType": "text/plain"},
    ]
    page.locator("input[name=photo]").set_input_files(files)  # type: ignore[arg-type]  # file payloads
    yield "an upload with chosen photos"
    page.locator("form.upload > .actions button").click()
    page.locator(".file-list .failed").nth(1).wait_for()
    yield "an upload with failed photos"


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
        "/upload",
        "/uploads",
        "/uploads/deleted",
        "/admin",
        "/admin/hidden",
        "/admin/deleted",
        "/tags",
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
