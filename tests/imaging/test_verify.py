"""A stored object is decodable only if the whole image is there."""

import pytest

from app.imaging.verify import decodability_check, is_decodable
from tests.imaging.privacy.private_files import SAMPLES
from tests.imaging.sample_files import encode_image, noise


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_whole_image_is_decodable(kind: str) -> None:
    assert is_decodable(encode_image(noise(96, 64), kind))


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_truncated_image_is_not_decodable(kind: str) -> None:
    body = encode_image(noise(96, 64), kind)
    assert not is_decodable(body[: len(body) // 2])


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xd8\xff"])
def test_other_content_is_not_decodable(body: bytes) -> None:
    assert not is_decodable(body)


def test_stored_images_are_decoded_in_worker_processes() -> None:
    """An operator's command has the site's secrets, and a stored file may be hostile."""
    with decodability_check(1) as is_decodable_in_worker:
        bodies = [encode_image(noise(96, 64), kind) for kind in SAMPLES]
        assert all(is_decodable_in_worker(body) for body in bodies)
        assert not is_decodable_in_worker(bodies[0][:1000])
