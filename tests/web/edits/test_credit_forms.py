"""The form for a credit that is invalid, in conflict, sent twice or sent too often."""

import re
from dataclasses import replace

import pytest

from app import create_app
from app.config import Config
from app.services.ports import Backend
from app.web.context import app_context
from tests.backends import Backend as CheckedBackend
from tests.conftest import services_of
from tests.imaging.metadata.iptc.credited_files import jpeg_xmp, xmp
from tests.sample_images import jpeg
from tests.services.test_photo_rotation import assert_settled
from tests.visitor import JSON, Visitor
from tests.web.edits.credit_edits import BEN, assert_agrees, edit, record


def test_a_deleted_photo_gets_no_license(visitor: Visitor) -> None:
    path = visitor.upload(jpeg(700, 400)).location
    fields = visitor.fields(f"{path}/edit")
    visitor.submit(f"{path}/delete")
    answer = visitor.post(f"{path}/edit", fields | {"license": "cc-by"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"credit": "x" * 101}, "too long"),
        ({"credit": "a" * 1_000_000}, "too long"),
        ({"credit": "anna@example.org"}, "e-mail"),
        ({"license": "beer"}, "Choose one of the licenses"),
        ({"license": "other"}, "Enter the address"),
        ({"license": "other", "license_url": "javascript:alert(1)"}, "Enter the address"),
        ({"license": "other", "license_url": "https://a:b@example.org/"}, "Enter the address"),
        ({"license": "other", "license_url": "https://x.org/" + "y" * 200}, "Enter the address"),
    ],
)
def test_an_invalid_credit_changes_nothing(
    visitor: Visitor, backend: CheckedBackend, typed: dict[str, str], text: str
) -> None:
    """The form says why and keeps the typed text."""
    path = visitor.upload(jpeg_xmp(xmp(BEN))).location
    before = record(visitor, path)
    answer = visitor.submit(f"{path}/edit", title="New", **typed)
    assert answer.status_code in (413, 422)
    if answer.status_code == 422:
        assert text in answer.text
        assert 'value="New"' in answer.text
    assert record(visitor, path) == before
    assert_settled(backend, before)


def test_a_script_changes_the_address_of_the_license_alone(visitor: Visitor) -> None:
    """The license is then that of the address, whatever it was before."""
    path = visitor.upload(jpeg(700, 400), license="cc-by").location
    for url in ("https://example.org/1", "https://example.org/2"):
        typed = {"license_url": url}
        assert visitor.client.post(f"{path}/edit", data=typed, headers=JSON).status_code == 303
        assert visitor.get(path, headers=JSON).json["photo"]["license_url"] == url
    for unusable in ("javascript:alert(1)", "http://["):
        typed = {"license_url": unusable}
        assert visitor.client.post(f"{path}/edit", data=typed, headers=JSON).status_code == 422
    visitor.client.post(f"{path}/edit", data={"license_url": ""}, headers=JSON)
    assert visitor.get(path, headers=JSON).json["photo"]["license_url"] == url


def test_only_changes_of_the_credit_count_as_decoding(config: Config, backend: Backend) -> None:
    """An image worker writes them into the files. A title can be changed in any case."""
    site = replace(config, decode_rate_limit="1 per minute")
    app = create_app(site, services_of(backend, site))
    visitor = Visitor(app)
    path = visitor.upload(jpeg(700, 400), credit="Anna", license="cc-by").location
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        app_context().rate_limits.count_decoding(60.0)
    same = {"credit": "Anna", "license": "cc-by", "license_url": ""}
    assert visitor.submit(f"{path}/edit", title="Pier", **same).status_code == 303
    refused = visitor.submit(f"{path}/edit", title="Mole", **same | {"license": "cc0"})
    assert refused.status_code == 429
    assert "Mole" in refused.text
    assert record(visitor, path).title == "Pier"


def test_a_conflict_shows_the_credit_that_was_saved(visitor: Visitor) -> None:
    """The form keeps the own license, which a second attempt saves."""
    path = visitor.upload(jpeg(700, 400)).location
    stale = visitor.fields(f"{path}/edit")
    edit(visitor, path, credit="Anna", license="cc-by")
    mine = {"credit": "Ben", "license": "cc0"}
    answer = visitor.post(f"{path}/edit", stale | mine)
    assert answer.status_code == 409
    assert "Anna · CC BY 4.0" in answer.text
    assert '<option selected value="cc0">' in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version
    assert visitor.post(f"{path}/edit", stale | mine | {"version": version[1]}).status_code == 303
    credit = record(visitor, path).credit
    assert credit
    assert credit.creator == "Ben"


def test_a_form_that_is_sent_twice_changes_the_files_once(
    visitor: Visitor, backend: CheckedBackend
) -> None:
    path = visitor.upload(jpeg(700, 400)).location
    fields = visitor.fields(f"{path}/edit") | {"credit": "Anna", "license": "cc-by"}
    answers = [visitor.post(f"{path}/edit", fields).status_code for _ in range(2)]
    assert answers == [303, 303]
    photo = record(visitor, path)
    assert photo.revision == 1
    assert_agrees(visitor, backend, photo)
