"""A photo for which a worker has too little memory is refused, without an internal error.

Covers app.imaging.decoder_errors.
"""

from contextlib import closing

import pytest
from PIL import Image

from app.domain.errors import ImageTooLarge, UnreadableImage
from app.imaging import decoder_errors, renditions, resize
from app.imaging.resize import FastResizer
from app.imaging.workers.pool import ImageWorkerPool
from app.imaging.workers.settings import WorkerLimits
from tests.imaging.sample_files import LIMITS, encode_image
from tests.imaging.workers import little_memory
from tests.imaging.workers.processing import processed
from tests.sample_images import picture


def test_a_worker_with_little_memory_makes_the_photo_or_refuses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However little: also where only the encoder of a rendition lacks memory."""
    monkeypatch.setattr(resize._Trial, "chosen", FastResizer())
    data = encode_image(picture(2600, 1500, seed=5), "JPEG")
    limits = WorkerLimits(memory=300 * 2**20)
    refused = []
    with closing(ImageWorkerPool(LIMITS, 1, limits, little_memory.ALWAYS)) as pool:
        for free_memory in range(36, 72, 3):
            try:
                processed(pool, little_memory.request(data, free_memory))
            except (ImageTooLarge, UnreadableImage):
                refused.append(True)
            else:
                refused.append(False)
    assert set(refused) == {False, True}


@pytest.mark.parametrize(("has_memory", "error"), [(True, RuntimeError), (False, MemoryError)])
def test_an_error_of_the_encoder_is_the_site_s_where_memory_is_left(
    monkeypatch: pytest.MonkeyPatch, has_memory: bool, error: type[Exception]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("Encoding of color planes failed")

    monkeypatch.setattr(Image.Image, "save", fail)
    monkeypatch.setattr(decoder_errors, "has_memory", lambda _size: has_memory)
    with pytest.raises(error, match="color planes"):
        renditions.encode_avif(Image.new("RGB", (640, 480)), None)
