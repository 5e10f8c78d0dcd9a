"""Make the codes that embed a photo elsewhere: HTML, Markdown and BBCode."""

import re
from dataclasses import dataclass

from flask import Flask, url_for
from markupsafe import escape

from app.domain.photo import Photo
from app.web.rendering.link_previews import LinkedRendition, preview
from app.web.rendering.photo_credit import license_url
from app.web.rendering.photo_names import photo_alt

# Characters with a meaning in a link text (CommonMark 0.31, section 2.4).
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>!])")


@dataclass(frozen=True, slots=True)
class EmbedCode:
    """The code in one markup language. The language's name needs no translation."""

    name: str
    text: str


def init_app(app: Flask) -> None:
    """Add `embed_codes` to the template globals."""
    app.jinja_env.globals["embed_codes"] = embed_codes


def embed_codes(photo: Photo) -> list[EmbedCode]:
    """Return the codes that show the photo and link to its page."""
    page_url = url_for("photos.show", photo_id=photo.photo_id, _external=True)
    image = preview(photo)
    alt = " ".join(photo_alt(photo).split())
    return [
        EmbedCode("HTML", _html(page_url, image, alt) + _html_rights(photo)),
        EmbedCode(
            "Markdown",
            f"[![{_escape_markdown(alt)}]({image.url})]({page_url})" + _markdown_rights(photo),
        ),
        EmbedCode(
            "BBCode", f"[url={page_url}][img]{image.url}[/img][/url]" + _bbcode_rights(photo)
        ),
    ]


def _html(page_url: str, image: LinkedRendition, alt: str) -> str:
    size = f'width="{image.width}" height="{image.height}"'
    img = f'<img src="{escape(image.url)}" {size} alt="{escape(alt)}">'
    return f'<a href="{escape(page_url)}">{img}</a>'


def _html_rights(photo: Photo) -> str:
    """Return a line with the rights, which links to the license."""
    if not photo.rights:
        return ""
    url = license_url(photo.credit)
    text = escape(photo.rights)
    return f'<br><a rel="license" href="{escape(url)}">{text}</a>' if url else f"<br>{text}"


def _markdown_rights(photo: Photo) -> str:
    if not photo.rights:
        return ""
    url = license_url(photo.credit)
    text = _escape_markdown(photo.rights)
    return f"  \n[{text}](<{url}>)" if url else f"  \n{text}"


def _bbcode_rights(photo: Photo) -> str:
    rights = (photo.rights or "").replace("[", "(").replace("]", ")")  # BBCode has no escapes
    return f"\n{rights}" if rights else ""


def _escape_markdown(text: str) -> str:
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)
