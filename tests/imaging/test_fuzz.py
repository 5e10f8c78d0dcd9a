"""A damaged file is processed without private metadata, or refused with a message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidUpload
from app.imaging.metadata import exif, remove_metadata
from tests.imaging.privacy.private_files import SAMPLES
from tests.imaging.sample_files import OWNER, SERIAL, process_bytes

bounded = settings(max_examples=60, derandomize=True, database=None)
Edit = tuple[float, int, bytes]
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=4
)


def apply_edits(data: bytes, changes: list[Edit], *, in_header: bool) -> bytes:
    """Replace bytes of `data`, in the first 400 bytes or anywhere."""
    for fraction, length, replacement in changes:
        editable_length = min(len(data), 400) if in_header else len(data)
        start = int(fraction * editable_length)
        data = data[:start] + replacement + data[start + length :]
    return data


@pytest.mark.parametrize("in_header", [True, False], ids=["headers", "anywhere"])
@pytest.mark.parametrize("kind", SAMPLES)
@bounded
@given(changes=edits)
def test_a_mutated_file_is_processed_or_refused(
    kind: str, in_header: bool, changes: list[Edit]
) -> None:
    try:
        photo = process_bytes(apply_edits(SAMPLES[kind](), changes, in_header=in_header))
    except InvalidUpload as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017
    else:
        assert photo.renditions
        assert photo.width > 0 < photo.height


@pytest.mark.parametrize("kind", [kind for kind in SAMPLES if kind != "TIFF"])
@bounded
@given(cut=st.floats(0, 1))
def test_a_truncated_file_is_cleaned_or_refused(kind: str, cut: float) -> None:
    data = SAMPLES[kind]()
    try:
        cleaned = remove_metadata(data[: int(cut * len(data))])
    except InvalidUpload:
        return
    assert SERIAL.encode() not in cleaned.body
    assert OWNER.encode() not in cleaned.body


@pytest.mark.parametrize("kind", [kind for kind in SAMPLES if kind != "TIFF"])
def test_cleaning_a_clean_file_changes_nothing(kind: str) -> None:
    once = remove_metadata(SAMPLES[kind]())
    assert remove_metadata(once.body).body == once.body


@bounded
@given(
    data=st.binary(max_size=300),
    signature=st.sampled_from(
        [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0*"]
    ),
)
def test_random_bytes_after_a_valid_signature_are_refused(data: bytes, signature: bytes) -> None:
    with pytest.raises(InvalidUpload):
        process_bytes(signature + data)


@bounded
@given(
    block=st.binary(max_size=400), order=st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"])
)
def test_random_bytes_are_read_as_exif_without_an_error(block: bytes, order: bytes) -> None:
    read = exif.read_exif(order + block)
    orientation = exif.read_orientation(read)
    assert 1 <= orientation <= 8
    assert isinstance(exif.build_minimal(orientation, read), bytes)
