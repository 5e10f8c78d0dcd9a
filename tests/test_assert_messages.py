"""A failing assert of a helper shows its values, as one of a test does: `conftest.py`."""

import pytest

from tests.visitor import Visitor
from tests.web.downloads.zip_contents import files_in


def test_a_helper_shows_the_values_of_its_assert(visitor: Visitor) -> None:
    """The module of the helper is neither a test module nor a plugin."""
    with pytest.raises(AssertionError, match="assert 404 == 200"):
        files_in(visitor.get("/none"))
