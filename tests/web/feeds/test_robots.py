"""robots.txt."""

from tests.visitor import Visitor


def test_crawlers_find_the_sitemap_and_skip_the_search(visitor: Visitor) -> None:
    """robots.txt excludes the search and names the sitemap, but allows the gallery."""
    lines = visitor.get("/robots.txt", base_url="https://photos.localhost").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /search" in lines
    assert "Disallow: /slideshow" in lines
    assert "Disallow: /" not in lines
    assert "Sitemap: https://photos.localhost/sitemap.xml" in lines
