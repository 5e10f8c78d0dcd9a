"""An answer is read as it was written, or an error in its place."""

import errno
import importlib
import pkgutil
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import imaging
from app.domain.errors import ImageTooLarge, UnreadableImage
from app.domain.image.camera_info import CameraInfo
from app.domain.image.processed_image import LeftOut, ProcessedImage
from app.domain.image.taken_date import DatePrecision, TakenDate
from app.domain.messages import Message
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata.result import TOO_MANY_FRAMES
from app.imaging.workers import answers
from app.imaging.workers.answer_fields import InvalidAnswer
from app.imaging.workers.answers import ProcessingFailed
from tests.imaging.workers.written_answers import IMAGE, MAX_PIXELS, files, read, written

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize(
    "image",
    [
        IMAGE,
        replace(
            IMAGE,
            taken=None,
            camera=CameraInfo(),
            credit=None,
            removed_metadata=(),
            left_out=LeftOut(),
        ),
        replace(IMAGE, taken=TakenDate(datetime(2024, 5, 6, tzinfo=UTC))),
        replace(IMAGE, taken=TakenDate(datetime(2024, 5, 6), DatePrecision.DAY)),  # noqa: DTZ001
    ],
)
def test_an_image_is_read_as_it_was_written(image: ProcessedImage) -> None:
    assert read(written(answers.write_image, image)) == image


@pytest.mark.parametrize("kind", [UnreadableImage, ImageTooLarge])
@pytest.mark.parametrize("text", [DAMAGED, TOO_MANY_FRAMES.with_values(count=2)])
def test_a_refusal_is_raised_with_its_message(
    kind: type[UnreadableImage | ImageTooLarge], text: Message
) -> None:
    with pytest.raises(kind) as refused:
        read(written(answers.write_refusal, kind(text)))
    assert type(refused.value) is kind
    assert refused.value.message == text


def messages_of_imaging() -> list[Message]:
    """Return every message of the modules that decode and check images, with values."""
    packages = pkgutil.walk_packages(imaging.__path__, f"{imaging.__name__}.")
    names = [each.name for each in packages if not each.name.endswith("__main__")]
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    texts = {each.singular: each for each in values if isinstance(each, Message)}
    return [
        text.with_values(**dict.fromkeys(_PLACEHOLDER.findall(singular), 2))
        for singular, text in texts.items()
    ]


@pytest.mark.parametrize("text", messages_of_imaging(), ids=str)
def test_every_message_of_imaging_is_read_as_it_was_written(text: Message) -> None:
    """A text that an answer may not have would make a refusal an internal error."""
    with pytest.raises(UnreadableImage) as refused:
        read(written(answers.write_refusal, UnreadableImage(text)))
    assert refused.value.message == text


def test_a_failure_is_raised_with_the_end_of_its_traceback() -> None:
    with pytest.raises(ProcessingFailed, match=r"\| KeyError: 1\Z"):
        read(written(answers.write_failure, "x" * 100_000 + "\nKeyError: 1"))


@pytest.mark.exhaustive("cut-off answers")
def test_every_cut_off_answer_is_an_error(*, exhaustive: bool) -> None:
    """A sampled run cuts at every 23rd byte."""
    data = written(answers.write_image, IMAGE)
    with files(data) as answered:
        for length in reversed(range(0, len(data), 1 if exhaustive else 23)):
            answered.answer.truncate(length)
            with pytest.raises(InvalidAnswer):
                answers.read(answered, MAX_PIXELS)


def test_the_size_of_an_answer_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may be as large as the upload and what processing adds at most."""
    monkeypatch.setattr(answers, "_MAX_ADDED", 100)
    data = written(answers.write_image, IMAGE)
    assert read(data, upload_size=len(data) - 100) == IMAGE
    with pytest.raises(InvalidAnswer):
        read(data, upload_size=len(data) - 101)


def test_the_size_of_an_original_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(answers.write_image, IMAGE)
    monkeypatch.setattr(answers, "_MAX_ADDED", len(data))
    with files(data) as answered:
        answered.original.truncate(len(data) + 1)
        with pytest.raises(InvalidAnswer):
            answers.read(answered, MAX_PIXELS)


def test_an_original_that_does_not_fit_on_the_disk_is_an_os_error() -> None:
    with pytest.raises(OSError, match="No space left on device"):
        read(written(answers.write_os_error, OSError(errno.ENOSPC, "")))


def test_an_error_replaces_an_answer_that_did_not_fit() -> None:
    """A disk that fills up leaves a part of the answer in the file."""
    with files() as answered:
        answered.answer.write(written(answers.write_image, IMAGE)[:50])
        answers.write_os_error(answered, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(OSError, match="No space left") as raised:
            answers.read(answered, MAX_PIXELS)
    assert raised.value.errno == errno.ENOSPC
