"""Edit the credit of a photo, and compare everything that states it."""

import json
import re
from dataclasses import asdict
from typing import Any

from app.domain import object_keys
from app.domain.image.credit import Credit, KeepCredit
from app.domain.photo import Photo
from app.imaging.metadata import remove_metadata
from app.imaging.metadata.iptc.kept import KeepRules
from app.services.factory import Services
from tests.backends import Backend as CheckedBackend
from tests.services.test_photo_rotation import assert_settled
from tests.visitor import JSON, Visitor
from tests.web.downloads.zip_contents import files_in

BEN = Credit(creator="Ben", copyright_notice="© 2020 Ben", license_url="https://example.org/l")
ALL = KeepRules(credit=KeepCredit.ALL)


def record(visitor: Visitor, path: str) -> Photo:
    photo_id = path.rpartition("/")[2]
    services: Services = visitor.app.extensions["shoebox"].services
    return services.photos.get(photo_id)


def edit(visitor: Visitor, path: str, **typed: str) -> Photo:
    answer = visitor.submit(f"{path}/edit", **typed)
    assert answer.status_code == 303, answer.text
    return record(visitor, path)


def press(visitor: Visitor, path: str, verb: str, **typed: str) -> None:
    """Press a button on the page of a photo."""
    fields = {"csrf_token": visitor.fields(path)["csrf_token"]}
    assert visitor.post(f"{path}/{verb}", fields | typed).status_code == 303


def stated(body: bytes) -> Credit | None:
    """Return the credit in a file."""
    return remove_metadata(body, ALL).kept.credit


def assert_agrees(visitor: Visitor, backend: CheckedBackend, photo: Photo) -> None:
    """The files, the pages and the documents state the credit of the record, and no other one."""
    assert_settled(backend, photo)
    in_files = photo.credit if photo.credit and photo.credit.states_rights else None
    assert photo.credit_in_files is (in_files is not None)
    widths = (*sorted(photo.widths), *sorted(photo.avif_widths), photo.width)
    for key, width in zip(photo.stored_keys, widths, strict=True):
        assert stated(backend.objects.get(key)) == (in_files if width >= 640 else None), key
    path = f"/photos/{photo.photo_id}"
    described = visitor.get(path, headers=JSON).json["photo"]
    assert described["rights"] == (photo.rights or "")
    assert described["original_url"].endswith(object_keys.name_of(photo.stored_keys[-1]))
    (listed,) = visitor.get("/", headers=JSON).json["photos"]
    assert listed["rights"] == described["rights"]
    assert listed["renditions"] == described["renditions"]
    linked = _json_ld(visitor.get(path).text)
    assert linked.get("license") == described["license_url"]
    assert linked.get("copyrightNotice") == (photo.credit and photo.credit.copyright_notice)
    assert_zip_agrees(visitor, backend, photo)


def assert_zip_agrees(visitor: Visitor, backend: CheckedBackend, photo: Photo) -> None:
    files = files_in(visitor.get(f"/download.zip?photo={photo.photo_id}"))
    (facts,) = json.loads(files["photos.json"])["photos"]
    credit = asdict(photo.credit) if photo.credit else {}
    assert facts["credit"] == {name: value for name, value in credit.items() if value}
    assert facts["rights"] == photo.rights
    assert files[facts["file"]] == backend.objects.get(photo.stored_keys[-1])


def _json_ld(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    described: dict[str, Any] = json.loads(found[1])
    return described
