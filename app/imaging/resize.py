"""Resize by LANCZOS, with a fast resizer if its trial succeeds, and otherwise with Pillow."""

import importlib.util
import json
import logging
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import PIL
from PIL import Image

from app.imaging import resize_trial
from app.imaging.fast_resize import Size, resize_with_pillow
from app.imaging.resize_trial import CYKOOZ_RESIZER, RESIZERS
from app.imaging.vips_resize import find_libvips

_TRIED_PILLOW_MAJORS = (13,)  # cykooz-resizer 3.1.1 crashed with Pillow 12.3
_TRIAL_TIMEOUT = 30.0  # seconds; it takes 0.2
_MAX_CAUSE = 200  # characters
_ROOT = Path(__file__).parents[2]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FastResizer:
    """The name of a resizer, and the modes in which it resizes as Pillow does."""

    name: str = ""
    modes: tuple[str, ...] = ()


class _Trial:
    """The resizer that this process chose, and its first failure. Both are None until then."""

    chosen: FastResizer | None = None
    failure: str | None = None


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Return the image resized to `size`, in the same mode.

    Pillow resizes the image if the fast resizer lacks memory or cannot start a thread.

    Raises:
        MemoryError: There is not enough memory for Pillow either.
    """
    fast = fast_resizer()
    if image.mode in fast.modes:
        try:
            return RESIZERS[fast.name]()(image, size)
        except (MemoryError, RuntimeError) as error:
            log_failure(repr(error))
    # Outside of the block, whose error would keep the memory of the fast resizer.
    return resize_with_pillow(image, size)


def log_failure(cause: str) -> None:
    """Log the first reason why Pillow resized an image in place of the fast resizer."""
    if _Trial.failure is None:
        _Trial.failure = "".join(filter(str.isprintable, cause))[:_MAX_CAUSE]
        _log.warning("Pillow resizes photos for which the fast resizer fails: %s", _Trial.failure)


def first_failure() -> str | None:
    """Return the cause that `log_failure` logged; None if there is none."""
    return _Trial.failure


def fast_resizer() -> FastResizer:
    """Return the fastest resizer that passes its trial, and log the choice once."""
    if _Trial.chosen is None:
        _Trial.chosen = _choose()
    return _Trial.chosen


def set_fast_resizer(chosen: FastResizer) -> None:
    """Use the result of another process's trials."""
    _Trial.chosen = chosen


def preload() -> None:
    """Load the library of the chosen resizer, which a worker process cannot open.

    If it does not load, this process and its workers resize with Pillow.
    """
    fast = fast_resizer()
    try:
        if fast.modes:
            RESIZERS[fast.name]()
    except (ImportError, MemoryError, OSError, RuntimeError) as error:
        _log.warning("Resizing with Pillow, since %s does not start: %r", fast.name, error)
        set_fast_resizer(FastResizer())


def _choose() -> FastResizer:
    reasons = []
    for name in RESIZERS:
        try:
            _check_supported(name)
            modes = _try_in_child_process(name)
        except RuntimeError as error:
            reasons.append(str(error))
        else:
            reason = "".join(f" ({reason})" for reason in reasons)
            _log.info("Resizing with %s in the modes %s%s", name, ", ".join(modes), reason)
            return FastResizer(name, modes)
    _log.warning("Resizing with Pillow, which is several times slower: %s", "; ".join(reasons))
    return FastResizer()


def _check_supported(name: str) -> None:
    """Raise RuntimeError if this machine cannot use the resizer."""
    if not _is_installed(name):
        raise RuntimeError(f"{name} is not installed")
    if name != CYKOOZ_RESIZER:
        return
    if int(PIL.__version__.split(".")[0]) not in _TRIED_PILLOW_MAJORS:
        raise RuntimeError(f"{name} was not tried with Pillow {PIL.__version__}")
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        raise RuntimeError(f"{name} has no build for this C library")


def _is_installed(name: str) -> bool:
    if name == CYKOOZ_RESIZER:
        return importlib.util.find_spec("cykooz_resizer") is not None
    return find_libvips() is not None


def _try_in_child_process(name: str) -> tuple[str, ...]:
    """Return the modes that pass the trial; a crash ends only the child process.

    Raises:
        RuntimeError: The trial failed.
    """
    command = [sys.executable, "-m", resize_trial.__name__, name]
    try:
        trial = subprocess.run(  # noqa: S603 - our own program
            command, cwd=_ROOT, capture_output=True, text=True, timeout=_TRIAL_TIMEOUT, check=True
        )
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or "").strip().rpartition("\n")[2]
        raise RuntimeError(f"the trial of {name} failed: {reason or error}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(f"the trial of {name} failed: {error}") from error
    modes = tuple(sorted(json.loads(trial.stdout)))
    if not modes:
        raise RuntimeError(f"{name} resizes differently from Pillow")
    return modes
