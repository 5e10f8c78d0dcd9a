"""The photos of one batch stay together in the gallery, in one order, whatever comes first."""

import re

import pytest
from PIL import ExifTags, Image

from app.web.auth import batch_token
from tests.sample_images import jpeg
from tests.visitor import Visitor


def taken(minute: int, width: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Acme"
    date = {ExifTags.Base.DateTimeOriginal: f"2026:08:15 18:{minute:02}:00"}
    exif.get_ifd(ExifTags.IFD.Exif).update(date)
    return jpeg(width, 60, exif=exif)


# By position: two files without a date, and three with one, of which two are of the same minute.
FILES = [jpeg(81, 60), taken(1, 82), taken(5, 83), jpeg(84, 60), taken(5, 85)]
IN_ORDER = ["F2", "F4", "F1", "F0", "F3"]


def batch_of(visitor: Visitor) -> str:
    return visitor.fields("/upload")["batch"]


def send(visitor: Visitor, position: int, batch: str) -> str:
    """Send one file as the script of the page does, and return the id of its photo."""
    form = {"title": f"F{position}", "batch": batch, "position": str(position), "upload_id": "f"}
    answer = visitor.upload_json(FILES[position], **form)
    assert answer.status_code == 201, answer.text
    return str(answer.json["photos"][0]["photo_id"])


def shown(visitor: Visitor, path: str = "/") -> list[str]:
    """Return the files that the photos of a page were made from, by their widths."""
    widths = re.findall(r'<img[^>]* width="(8\d|160)"', visitor.get(path).text)
    names = {"160": "Other"} | {str(81 + position): f"F{position}" for position in range(5)}
    return [names[width] for width in widths]


@pytest.mark.parametrize("arrivals", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (3, 0, 4, 2, 3, 1, 1)])
def test_a_batch_has_one_order_however_its_uploads_finish(
    visitor: Visitor, arrivals: tuple[int, ...]
) -> None:
    """A position that is sent again is a retry after a lost answer: it makes no second photo."""
    batch = batch_of(visitor)
    for position in arrivals:
        send(visitor, position, batch)
    assert shown(visitor) == IN_ORDER


def test_a_file_that_is_sent_again_later_lands_where_it_belongs(visitor: Visitor) -> None:
    """Another upload in the meantime is above the batch, which stays together."""
    batch = batch_of(visitor)
    for position in (0, 1, 3, 4):
        send(visitor, position, batch)
    visitor.add(title="Other")
    send(visitor, 2, batch)
    assert shown(visitor) == ["Other", *IN_ORDER]


def test_the_files_of_a_form_without_a_script_are_in_the_order_chosen(visitor: Visitor) -> None:
    """A form that is sent without a position begins when it is sent, not when it was shown."""
    fields = visitor.fields("/upload")
    visitor.add(title="Other")
    visitor.upload(*FILES, names=tuple(f"F{n}.jpg" for n in range(5)), **fields)
    assert shown(visitor) == [*IN_ORDER, "Other"]


def test_files_that_are_chosen_again_after_an_error_join_the_batch(visitor: Visitor) -> None:
    """The form that names the failed files has the batch, and the position after all files."""
    names = ("F0.jpg", "F1.jpg", "F2.jpg")
    answer = visitor.upload(FILES[0], FILES[1], b"no picture", names=names)
    assert answer.status_code == 422
    fields = dict(re.findall(r'name="(batch|position)" type="hidden" value="([^"]*)"', answer.text))
    assert fields["position"] == "3"
    visitor.add(title="Other")
    visitor.upload(FILES[3], FILES[4], names=("F3.jpg", "F4.jpg"), **fields)
    assert shown(visitor) == ["Other", "F4", "F1", "F0", "F3"]


@pytest.mark.parametrize("position", ["-1", "x", "1.5", "٣", "9" * 10, ""])
def test_a_position_that_is_no_number_is_no_position(visitor: Visitor, position: str) -> None:
    """The upload succeeds, and is a batch of its own."""
    batch = batch_of(visitor)
    visitor.add(title="Other")
    answer = visitor.upload_json(FILES[0], title="F0", batch=batch, position=position)
    assert answer.status_code == 201
    assert shown(visitor) == ["F0", "Other"]


def test_a_batch_that_began_too_long_ago_is_not_continued(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its photo is where the gallery has the photos of now."""
    batch = batch_of(visitor)
    visitor.add(title="Other")
    monkeypatch.setattr(batch_token, "_MAX_AGE", -1)
    send(visitor, 0, batch)
    assert shown(visitor) == ["F0", "Other"]
