"""Whatever the sidecars of an export say, imported photos can be shown and deleted."""

import json
import math
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.errors import ObjectNotFound
from app.domain.image.camera_info import CameraInfo
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.maintenance import import_export
from app.services.factory import Services
from app.services.ports import StoredObject
from tests.backends import local_backend, make_photo
from tests.maintenance.conftest import plain_services
from tests.visitor import Visitor

PASSWORD = "the admin's password"
PHOTO = make_photo(tags=("sea",), camera=CameraInfo(make="Acme"), removed_metadata=("location",))

NUMBERS = (0, -1, 1, 2**31, 2**63 - 1, 10**18, 5e-324, 1e308, 10**400, math.nan, math.inf)
TEXTS = ("", " ", "/", "\ud800", "x" * 100, "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59")
NAMES = (*PhotoState, "admin", "contributor", "image/png", "image/jpeg", "location")
SCALARS = st.none() | st.booleans() | st.sampled_from(NUMBERS + TEXTS + NAMES) | st.text()
VALUES = SCALARS | st.lists(SCALARS | st.lists(SCALARS), max_size=3)
FIELDS = st.dictionaries(st.sampled_from([f.name for f in fields(Photo)]), VALUES, max_size=2)
STATES = st.fixed_dictionaries({"state": st.sampled_from(PhotoState)})
CAMERAS = st.fixed_dictionaries(
    {},
    optional={
        "make": st.sampled_from(TEXTS) | st.text(),
        "aperture": st.sampled_from(NUMBERS[:-3]) | st.floats(),
        "exposure_time": st.sampled_from(NUMBERS[:-3]) | st.floats(),
        "iso": st.sampled_from(NUMBERS[:-3]) | st.integers(),
    },
)
CHANGES = st.builds(
    lambda state, camera, record: state | {"camera": camera} | record, STATES, CAMERAS, FIELDS
)


class Export:
    """An export of one photo: its sidecar, and its original in every state."""

    def __init__(self, record: dict[str, Any]) -> None:
        original = object_keys.original(PHOTO.photo_id, PHOTO.content_type)
        self._bodies = {
            object_keys.moved(original, state.prefix): b"an original" for state in PhotoState
        }
        self._bodies[object_keys.sidecar(PHOTO.photo_id)] = json.dumps(record).encode()

    def get(self, key: str) -> bytes:
        if key not in self._bodies:
            raise ObjectNotFound(key)
        return self._bodies[key]

    def list(self, prefix: str) -> Iterator[StoredObject]:
        for key in sorted(self._bodies):
            if key.startswith(prefix):
                yield StoredObject(key, len(self._bodies[key]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Visitor, Services]:
    """The admin of a site without imaging, and its services."""
    folder = tmp_path_factory.mktemp("site")
    services = plain_services(local_backend(folder))
    config = Config(photo_dir=folder, secret_key="a secret for tests", admin_password=PASSWORD)
    admin = Visitor(create_app(config, services))
    admin.submit("/login", password=PASSWORD)
    return admin, services


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
@example({"lease_expires_at": 99_999_999_999})
@example({"camera": {"aperture": 1e308, "iso": 10**30, "exposure_time": 5e-324}})
@example({"camera": {"make": "x" * 100_000}, "removed_metadata": [["location"]]})
@example({"taken_at": "0001-01-01T00:00:00+14:00"})
@example({"state": "trashed", "expires_at": 10**17})
@example({"state": "trashed"})
@example({"state": "public", "expires_at": 99_999_999_999})
@example({"version": 2**63 - 1})
def test_any_record_becomes_a_photo_that_can_be_shown_and_deleted(
    site: tuple[Visitor, Services], changes: dict[str, Any]
) -> None:
    """A record that cannot, is skipped."""
    admin, services = site
    [result] = import_export(services, Export(PHOTO.to_dict() | changes))
    if result.outcome != "added":
        return
    page = f"/photos/{PHOTO.photo_id}"
    for path in (page, "/feed.xml", "/admin/deleted"):
        assert admin.get(path).status_code < 500, path
    fields_of_form = admin.fields("/login")
    photo = services.photos.get_any_state(PHOTO.photo_id)
    assert admin.get(f"/admin/contributors/{photo.owner}").status_code == 200
    assert admin.post(f"{page}/delete", fields_of_form).status_code == 303
    assert admin.post(f"{page}/purge", fields_of_form).status_code == 303
    assert list(services.backend.objects.list("")) == []
