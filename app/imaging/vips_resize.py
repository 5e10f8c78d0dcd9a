"""Resize with libvips, which has builds for ARM and takes less time than Pillow.

Functions of its C interface are called, since pip has no wheel of its bindings for Python:
https://www.libvips.org/API/current/. The package `pyvips-binary` is a wheel of the library.
"""

import ctypes
import functools
import importlib.metadata
from contextlib import ExitStack

from PIL import Image

from app.imaging.decoder_errors import has_memory
from app.imaging.fast_resize import Resize, Size, resize_with_pillow

_PACKAGE = "pyvips-binary"
_MAX_COPIED = 200_000_000  # bytes for libvips; decode.py allows for little more than the image
# Measured: for the stacks of its threads and their memory, whose lack can end the process.
_THREAD_MEMORY = 24 * 2**20  # bytes
# Pillow's name of the levels as they are in its memory, and their number for each pixel.
_LAYOUTS = {"L": ("L", 1), "RGB": ("RGBX", 4), "CMYK": ("CMYK", 4)}
_MAX_SHRINK = 4  # for more its rounded weights lose 1 to 8 levels; Pillow averages first
_UCHAR = 0  # VIPS_FORMAT_UCHAR: a byte for each level

_Pointer = ctypes.c_void_p
_get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_get_pointer.restype, _get_pointer.argtypes = _Pointer, [ctypes.py_object, ctypes.c_char_p]
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
# Pillow stores an image of up to this size in one block of memory, which needs no copy.
WORKER_ENVIRONMENT = {"PILLOW_BLOCK_SIZE": str(2**30)}


class _ArrowArray(ctypes.Structure):
    """An array in memory: https://arrow.apache.org/docs/format/CDataInterface.html."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in ("length", "null_count", "offset")),
        *((name, ctypes.c_int64) for name in ("n_buffers", "n_children")),
        *((name, ctypes.POINTER(_Pointer)) for name in ("buffers", "children")),
    )


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

    It must not run before a fork: the new process may wait for threads that it does not have.

    Raises:
        OSError: The library cannot be loaded.
        RuntimeError: The library does not start. The function raises it if no thread starts.
        MemoryError: Only the function raises it.
    """
    library = _start()

    def resize(image: Image.Image, size: Size) -> Image.Image:
        shrinks = (image.width / size[0], image.height / size[1])
        levels = _levels(image) if min(shrinks) >= 1 and max(shrinks) <= _MAX_SHRINK else None
        if not levels:
            return resize_with_pillow(image, size)
        _check_memory(image, size)
        return _resize(library, image, size, levels)

    return resize


def _check_memory(image: Image.Image, size: Size) -> None:
    """Raise MemoryError if there is no memory for two copies of the result and for the threads."""
    _raw_mode, bands = _LAYOUTS[image.mode]
    needed = 2 * size[0] * size[1] * bands + _THREAD_MEMORY
    if not has_memory(needed):
        raise MemoryError(f"libvips needs {needed} bytes")


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


def _levels(image: Image.Image) -> tuple[int, object] | None:
    """Return the address of the levels of an image, and the object that keeps them in memory.

    They are copied if the image is not one block of memory: `WORKER_ENVIRONMENT`.

    Returns:
        None if the copy would be too large.
    """
    raw_mode, bands = _LAYOUTS[image.mode]
    try:
        _schema, capsule = image.__arrow_c_array__()
    except ValueError:  # several blocks
        if image.width * image.height * bands > _MAX_COPIED:
            return None
        copy = ctypes.c_char_p(image.tobytes("raw", raw_mode))
        return ctypes.cast(copy, _Pointer).value or 0, copy
    array = _ArrowArray.from_address(_get_pointer(capsule, b"arrow_array"))
    if array.n_children:  # a list of levels for each pixel
        array = _ArrowArray.from_address(array.children[0])
    return array.buffers[1], capsule


def _resize(
    library: ctypes.CDLL, image: Image.Image, size: Size, levels: tuple[int, object]
) -> Image.Image:
    """Return the image resized by `vips_reduce`, whose default filter is LANCZOS."""
    raw_mode, bands = _LAYOUTS[image.mode]
    address, _owner = levels
    count = image.width * image.height * bands
    shape = (image.width, image.height, bands)
    reduced, length = _Pointer(), ctypes.c_size_t()
    shrinks = (image.width / size[0], image.height / size[1])
    with ExitStack() as owned:
        source = library.vips_image_new_from_memory(address, count, *shape, _UCHAR)
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
        view = memoryview((ctypes.c_char * length.value).from_address(written))
        return Image.frombytes(image.mode, size, view, "raw", raw_mode)


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
