"""The lanes of whole folders: a sampled run runs every nth of their test functions.

They have many tests, or tests that start processes. A test with a lane of its own stays in it.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

TESTS = Path(__file__).parent.parent


class Lane(NamedTuple):
    """The name of a lane, and n if a sampled run runs every nth test function."""

    name: str
    every: int


LANES = {
    "abuse": Lane("attacks", every=3),
    "cli": Lane("commands", every=3),
    "deploy": Lane("deployment", every=2),
    "https/nginx": Lane("nginx", every=2),
    "imaging": Lane("images", every=2),
    "maintenance": Lane("maintenance", every=2),
    "party": Lane("servers", every=6),
    "provisioning": Lane("provisioning", every=2),
    "server": Lane("servers", every=6),
    "storage": Lane("storage", every=2),
}
# Their tests run on both backends. What the backends do is tested in tests/storage.
ABOVE_STORAGE = ("abuse", "cli", "maintenance", "services", "web")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the markers of the lanes. A run of some folders or files runs all of their tests."""
    is_whole = TESTS in {Path(argument).resolve() for argument in config.args}
    for item in items:
        if item.get_closest_marker("exhaustive"):
            continue
        lane = lane_of(item.path) if is_whole else None
        if lane:
            item.add_marker(pytest.mark.exhaustive(lane.name, every=lane.every))
        elif _has_both_backends(item):
            item.add_marker(pytest.mark.exhaustive("both backends"))


def lane_of(path: Path) -> Lane | None:
    """Return the lane of the folder of a test file."""
    folder = path.relative_to(TESTS).parent
    folders = (str(each) for each in (folder, *folder.parents))
    return next((LANES[each] for each in folders if each in LANES), None)


def _has_both_backends(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    is_above_storage = item.path.relative_to(TESTS).parts[0] in ABOVE_STORAGE
    return is_above_storage and callspec is not None and "backend" in callspec.params
