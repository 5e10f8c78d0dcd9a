"""Whatever is done to a file, it is taken clean or refused in words: no other error, and never a secret left."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidUpload
from app.imaging.metadata import exif, remove_metadata
from tests.imaging.sample_files import OWNER, SERIAL, prepared
from tests.imaging.test_privacy import EVERY

bounded = settings(max_examples=60, deadline=None, derandomize=True, database=None)
Edit = tuple[float, int, bytes]
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=4
)


@cache
def sample(kind: str) -> bytes:
    return EVERY[kind]()


def edited(data: bytes, changes: list[Edit], *, head: bool) -> bytes:
    """`data` with some bytes replaced; `head` has most of it done where the headers are."""
    for where, length, replacement in changes:
        at = int(where * (min(len(data), 400) if head else len(data)))
        data = data[:at] + replacement + data[at + length :]
    return data


@pytest.mark.parametrize("head", [True, False], ids=["headers", "anywhere"])
@pytest.mark.parametrize("kind", EVERY)
@bounded
@given(changes=edits)
def test_a_mutated_file_is_prepared_or_refused(kind: str, head: bool, changes: list[Edit]) -> None:
    try:
        photo = prepared(edited(sample(kind), changes, head=head))
    except InvalidUpload as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017
    else:
        assert photo.renditions
        assert photo.width > 0 < photo.height


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind != "TIFF"])
@bounded
@given(cut=st.floats(0, 1))
def test_a_cleaner_meets_the_end_anywhere(kind: str, cut: float) -> None:
    data = sample(kind)
    try:
        cleaned = remove_metadata(data[: int(cut * len(data))])
    except InvalidUpload:
        return
    assert SERIAL.encode() not in cleaned.body
    assert OWNER.encode() not in cleaned.body


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind != "TIFF"])
def test_cleaning_what_is_clean_changes_nothing(kind: str) -> None:
    once = remove_metadata(sample(kind))
    assert remove_metadata(once.body).body == once.body


@bounded
@given(
    data=st.binary(max_size=300),
    head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0*"]),
)
def test_noise_behind_a_right_beginning_is_refused(data: bytes, head: bytes) -> None:
    with pytest.raises(InvalidUpload):
        prepared(head + data)


@bounded
@given(
    block=st.binary(max_size=400), order=st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"])
)
def test_no_exif_is_too_strange_to_read(block: bytes, order: bytes) -> None:
    read = exif.read_exif(order + block)
    orientation = exif.read_orientation(read)
    assert 1 <= orientation <= 8
    assert isinstance(exif.build_minimal(orientation, read), bytes)
