"""The credit and the license that people enter when they upload and edit."""

import re
from dataclasses import replace
from html import unescape

import pytest

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.image.credit import Credit, KeepCredit
from app.services.ports import Backend
from tests.conftest import services_of
from tests.imaging.metadata.iptc.credited_files import jpeg_xmp, xmp
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor

BY = "https://creativecommons.org/licenses/by/4.0/"
# The pixels of an image contain a name of three letters by chance.
BEN = Credit(creator="Benedikt", copyright_notice="© 2020 Benedikt", license_url=BY)


def shown(visitor: Visitor, path: str) -> str:
    """Return the credit on a photo's page, without markup."""
    page = visitor.get(path).text
    found = re.search(r"<dt>Credit</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""


def original(visitor: Visitor, path: str) -> bytes:
    """Return the original of the photo on a page."""
    page = visitor.get(path).text
    found = re.search(r'href="[^"]+/(original[^"/]*\.jpg)"', page)
    assert found
    photo_id = path.rsplit("/", 1)[-1]
    objects = visitor.app.extensions["shoebox"].services.backend.objects
    return bytes(objects.get(object_keys.named(photo_id, found[1], object_keys.PUBLIC_PREFIX)))


def test_what_is_typed_is_on_the_page_and_in_the_file(visitor: Visitor) -> None:
    path = visitor.upload(jpeg(700, 400), credit="Anna", license="cc-by").location
    assert re.fullmatch(r"© \d{4} Anna · CC BY 4\.0", shown(visitor, path))
    assert BY.encode() in original(visitor, path)
    assert b"Anna" in original(visitor, path)


def test_what_is_typed_comes_before_the_file(visitor: Visitor) -> None:
    path = visitor.upload(jpeg_xmp(xmp(BEN)), credit="Anna", license="copyright").location
    assert shown(visitor, path) == "© 2020 Anna"
    assert b"Benedikt" not in original(visitor, path)
    assert b"by/4.0" not in original(visitor, path)


def test_blank_fields_keep_what_the_file_states(visitor: Visitor) -> None:
    path = visitor.upload(jpeg_xmp(xmp(BEN)), credit="", license="", license_url="").location
    assert shown(visitor, path) == "© 2020 Benedikt · CC BY 4.0"


def test_a_name_alone_is_on_the_page_and_in_no_file(visitor: Visitor) -> None:
    path = visitor.upload(jpeg(700, 400), credit="Anna").location
    assert shown(visitor, path) == "Anna"
    assert b"Anna" not in original(visitor, path)


def test_an_invalid_credit_is_refused_and_stays_in_the_form(visitor: Visitor) -> None:
    answer = visitor.upload(jpeg(), credit="anna@example.org", license="other", license_url="x")
    assert answer.status_code == 422
    assert "Leave out e-mail addresses" in answer.text
    assert 'value="anna@example.org"' in answer.text
    assert '<option selected value="other">' in answer.text
    assert '<details class="credit-fields" open>' in answer.text


def test_an_edit_changes_the_page_and_the_file(visitor: Visitor) -> None:
    path = visitor.upload(jpeg_xmp(xmp(BEN)), title="Pier").location
    form = visitor.get(f"{path}/edit").text
    assert 'value="Benedikt"' in form
    assert '<option selected value="cc-by">CC BY 4.0</option>' in form
    other = {"license": "other", "license_url": "https://x.org/l"}
    visitor.submit(f"{path}/edit", title="Pier", credit="Anna", **other)
    assert shown(visitor, path) == "© 2020 Anna · License"
    assert b"https://x.org/l" in original(visitor, path)
    assert b"Benedikt" not in original(visitor, path)
    visitor.submit(f"{path}/edit", title="Pier", credit="", license="none")
    assert shown(visitor, path) == ""
    assert b"Anna" not in original(visitor, path)


def test_an_edit_without_the_fields_keeps_the_credit(visitor: Visitor) -> None:
    """Scripts that were written before do not send them."""
    path = visitor.upload(jpeg_xmp(xmp(BEN)), title="Pier").location
    fields = visitor.fields(f"{path}/edit")
    sent = {name: fields[name] for name in ("csrf_token", "version")}
    visitor.post(f"{path}/edit", {**sent, "title": "New"})
    assert shown(visitor, path) == "© 2020 Benedikt · CC BY 4.0"


def test_the_default_of_the_site_is_for_files_that_state_nothing(
    config: Config, backend: Backend
) -> None:
    site = replace(config, site_credit="Anna", site_license="cc-by-sa")
    visitor = Visitor(create_app(site, services_of(backend, site)))
    assert "As in the file, or CC BY-SA 4.0" in visitor.get("/upload").text
    path = visitor.upload(jpeg(700, 400)).location
    assert "Anna · CC BY-SA 4.0" in shown(visitor, path)
    assert b"by-sa/4.0" in original(visitor, path)
    path = visitor.upload(jpeg_xmp(xmp(BEN))).location
    assert shown(visitor, path) == "© 2020 Benedikt · CC BY 4.0"


def test_pages_say_what_was_kept_in_the_file(visitor: Visitor) -> None:
    """The page after the upload, the photo's page, and the answer to a script."""
    file = jpeg(exif=phone_exif())
    page = visitor.get(visitor.upload(file, credit="Anna", license="cc-by").location).text
    assert re.search(r"Kept: © \d{4} Anna · CC BY 4\.0\.</p>", page)
    row = re.search(r"<dt>Privacy</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    assert row
    assert re.search(r"removed<br>\s*Kept: © \d{4} Anna · CC BY 4\.0$", row[1])
    answer = visitor.upload_json(file, credit="Anna", license="cc-by", add_duplicates="1").json
    assert answer["photos"][0]["kept_text"].endswith("Anna · CC BY 4.0")


def test_pages_say_which_edited_credit_is_in_the_files(visitor: Visitor) -> None:
    """An edit of another field changes nothing."""
    path = visitor.upload(jpeg(exif=phone_exif()), credit="Anna", license="cc-by").location
    visitor.submit(f"{path}/edit", title="Pier")
    assert "Kept: ©" in visitor.get(path).text
    visitor.submit(f"{path}/edit", credit="Benedikt")
    assert re.search(r"Kept: © \d{4} Benedikt · CC BY 4\.0", visitor.get(path).text)
    visitor.submit(f"{path}/edit", credit="Benedikt", license="none")
    assert "Kept:" not in visitor.get(path).text


def test_pages_do_not_say_that_a_name_was_kept_that_no_file_has(visitor: Visitor) -> None:
    file = jpeg(exif=phone_exif())
    assert "Kept:" not in visitor.get(visitor.upload(file, credit="Anna").location).text
    answer = visitor.upload_json(file, credit="Anna", add_duplicates="1").json
    assert answer["photos"][0]["kept_text"] == ""


@pytest.mark.parametrize("keep", KeepCredit)
def test_the_credit_in_files_is_the_setting_s(
    config: Config, backend: Backend, keep: KeepCredit
) -> None:
    site = replace(config, keep_credit=keep)
    visitor = Visitor(create_app(site, services_of(backend, site)))
    path = visitor.upload(jpeg(700, 400), credit="Anna", license="cc-by").location
    assert "Anna · CC BY 4.0" in shown(visitor, path)
    assert (b"Anna" in original(visitor, path)) is (keep is not KeepCredit.NO)


def test_the_forms_say_that_the_name_is_written_into_the_file(visitor: Visitor) -> None:
    for path in ("/upload", f"/photos/{visitor.add()}/edit"):
        assert "the name is also written into the file" in visitor.get(path).text
