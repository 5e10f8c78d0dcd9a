"""Import all modules that processing needs, because a worker process cannot open files."""

import codecs
import importlib

from PIL import Image

from app.imaging import pillow_options, resize

# Pillow imports these inside of its functions.
_PILLOW_MODULES = (
    *("ImageCms", "ImageColor", "ImageFile", "ImageMode", "ImagePalette", "ImageSequence"),
    *("MpoImagePlugin", "TiffImagePlugin"),
)
# Python imports most codecs when they are first used.
_ENCODINGS = ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le")


def preload() -> None:
    """Import the modules and codecs, before this process is forked."""
    Image.init()
    for name in _PILLOW_MODULES:
        importlib.import_module(f"PIL.{name}")
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    pillow_options.register_heif()
    resize.preload()
