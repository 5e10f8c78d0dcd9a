"""The settings that the server passes to its image workers when it starts them."""

import json
from dataclasses import asdict, dataclass, field

from app.capacity import IMAGE_WORKER_MIB
from app.imaging.pipeline import ImageLimits
from app.imaging.resize import FastResizer

PROCESS_IMAGE = "app.imaging.pipeline:process_image"


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """The memory and time limits of one photo, and the time an upload waits for a free worker."""

    memory: int = IMAGE_WORKER_MIB * 2**20  # bytes: decode.py's limit and the interpreter
    cpu_seconds: int = 15
    wall_seconds: float = 20.0  # for a worker process that waits instead of working
    queue_seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """The function that processes a photo, its limits, and those of the worker process."""

    image_limits: ImageLimits
    worker_limits: WorkerLimits
    process_image: str = PROCESS_IMAGE  # as pkgutil.resolve_name reads it
    fast_resizer: FastResizer = field(default_factory=FastResizer)

    def to_json(self) -> str:
        """Return the settings for `from_json` in another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "WorkerSettings":
        """Return the settings that `to_json` gave."""
        settings = json.loads(text)
        fast = settings["fast_resizer"]
        return cls(
            image_limits=ImageLimits(**settings["image_limits"]),
            worker_limits=WorkerLimits(**settings["worker_limits"]),
            process_image=settings["process_image"],
            fast_resizer=FastResizer(fast["name"], tuple(fast["modes"])),
        )
