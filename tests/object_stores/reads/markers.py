"""How browsers read the photos of a private bucket."""

import pytest

from app.domain.media.reads import MediaReads

NONE = "0" * 26
presigned = pytest.mark.parametrize("reads", [MediaReads.PRESIGNED], ids=str)
through_app = pytest.mark.parametrize("reads", [MediaReads.APP], ids=str)
either = pytest.mark.parametrize("reads", [MediaReads.PRESIGNED, MediaReads.APP], ids=str)
