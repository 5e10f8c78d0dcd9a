"""Host names with underscores are host names."""

import pytest
from flask import Flask, request, url_for

from app.web.host_names import is_listed
from tests.visitor import Visitor


@pytest.mark.parametrize("host", ["photo_site", "photo_site:8000", "a_b.example.org"])
def test_site_is_served_under_a_name_with_an_underscore(app: Flask, host: str) -> None:
    """Absolute URLs and the host of the request have the name."""
    with app.test_request_context("/", base_url=f"http://{host}"):
        assert request.host == host
        assert url_for("gallery.index", _external=True) == f"http://{host}/"


def test_default_port_is_left_out(app: Flask) -> None:
    """Browsers leave it out too."""
    for scheme, port in (("http", 80), ("https", 443)):
        with app.test_request_context("/", base_url=f"{scheme}://my_site:{port}"):
            assert request.host == "my_site"


def test_feed_links_to_a_name_with_an_underscore(visitor: Visitor) -> None:
    """Without the name, readers of the feed could not open the photos."""
    photo_id = visitor.add()
    host = "photo_site.localhost:8000"
    feed = visitor.get("/feed.xml", headers={"Host": host}).text
    assert f'href="http://{host}/photos/{photo_id}"' in feed


@pytest.mark.parametrize("host", ["a b", "a_b@c", "a_b/c", "a_b:0", "a_b:x", "[a_b]", 'a_"b'])
def test_other_characters_are_invalid(app: Flask, host: str) -> None:
    """An invalid host is an empty one, as in Werkzeug."""
    with app.test_request_context("/", headers={"Host": host}):
        assert request.host == ""


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("my_site", True),
        ("MY_SITE:8000", True),
        ("a.example.org", True),
        ("example.org", True),
        ("notexample.org", False),
        ("[2001:db8::1]", True),
        ("[2001:db8::1]:8000", True),
        ("", False),
    ],
)
def test_listed_names(host: str, *, expected: bool) -> None:
    """A name with a leading dot stands for its subdomains too. The port does not count."""
    assert is_listed(host, ["my_site", ".example.org", "[2001:db8::1]"]) is expected
