"""An unlisted album with photos."""

import pytest

from tests.sample_images import jpeg
from tests.visitor import Visitor
from tests.web.pages.albums.link.linked_albums import PHOTOS


@pytest.fixture
def album_id(visitor: Visitor) -> str:
    """An unlisted album with unlisted photos."""
    form = {"title": "Party", "visibility": "unlisted"}
    album_id = visitor.send("/albums/new", **form).location.rpartition("/")[2]
    bodies = [jpeg(60 + number, 40) for number in range(PHOTOS)]
    fields = visitor.fields(f"/upload?album={album_id}")
    assert visitor.upload(*bodies, **fields).status_code == 303
    return album_id
