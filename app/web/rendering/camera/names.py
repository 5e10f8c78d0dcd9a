"""Name cameras and phones as they are sold, instead of by the codes in EXIF."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.image.camera_info import CameraInfo

_TABLE = Path(__file__).with_name("names.toml")
# Samsung adds letters for the country to the code of a phone: SM-S918B, SM-S918U1.
_COUNTRY_CODE = re.compile(r"(?<=^SM-[A-Z]\d{3})\w{1,3}$")


def camera_name(camera: CameraInfo) -> str:
    """Return the name of the camera, such as “Sony α7 IV”; empty if it is unknown.

    The make is left out where the model begins with it, and for iPhones, which are sold without.
    """
    make, model = _make_and_model(_one_line(camera.make), _one_line(camera.model))
    names = _table()["models"].get(make, {})
    name = names.get(model) or names.get(_COUNTRY_CODE.sub("", model)) or model
    shown_make = "" if make == "Apple" and model else make
    return f"{shown_make} {name}".strip()


def _make_and_model(make: str, model: str) -> tuple[str, str]:
    """Return the make as its vendor writes it, and the model without the make.

    EXIF has makes in capitals and in legal forms. The model may name another make than the field
    of the make does: Pentax cameras are made by Ricoh.
    """
    makes: dict[str, str] = _table()["makes"]
    name = makes.get(make.upper(), make)
    first_word, _, rest = model.partition(" ")
    if first_word.upper() in {name.upper(), *makes}:
        return makes.get(first_word.upper(), name), rest
    return name, model


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


@cache
def _table() -> dict[str, Any]:
    with _TABLE.open("rb") as file:
        return tomllib.load(file)
