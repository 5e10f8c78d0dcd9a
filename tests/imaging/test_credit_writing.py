"""Another credit is written into every published file without a change of its pixels.

Covers app.domain.image.credited_file.
"""

import functools
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from app.domain.errors import UnreadableImage
from app.domain.image.credit import Credit, KeepCredit
from app.domain.image.credited_file import CreditedFile
from app.domain.image.processed_image import ProcessedImage
from app.imaging.credit_writing import write_credit
from app.imaging.metadata import heif
from app.imaging.metadata.iptc.credit_fields import build_xmp
from app.imaging.pipeline import ImageLimits
from app.imaging.privacy_scan import find_private_metadata
from tests.imaging.metadata.iptc.credited_files import CREDIT, XMP_FILES, build_file
from tests.imaging.sample_files import LIMITS, open_image, process_bytes

# The pixels of an image contain a name of three letters by chance.
BEN = Credit(
    creator="Benedikt", copyright_notice="© 2020 Benedikt", license_url="https://example.org/l"
)
NAME_ALONE = Credit(creator="Carol Creator")
NONE = Credit()
NAMES = [f"{kind} XMP" for kind in XMP_FILES]
CHOICES = (CREDIT, BEN, NAME_ALONE, NONE)


@functools.cache
def process_file(name: str) -> ProcessedImage:
    return process_bytes(build_file(name))


def published(name: str) -> list[bytes]:
    """Return the original and the renditions that state a credit."""
    photo = process_file(name)
    assert isinstance(photo.original, bytes)
    return [photo.original, *(each.body for each in photo.renditions if each.width >= 640)]


def written(body: bytes, credit: Credit, limits: ImageLimits = LIMITS) -> CreditedFile:
    return write_credit(BytesIO(body), limits, credit)


def same_pixels(one: bytes, other: bytes) -> bool:
    images = [open_image(body) for body in (one, other)]
    difference = ImageChops.difference(*(image.convert("RGB") for image in images))
    return images[0].size == images[1].size and difference.getbbox() is None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=3, derandomize=True, database=None)
@given(st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3))
def test_after_any_changes_a_file_states_the_last_credit_alone(
    name: str, written_credits: list[Credit]
) -> None:
    """It is clean, its pixels are the same, and writing the credit again changes no byte."""
    for before in published(name):
        body = before
        for credit in written_credits:
            file = written(body, credit)
            assert isinstance(file.body, bytes)
            body = file.body
        last = written_credits[-1]
        assert file.states_credit is last.states_rights
        for other in CHOICES:
            is_stated = other == last and last.states_rights
            assert (build_xmp(other) in body) is is_stated
            assert other.creator is None or is_stated or other.creator.encode() not in body
        assert find_private_metadata(body) == set()
        assert same_pixels(before, body)
        assert written(body, last).body == body


@pytest.mark.parametrize("name", NAMES)
def test_a_credit_gives_the_same_bytes_whatever_credits_came_before(name: str) -> None:
    """A file that kept the space of each earlier credit would grow with every change."""
    for body in published(name):
        expected = written(body, BEN).body
        for credit in (CREDIT, NONE, NAME_ALONE, CREDIT, BEN):
            changed = written(body, credit).body
            assert isinstance(changed, bytes)
            body = changed  # noqa: PLW2901  the next credit is written into this file
        assert body == expected


@pytest.mark.parametrize("keep", KeepCredit)
def test_the_setting_says_which_credits_files_state(keep: KeepCredit) -> None:
    """With `all` a name alone is written, with `no` nothing."""
    limits = replace(LIMITS, keep_credit=keep)
    body = published("JPEG XMP")[0]
    named = written(body, NAME_ALONE, limits)
    licensed = written(body, BEN, limits)
    assert isinstance(named.body, bytes)
    assert isinstance(licensed.body, bytes)
    assert named.states_credit is (b"Carol" in named.body) is (keep is KeepCredit.ALL)
    assert licensed.states_credit is (b"Benedikt" in licensed.body) is (keep is not KeepCredit.NO)


def test_a_file_that_cannot_have_the_credit_does_not_state_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The structure of a HEIC or AVIF may be too unusual for another item."""

    def refuse(_body: bytes, _packet: bytes) -> bytes:
        raise ValueError("an unusual structure")

    monkeypatch.setattr(heif, "add_xmp", refuse)
    file = written(published("HEIF XMP")[0], BEN)
    assert not file.states_credit
    photo = process_bytes(build_file("AVIF XMP"))
    assert photo.credit == CREDIT
    assert not photo.credit_in_files


def test_a_damaged_file_is_refused() -> None:
    with pytest.raises(UnreadableImage):
        written(b"\xff\xd8\xff", BEN)
