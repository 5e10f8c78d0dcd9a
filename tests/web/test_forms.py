"""Fields and selections."""

from pathlib import Path

import pytest
from flask import Flask

from app.domain.errors import InvalidText
from app.web.forms import SelectionForm, TagsForm, UploadForm
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, local_backend


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


def test_selection_has_no_duplicates(app: Flask) -> None:
    """The same photo chosen twice is chosen once."""
    with app.test_request_context("/", method="POST", data={"photo": ["b", "a", "b"]}):
        assert SelectionForm().chosen() == ["b", "a"]


@pytest.mark.parametrize("chosen", [[], [str(number) for number in range(PAGE_SIZE + 1)]])
def test_selection_of_none_or_too_many_is_invalid(app: Flask, chosen: list[str]) -> None:
    """The error belongs to the field with the check boxes."""
    with (
        app.test_request_context("/", method="POST", data={"photo": chosen}),
        pytest.raises(InvalidText) as invalid,
    ):
        SelectionForm().chosen()
    assert invalid.value.field == "photo"


def test_tags_are_normalized(app: Flask) -> None:
    """Tags to add and tags to remove are separate fields."""
    with app.test_request_context("/", method="POST", data={"add": "Sea, Sand", "remove": "Hill"}):
        assert TagsForm().tags() == (("sea", "sand"), ("hill",))


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
        TagsForm().tags()
    assert invalid.value.field == invalid_field


def test_every_upload_form_has_its_own_id(app: Flask) -> None:
    """The idempotency key tells one form from another."""
    with app.test_request_context("/upload"):
        ids = {UploadForm(formdata=None).upload_id.data for _ in range(3)}
    assert len(ids) == 3
