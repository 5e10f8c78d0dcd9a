"""The original of a HEIC or AVIF is turned by its item property `irot`, and no pixel changes."""

import struct
from collections.abc import Sequence
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from app.domain.image.credit import Credit
from app.domain.image.image_options import ImageOptions
from app.imaging import heif_rotation
from app.imaging.metadata import remove_metadata
from app.imaging.metadata.iptc.credit_fields import build_xmp
from app.imaging.metadata.iptc.heif_item import add_xmp
from app.imaging.pipeline import process_image
from app.imaging.privacy_scan import find_private_metadata
from tests.imaging.metadata.heif_files import (
    BOXES,
    CONTAINERS,
    add_properties,
    build_box,
    item_ids,
    rearrange,
)
from tests.imaging.metadata.heif_grids import build_grid
from tests.imaging.sample_files import LIMITS, encode_image, noise, open_image, process_bytes
from tests.imaging.test_fuzz import Edit, apply_edits, edits

KINDS = ("HEIF", "AVIF")
SIZE = (65, 47)  # odd, so that no edge may be lost with subsampled colors
CLOCKWISE = {
    1: Image.Transpose.ROTATE_270,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}
PRIMARY, ALPHA = 1, 2  # the item IDs of both encoders
turn_lists = st.lists(st.sampled_from((1, 2, 3)), min_size=1, max_size=5)
quick = settings(max_examples=12, derandomize=True, database=None)


@cache
def image(mode: str) -> Image.Image:
    made = noise(*SIZE).convert(mode)
    if mode == "RGBA":
        made.putalpha(noise(*SIZE, seed=1).getchannel(0))
    return made


@cache
def encoded(kind: str, mode: str = "RGB", orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"subsampling": "4:2:0"} if kind == "AVIF" else {"chroma": 420}
    return encode_image(image(mode), kind, exif=exif.tobytes(), **options)


@cache
def grid(kind: str) -> bytes:
    tiles = [encode_image(noise(64, 64, seed=seed), kind) for seed in range(4)]
    return build_grid(tiles, 2, (117, 101))


def angle(quarter_turns: int) -> bytes:
    return build_box(b"irot", bytes((quarter_turns,)))


def axis(direction: int) -> bytes:
    return build_box(b"imir", bytes((direction,)))


def crop(width: int, height: int) -> bytes:
    return build_box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, 0, 1, 0, 1))


def shown(body: bytes) -> Image.Image:
    """Return the image as programs show it; Pillow turns HEIC, and reports how to turn AVIF."""
    return ImageOps.exif_transpose(open_image(body))


def assert_turned(body: bytes, turns: Sequence[int]) -> bytes:
    """Assert that a clean file is turned by each of `turns`, exactly. Return the last file."""
    expected = shown(body)
    for quarter_turns in turns:
        body = heif_rotation.turn(body, quarter_turns)
        expected = expected.transpose(CLOCKWISE[quarter_turns])
        assert find_private_metadata(body) == set()
        assert remove_metadata(body).body == body
        assert (shown(body).mode, shown(body).size) == (expected.mode, expected.size)
        assert shown(body).tobytes() == expected.tobytes()
    return body


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("kind", KINDS)
@quick
@given(orientation=st.integers(1, 8), turns=turn_lists)
def test_turns_compose_in_every_orientation(
    kind: str, mode: str, orientation: int, turns: list[int]
) -> None:
    """The pixels are those of the original, turned, and an alpha plane turns with them."""
    assert_turned(remove_metadata(encoded(kind, mode, orientation)).body, turns)


@pytest.mark.exhaustive("HEIF rotation")
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_four_turns_change_nothing(kind: str, orientation: int) -> None:
    """A file gets the property once: its length stays, and the fifth turn is the first again."""
    body = remove_metadata(encoded(kind, "RGBA", orientation)).body
    once = assert_turned(body, (1,))
    again = assert_turned(once, (1, 1, 1, 1))
    assert again == once
    assert shown(assert_turned(once, (3,))).tobytes() == shown(body).tobytes()


@pytest.mark.parametrize("kind", KINDS)
@quick
@given(order=st.permutations(BOXES), choice=st.data(), turns=turn_lists)
def test_the_data_moves_with_its_offsets(
    kind: str, order: list[str], choice: st.DataObject, turns: list[int]
) -> None:
    """Wherever the data is: before or after `meta`, in several boxes, in `idat`."""
    data = encoded(kind, "RGBA")
    containers = {
        item_id: choice.draw(st.sampled_from(CONTAINERS), str(item_id))
        for item_id in item_ids(data)
    }
    rearranged = rearrange(data, order, containers, b"unlisted")
    assert_turned(remove_metadata(rearranged).body, turns)


