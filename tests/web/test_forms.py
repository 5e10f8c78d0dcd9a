"""Fields and selections."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from app.domain.errors import InvalidText
from app.domain.upload import PhotoText
from app.web.forms import UploadForm
from app.web.pagination import PAGE_SIZE
from app.web.selection_forms import BulkForm, SelectionForm
from tests.backends import Backend, local_backend


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


def test_selection_has_no_duplicates(app: Flask) -> None:
    """The same photo chosen twice is chosen once."""
    with app.test_request_context("/", method="POST", data={"photo": ["b", "a", "b"]}):
        assert SelectionForm.submitted().chosen() == ["b", "a"]


@pytest.mark.parametrize("chosen", [[], [str(number) for number in range(PAGE_SIZE + 1)]])
def test_selection_of_none_or_too_many_is_invalid(app: Flask, chosen: list[str]) -> None:
    """The error belongs to the field with the check boxes."""
    with (
        app.test_request_context("/", method="POST", data={"photo": chosen}),
        pytest.raises(InvalidText) as invalid,
    ):
        SelectionForm.submitted().chosen()
    assert invalid.value.field == "photo"


def test_tags_are_normalized(app: Flask) -> None:
    """Tags to add and tags to remove are separate fields."""
    with app.test_request_context("/", method="POST", data={"add": "Sea, Sand", "remove": "Hill"}):
        assert BulkForm.submitted().tags() == (("sea", "sand"), ("hill",))


@pytest.mark.parametrize(
    ("fields", "invalid_field"),
    [({}, "add"), ({"add": "x" * 200}, "add"), ({"remove": "x" * 200}, "remove")],
)
def test_invalid_tags_name_their_field(
    app: Flask, fields: dict[str, str], invalid_field: str
) -> None:
    """No tags at all are invalid too."""
    with (
        app.test_request_context("/", method="POST", data=fields),
        pytest.raises(InvalidText) as invalid,
    ):
        BulkForm.submitted().tags()
    assert invalid.value.field == invalid_field


def test_every_upload_form_has_its_own_id(app: Flask) -> None:
    """The idempotency key tells one form from another."""
    with app.test_request_context("/upload"):
        ids = {UploadForm(formdata=None).upload_id.data for _ in range(3)}
    assert len(ids) == 3


def test_a_text_field_sent_as_a_file_is_empty(app: Flask) -> None:
    """So is a file field sent as text; the other fields keep their values."""
    data = {
        "title": (BytesIO(b"a file"), "title.txt"),
        "alt": "A wave",
        "photo": "no file",
    }
    with app.test_request_context("/upload", method="POST", data=data):
        form = UploadForm.submitted()
        assert form.photo_text == PhotoText(alt="A wave", title="", description="", tags="")
        assert form.photo.data == []


def test_a_request_without_fields_is_an_empty_form(app: Flask) -> None:
    """Nothing is chosen."""
    form_type = "application/x-www-form-urlencoded"
    with app.test_request_context("/", method="POST", data=b"", content_type=form_type):
        assert SelectionForm.submitted().photo.data == []
