"""Embed codes of a photo."""

import re
from html import unescape

from tests.sample_images import jpeg
from tests.visitor import Visitor


def embed_codes_of(visitor: Visitor, **fields: str) -> dict[str, str]:
    """Return the embed codes on the page of a photo, by name."""
    location = visitor.upload(jpeg(1600, 1200), **fields).location
    page = visitor.get(location).text
    names = dict(re.findall(r'<label for="(embed-code-\d)">(.*?)</label>', page))
    texts = dict(
        re.findall(r'<textarea id="(embed-code-\d)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    )
    return {name: unescape(texts[key]) for key, name in names.items()}


def test_a_photo_has_html_markdown_and_bbcode(visitor: Visitor) -> None:
    """Each code shows the image and links to the page, with absolute URLs."""
    codes = embed_codes_of(visitor, title="Pier", alt="A pier at dusk")
    page = re.findall(r'<a href="(http://localhost/photos/\w{26})">', codes["HTML"])[0]
    image = re.findall(r'<img src="(http[^"]+/1280\.jpg)"', codes["HTML"])[0]
    assert codes == {
        "HTML": (
            f'<a href="{page}"><img src="{image}" width="1280" height="960" alt="A pier at dusk">'
            "</a>"
        ),
        "Markdown": f"[![A pier at dusk]({image})]({page})",
        "BBCode": f"[url={page}][img]{image}[/img][/url]",
    }


def test_the_alternative_text_is_escaped(visitor: Visitor) -> None:
    """Quotes, tags, brackets and line breaks have no meaning in any code."""
    codes = embed_codes_of(visitor, alt='"><script>\n](http://evil.example) *now*')
    assert 'alt="&#34;&gt;&lt;script&gt; ](http://evil.example) *now*"' in codes["HTML"]
    assert codes["Markdown"].startswith(r'[!["\>\<script\> \](http://evil.example) \*now\*](http')


def test_the_title_replaces_a_missing_alternative_text(visitor: Visitor) -> None:
    """Without an alternative text the codes use the title."""
    assert 'alt="Pier"' in embed_codes_of(visitor, title="Pier")["HTML"]
