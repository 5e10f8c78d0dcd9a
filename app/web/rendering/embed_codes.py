"""A photo's address and picture as other programs take them: to paste into a page, a README or a forum."""

import re
from dataclasses import dataclass

from flask import Flask, url_for
from markupsafe import escape

from app.domain.photo import Photo
from app.web.rendering.link_previews import LinkedRendition, preview

_MARKDOWN = re.compile(
    r"([\\`*_\[\]<>!])"
)  # what would mean something within a link's words (CommonMark, 2.4)


@dataclass(frozen=True, slots=True)
class EmbedCode:
    """One way to write it; its name is a name in every language."""

    name: str
    text: str


def embed_codes(photo: Photo) -> list[EmbedCode]:
    """HTML, Markdown and BBCode that show the photo and lead to its page."""
    page, image = url_for("photos.show", photo_id=photo.photo_id, _external=True), preview(photo)
    words = " ".join((photo.alt or photo.title).split())
    return [
        EmbedCode("HTML", _html(page, image, words)),
        EmbedCode("Markdown", f"[![{_markdown(words)}]({image.url})]({page})"),
        EmbedCode("BBCode", f"[url={page}][img]{image.url}[/img][/url]"),
    ]


def init_app(app: Flask) -> None:
    """Give templates `snippets(photo)`."""
    app.jinja_env.globals["embed_codes"] = embed_codes


def _html(page: str, image: LinkedRendition, words: str) -> str:
    size = f'width="{image.width}" height="{image.height}"'
    return (
        f'<a href="{escape(page)}"><img src="{escape(image.url)}" {size} alt="{escape(words)}"></a>'
    )


def _markdown(words: str) -> str:
    return _MARKDOWN.sub(r"\\\1", words)