@pytest.mark.parametrize("orientation", [1, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_the_credit_in_a_turned_file_stays(kind: str, orientation: int) -> None:
    """It is an item after the image, whose data moves too."""
    body = remove_metadata(encoded(kind, "RGBA", orientation)).body
    credited = add_xmp(body, build_xmp(Credit(copyright_notice="© Anna")))
    turned = process_bytes(assert_turned(credited, (1, 2)), quarter_turns=1)
    assert turned.credit == Credit(copyright_notice="© Anna")
    assert find_private_metadata(turned.original) == set()


@pytest.mark.parametrize("transforms", [(), (angle(3),), (axis(0),), (angle(1), axis(1))])
@pytest.mark.parametrize("kind", KINDS)
def test_a_grid_is_turned_as_a_whole(kind: str, transforms: tuple[bytes, ...]) -> None:
    """Its tiles have no rotation of their own."""
    body = remove_metadata(add_properties(grid(kind), transforms, (PRIMARY,))).body
    assert shown(body).size in ((117, 101), (101, 117))
    assert_turned(body, (1, 2, 3))


@pytest.mark.parametrize(
    "transforms",
    [
        (axis(0), angle(1)),
        (axis(1), angle(3)),
        (crop(40, 30),),
        (crop(40, 30), angle(1)),
        (crop(40, 30), angle(3), axis(0)),
        (crop(40, 30), axis(1), angle(2)),
    ],
)
def test_transformations_of_a_heic_apply_in_their_order(transforms: tuple[bytes, ...]) -> None:
    """A rotation after a mirroring is not the same as one before it; a crop is the first."""
    body = remove_metadata(add_properties(encoded("HEIF"), transforms, (PRIMARY,))).body
    assert_turned(body, (1, 2, 3))


def test_turns_stay_apart_from_a_rotation_that_removed_images_had() -> None:
    """A thumbnail and the image often share one property."""
    data = add_properties(encoded("HEIF", "RGBA"), (angle(1),), (PRIMARY, ALPHA))
    opaque = remove_metadata(data.replace(b"auxl", b"thmb")).body
    assert shown(opaque).mode == "RGB"
    assert_turned(opaque, (1, 1))


REFUSED = {
    "mirrored first in an AVIF": lambda: added("AVIF", (axis(0), angle(1))),
    "rotated twice": lambda: added("HEIF", (angle(1), angle(1))),
    "mirrored twice": lambda: added("HEIF", (axis(0), axis(1))),
    "cropped after a rotation": lambda: added("HEIF", (angle(1), crop(40, 30))),
    "cropped after a mirroring": lambda: added("AVIF", (axis(1), crop(40, 30))),
    "only the colors rotated": lambda: added("HEIF", (angle(1),), mode="RGBA"),
    "only the alpha plane rotated": lambda: added("HEIF", (angle(1),), (ALPHA,), mode="RGBA"),
    "a tile shares the rotation": lambda: add_properties(grid("HEIF"), (angle(2),), (1, 3)),
    "more properties than a byte counts": lambda: added("AVIF", [axis(0)] * 130, ()),
}


def added(
    kind: str, boxes: Sequence[bytes], items: Sequence[int] = (PRIMARY,), mode: str = "RGB"
) -> bytes:
    return add_properties(encoded(kind, mode), boxes, items)


@pytest.mark.parametrize("case", REFUSED)
def test_an_unusual_file_keeps_its_original(case: str) -> None:
    """Programs may differ in how they show it. Its renditions are turned."""
    data = REFUSED[case]()
    before, after = process_bytes(data), process_bytes(data, quarter_turns=1)
    assert after.original == before.original
    assert (after.rotation, after.width, after.height) == (1, before.height, before.width)
    with pytest.raises(ValueError, match=r"unusual|alpha|share|turned"):
        heif_rotation.turn(before.original, 1)


def test_a_file_with_tracks_is_refused() -> None:
    """Tracks have offsets and a matrix of their own."""
    body = remove_metadata(encoded("AVIF")).body + build_box(b"moov", bytes(16))
    with pytest.raises(ValueError, match="still"):
        heif_rotation.turn(body, 1)


def test_an_original_stays_where_the_record_has_its_rotation() -> None:
    """So an import gives the same original, and not one that is turned twice."""
    data = remove_metadata(encoded("HEIF")).body
    options = ImageOptions(quarter_turns=1, turn_original=False)
    photo = process_image(BytesIO(data), LIMITS, options)
    assert (photo.original, photo.rotation) == (data, 1)
    assert (photo.width, photo.height) == (SIZE[1], SIZE[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", [1, 6])
@settings(max_examples=300, derandomize=True, database=None)
@given(changes=edits, cut=st.floats(0.02, 4))
def test_a_damaged_file_is_turned_or_refused(
    kind: str, orientation: int, changes: list[Edit], cut: float
) -> None:
    """No other error reaches the caller, so no damage becomes an error of the site."""
    body = remove_metadata(encoded(kind, "RGBA", orientation)).body
    damaged = apply_edits(body, changes, in_header=True)[: int(cut * len(body))]
    try:
        turned = heif_rotation.turn(damaged, 1)
    except ValueError:
        return
    assert len(turned) <= len(damaged) + 64
