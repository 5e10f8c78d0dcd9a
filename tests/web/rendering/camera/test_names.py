"""Names of cameras and phones."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.image.camera_info import CameraInfo
from app.web.rendering.camera import names
from app.web.rendering.camera.names import camera_name


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("samsung", "SM-S918B", "Samsung Galaxy S23 Ultra"),
        ("samsung", "SM-S918U1", "Samsung Galaxy S23 Ultra"),
        ("samsung", "SM-G935L", "Samsung Galaxy S7 edge"),
        ("samsung", "Galaxy S24 Ultra", "Samsung Galaxy S24 Ultra"),
        ("samsung", "SM-X123Z", "Samsung SM-X123Z"),
        ("SONY", "ILCE-7M4", "Sony α7 IV"),
        ("SONY", "ZV-E10", "Sony ZV-E10"),
        ("NIKON CORPORATION", "NIKON D90", "Nikon D90"),
        ("NIKON CORPORATION", "NIKON Z 6_2", "Nikon Z 6II"),
        ("Canon", "Canon EOS R6m2", "Canon EOS R6m2"),
        ("Apple", "iPhone 14 Pro", "iPhone 14 Pro"),
        ("Google", "Pixel 7", "Google Pixel 7"),
        ("LEICA CAMERA AG", "LEICA T (Typ 701)", "Leica T (Typ 701)"),
        ("RICOH IMAGING COMPANY, LTD.  ", "PENTAX K-1", "Pentax K-1"),
        ("FUJIFILM", "X-T4", "Fujifilm X-T4"),
        ("Panasonic", "DC-S5M2", "Panasonic Lumix S5 II"),
        ("OLYMPUS CORPORATION", "E-M10MarkII", "Olympus OM-D E-M10 Mark II"),
        ("OM Digital Solutions", "OM-1", "OM System OM-1"),
        ("OnePlus", "ONEPLUS A6003", "OnePlus 6"),
        ("HUAWEI", "VOG-L29", "Huawei P30 Pro"),
        ("Acme", "Acme", "Acme"),
        ("Acme", None, "Acme"),
        ("Apple", None, "Apple"),
        (None, "Box 4", "Box 4"),
        (None, None, ""),
    ],
)
def test_a_camera_has_the_name_under_which_it_is_sold(
    make: str | None, model: str | None, name: str
) -> None:
    """An unknown model keeps its code, and a make is not repeated."""
    assert camera_name(CameraInfo(make=make, model=model)) == name


@given(st.text(max_size=20), st.text(max_size=20))
def test_every_model_is_named(make: str, model: str) -> None:
    """No text of a file is lost but the make and spaces."""
    name = camera_name(CameraInfo(make=make, model=model))
    assert name == " ".join(name.split())
    assert bool(name) == bool(make.split() or model.split())


def test_the_table_has_no_unused_entry() -> None:
    """Each model belongs to a make as it is written after the table of makes."""
    table = tomllib.loads(names._TABLE.read_text("utf-8"))
    makes = table["makes"]
    assert all(code == code.upper() for code in makes)
    for make, models in table["models"].items():
        assert makes.get(make.upper(), make) == make
        for model, name in models.items():
            assert camera_name(CameraInfo(make=make, model=model)) == f"{make} {name}"
