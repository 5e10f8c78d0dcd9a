"""Resize by LANCZOS, with cykooz-resizer where a trial shows that it works, else with Pillow."""

import importlib.util
import json
import logging
import platform
import subprocess
import sys

import PIL
from PIL import Image

from app.imaging import fast_resize
from app.imaging.fast_resize import Size, resize_with_pillow

_TRIED_PILLOW_MAJORS = (13,)  # cykooz-resizer 3.1.1 crashed with Pillow 12.3
_TRIAL_TIMEOUT = 30.0  # seconds; it takes 0.2

_log = logging.getLogger(__name__)


class _Trial:
    """The result of this process's trial of cykooz-resizer; None before it."""

    modes: frozenset[str] | None = None


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Return the image resized to `size`, in the same mode."""
    if image.mode in fast_modes():
        return fast_resize.cykooz_resizer()(image, size)
    return resize_with_pillow(image, size)


def fast_modes() -> frozenset[str]:
    """Return the modes that cykooz-resizer resizes as Pillow does, and log the choice once."""
    if _Trial.modes is None:
        _Trial.modes = _choose_fast_modes()
    return _Trial.modes


def set_fast_modes(modes: frozenset[str]) -> None:
    """Use the result of another process's trial."""
    _Trial.modes = modes


def _choose_fast_modes() -> frozenset[str]:
    try:
        _check_supported()
        modes = _try_in_child_process()
    except RuntimeError as error:
        _log.warning("Resizing with Pillow, which is several times slower: %s", error)
        return frozenset()
    _log.info("Resizing with cykooz-resizer in the modes %s", ", ".join(sorted(modes)))
    return modes


def _check_supported() -> None:
    """Raise RuntimeError if this machine cannot use cykooz-resizer."""
    if importlib.util.find_spec("cykooz_resizer") is None:
        raise RuntimeError("cykooz-resizer is not installed")
    if int(PIL.__version__.split(".")[0]) not in _TRIED_PILLOW_MAJORS:
        raise RuntimeError(f"cykooz-resizer was not tried with Pillow {PIL.__version__}")
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        raise RuntimeError("cykooz-resizer has no build for this C library")


def _try_in_child_process() -> frozenset[str]:
    """Return the modes that pass the trial; a crash ends only the child process.

    Raises:
        RuntimeError: The trial failed.
    """
    command = [sys.executable, "-P", fast_resize.__file__]
    try:
        trial = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=_TRIAL_TIMEOUT, check=True
        )
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or "").strip().rpartition("\n")[2]
        raise RuntimeError(f"the trial of cykooz-resizer failed: {reason or error}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(f"the trial of cykooz-resizer failed: {error}") from error
    modes = frozenset(json.loads(trial.stdout))
    if not modes:
        raise RuntimeError("cykooz-resizer resizes differently from Pillow")
    return modes
