"""A photo that the uploader and the admin delete."""

import pytest

from app.domain.photo import Photo
from app.services.photo_service import PhotoService
from tests.visitor import Visitor


@pytest.fixture
def photo(visitor: Visitor, service: PhotoService) -> Photo:
    """A photo of `visitor`."""
    return service.get(visitor.add(title="Pier"))
