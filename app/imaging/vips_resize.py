"""Resize with libvips, which has builds for ARM, in a third of the time of Pillow.

Functions of its C interface are called, since pip has no wheel of its bindings for Python:
https://www.libvips.org/API/current/. The package `pyvips-binary` is a wheel of the library.
"""

import ctypes
import functools
import importlib.metadata
from contextlib import ExitStack

from PIL import Image

from app.imaging.fast_resize import Resize, Size, resize_with_pillow

_PACKAGE = "pyvips-binary"
_MAX_COPIED = 150_000_000  # bytes for libvips; decode.py allows for little more than the image
_COPIED_ROWS = 64  # at a time, so that no second copy is in memory
_MAX_SHRINK = 4  # for more its rounded weights lose 1 to 8 levels; Pillow averages first
_UCHAR = 0  # VIPS_FORMAT_UCHAR: a byte for each level

_Pointer = ctypes.c_void_p
# By name: the type of the result and those of the arguments, without the optional ones.
_FUNCTIONS: dict[str, tuple[type | None, list[type]]] = {
    "vips_init": (ctypes.c_int, [ctypes.c_char_p]),
    "vips_concurrency_set": (None, [ctypes.c_int]),
    "vips_cache_set_max": (None, [ctypes.c_int]),
    "vips_error_buffer": (ctypes.c_char_p, []),
    "vips_error_clear": (None, []),
    "vips_image_new_from_memory": (
        _Pointer,
        [_Pointer, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int],
    ),
    "vips_reduce": (
        ctypes.c_int,
        [_Pointer, ctypes.POINTER(_Pointer), ctypes.c_double, ctypes.c_double],
    ),
    "vips_image_write_to_memory": (_Pointer, [_Pointer, ctypes.POINTER(ctypes.c_size_t)]),
    "g_object_unref": (None, [_Pointer]),
    "g_free": (None, [_Pointer]),
}


def find_libvips() -> str | None:
    """Return the path of the library; None if `pyvips-binary` is not installed."""
    try:
        files = importlib.metadata.files(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    libraries = [file for file in files if file.name.startswith("libvips")]
    return str(libraries[0].locate()) if libraries else None


@functools.cache
def vips_resizer() -> Resize:
    """Return the function that resizes by LANCZOS, with one thread.

    It must not run before a fork: the new process would wait for threads that it does not have.

    Raises:
        OSError: The library cannot be loaded.
        RuntimeError: The library does not start.
    """
    library = _start()

    def resize(image: Image.Image, size: Size) -> Image.Image:
        if _is_suitable(image, size):
            return _resize(library, image, size)
        return resize_with_pillow(image, size)

    return resize


def _start() -> ctypes.CDLL:
    library = ctypes.CDLL(find_libvips())
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    if library.vips_init(b"shoebox"):
        _fail(library)
    library.vips_concurrency_set(1)  # one worker process is one core
    library.vips_cache_set_max(0)  # no photo is resized twice
    return library


def _is_suitable(image: Image.Image, size: Size) -> bool:
    """Return whether libvips can make the image smaller, with a copy that is not too large."""
    copied = image.width * image.height * len(image.getbands())
    shrinks = (image.width / size[0], image.height / size[1])
    return copied <= _MAX_COPIED and min(shrinks) >= 1 and max(shrinks) <= _MAX_SHRINK


def _resize(library: ctypes.CDLL, image: Image.Image, size: Size) -> Image.Image:
    """Return the image resized by `vips_reduce`, whose default filter is LANCZOS."""
    pixels = _copy_pixels(image)
    buffer = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    shape = (image.width, image.height, len(image.getbands()))
    reduced, length = _Pointer(), ctypes.c_size_t()
    shrinks = (image.width / size[0], image.height / size[1])
    with ExitStack() as owned:
        source = library.vips_image_new_from_memory(buffer, len(pixels), *shape, _UCHAR)
        if not source:
            _fail(library)
        owned.callback(library.g_object_unref, source)
        if library.vips_reduce(source, ctypes.byref(reduced), *shrinks, None):
            _fail(library)
        owned.callback(library.g_object_unref, reduced)
        written = library.vips_image_write_to_memory(reduced, ctypes.byref(length))
        if not written:
            _fail(library)
        owned.callback(library.g_free, written)
        return Image.frombytes(image.mode, size, ctypes.string_at(written, length.value))


def _copy_pixels(image: Image.Image) -> bytearray:
    pixels = bytearray(image.width * image.height * len(image.getbands()))
    row_length = image.width * len(image.getbands())
    for top in range(0, image.height, _COPIED_ROWS):
        bottom = min(top + _COPIED_ROWS, image.height)
        rows = image.crop((0, top, image.width, bottom)).tobytes()
        pixels[top * row_length : bottom * row_length] = rows
    return pixels


def _fail(library: ctypes.CDLL) -> None:
    """Raise the error that libvips wrote down.

    Raises:
        MemoryError: There is not enough memory.
        RuntimeError: Anything else.
    """
    text = library.vips_error_buffer().decode(errors="replace").strip()
    library.vips_error_clear()
    if "out of memory" in text:
        raise MemoryError(text)
    raise RuntimeError(f"libvips: {text}")
