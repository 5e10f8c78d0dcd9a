"""Every screen of the site, one after the other, for whoever wants to look at all of them."""

from collections.abc import Iterator
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page

HEADERS = {"X-Requested-With": "test"}  # what proves a request where no form's token does


def log_in(page: Page, password: str) -> None:
    """Become the admin, to whom every page is open."""
    page.request.post("/login", headers=HEADERS, form={"password": password})


def screens(page: Page, photos: list[str]) -> Iterator[str]:
    """Open each screen and say its name. `photos` are paths of photos that may be changed; the last one is deleted."""
    photo, gone = photos[0], photos[-1]
    page.request.post(f"{gone}/delete", headers=HEADERS)
    for path in _paths(photo, gone):
        page.goto(path, wait_until="networkidle")
        yield path
    page.goto(photo)
    page.locator("summary").click()
    yield "a photo with its snippets"
    page.goto(f"{photo}/edit")
    page.locator("[name=title]").fill("")
    page.locator("main form button.button-primary").click()
    yield "an edit that is refused"
    page.goto("/upload")
    chosen = [
        _file("one.png"),
        _file("two.png"),
        _broken(),
        {**_broken(), "name": "letter.txt", "mimeType": "text/plain"},
    ]
    page.locator("input[name=photo]").set_input_files(chosen)  # type: ignore[arg-type]  # files as Playwright has them
    yield "an upload with photos chosen"
    page.locator("form.upload > .actions button").click()
    page.locator(".file-list .failed").nth(1).wait_for()
    yield "an upload of which some failed"


def _paths(photo: str, gone: str) -> tuple[str, ...]:
    photo_id = photo.rpartition("/")[2]
    return (
        "/",
        f"/?before={photo_id}",
        "/?before=00000000000000000000000000",
        photo,
        f"{photo}/edit",
        f"{photo}/delete",
        gone,
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
    return {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}
