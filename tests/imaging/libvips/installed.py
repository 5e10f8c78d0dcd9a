"""Skip tests of libvips where its wheel is not installed."""

import pytest

from app.imaging.vips_resize import find_libvips


def skip_without_libvips() -> None:
    if find_libvips() is None:
        pytest.skip("pyvips-binary is not installed")
