"""A photo ready to be pasted elsewhere."""

import re
from html import unescape

from tests.sample_images import jpeg
from tests.visitor import Visitor


def embed_codes_of(visitor: Visitor, **typed: str) -> dict[str, str]:
    """What the page of a photo with these words offers, by kind."""
    location = visitor.upload(jpeg(1600, 1200), **typed).location
    page = visitor.get(location).text
    names = dict(re.findall(r'<label for="(embed-code-\d)">(.*?)</label>', page))
    texts = dict(
        re.findall(r'<textarea id="(embed-code-\d)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    )
    return {name: unescape(texts[key]) for key, name in names.items()}


def test_a_photo_is_ready_for_html_markdown_and_bbcode(visitor: Visitor) -> None:
    """Each shows the picture, leads to the page, and has absolute addresses."""
    found = embed_codes_of(visitor, title="Pier", alt="A pier at dusk")
    page = re.findall(r'<a href="(http://localhost/photos/\w{26})">', found["HTML"])[0]
    image = re.findall(r'<img src="(http[^"]+/1280\.jpg)"', found["HTML"])[0]
    assert found == {
        "HTML": f'<a href="{page}"><img src="{image}" width="1280" height="960" alt="A pier at dusk"></a>',
        "Markdown": f"[![A pier at dusk]({image})]({page})",
        "BBCode": f"[url={page}][img]{image}[/img][/url]",
    }


def test_words_stay_words_in_every_kind(visitor: Visitor) -> None:
    """Quotes, tags, brackets and line breaks in an alternative text mean nothing where it is pasted."""
    found = embed_codes_of(visitor, alt='"><script>\n](http://evil.example) *now*')
    assert 'alt="&#34;&gt;&lt;script&gt; ](http://evil.example) *now*"' in found["HTML"]
    assert found["Markdown"].startswith(r'[!["\>\<script\> \](http://evil.example) \*now\*](http')


def test_without_an_alternative_text_the_title_stands_in(visitor: Visitor) -> None:
    """As everywhere else."""
    assert 'alt="Pier"' in embed_codes_of(visitor, title="Pier")["HTML"]
