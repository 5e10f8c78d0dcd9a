"""IMAGE_PLATFORM chooses the processor of the image that is tested."""

import pytest

from tests.container import processor
from tests.container.processor import Processor


@pytest.fixture(autouse=True)
def on_amd64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.delenv("IMAGE_PLATFORM", raising=False)


def test_without_a_choice_the_image_is_for_this_machine() -> None:
    assert processor.chosen() == Processor("amd64", emulated=False)


@pytest.mark.parametrize(("name", "emulated"), [("amd64", False), ("arm64", True)])
def test_another_processor_is_emulated_and_gets_more_time(
    monkeypatch: pytest.MonkeyPatch, name: str, emulated: bool
) -> None:
    monkeypatch.setenv("IMAGE_PLATFORM", f"linux/{name}")
    target = processor.chosen()
    assert target == Processor(name, emulated)
    assert (target.seconds(60.0) > 60.0) == emulated


def test_a_platform_without_linux_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_PLATFORM", "arm64")
    with pytest.raises(AssertionError, match="linux/arm64"):
        processor.chosen()
