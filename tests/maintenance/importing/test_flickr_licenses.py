"""Each license of Flickr is one that a photo can have."""

import pytest

from app.maintenance.importing.flickr_licenses import license_of


@pytest.mark.parametrize("name", ["", "x", "Attribution", "All rights reserved?", "\ud800"])
def test_other_names_are_no_licenses(name: str) -> None:
    assert license_of(name) is None


@pytest.mark.parametrize("name", ["ATTRIBUTION  license ", "cc by 4.0", "All Rights Reserved"])
def test_case_and_spaces_do_not_matter(name: str) -> None:
    found = license_of(name)
    assert found
    assert found.validated() == found
