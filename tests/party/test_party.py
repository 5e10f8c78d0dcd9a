"""A party: guests behind one address add photos in bursts while others look on.

Covers app.web.middleware.form_limits with many guests at a time. A sampled run holds a small party.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.party.outcome import assert_nothing_lost
from tests.party.party import SMALL, hold
from tests.party.sites import SITES, PartySite


@pytest.fixture(params=SITES)
def site(
    request: pytest.FixtureRequest, tmp_path: Path, *, exhaustive: bool
) -> Iterator[PartySite]:
    """A site, of whose gunicorn a sampled run starts one worker."""
    settings = {} if exhaustive else {"WEB_CONCURRENCY": "1"}
    with SITES[request.param](tmp_path, **settings) as site:
        yield site


def test_a_party_loses_no_photo(
    site: PartySite, record_property: Callable[[str, object], None], *, exhaustive: bool
) -> None:
    """Every photo that was accepted is decided about, shown and downloaded exactly once."""
    size = site.whole if exhaustive else SMALL
    party = hold(site.url, size)
    try:
        record_property(f"party, {site.name}", f"{len(party.published)} photos")
        assert_nothing_lost(site, party, size)
    finally:
        party.close()
