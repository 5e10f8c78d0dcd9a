"""The processor whose image the test builds and runs, by the variable IMAGE_PLATFORM.

`IMAGE_PLATFORM=linux/arm64` tests the image for arm64 on another processor too, where qemu of the
package qemu-user-static runs its programs. Without the variable it is this machine's processor.
"""

import os
import platform
from dataclasses import dataclass

_SYSTEM = "linux/"
# By `platform.machine()`, the names of Debian, which are those of container images too.
_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}
# qemu takes about 20 times the CPU time, measured with the trial of a resizer.
_EMULATED_FACTOR = 20


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor of container images.

    Attributes:
        name: The name of Debian and of container images.
        emulated: Whether qemu runs its programs.
    """

    name: str
    emulated: bool

    def seconds(self, native: float) -> float:
        """Return the time limit of a step of `native` seconds on this machine's processor."""
        return native * _EMULATED_FACTOR if self.emulated else native


def chosen() -> Processor:
    """Return the processor that IMAGE_PLATFORM names, or that of this machine."""
    machine = platform.machine()
    own = _NAMES.get(machine, machine)
    wanted = os.environ.get("IMAGE_PLATFORM", _SYSTEM + own)
    assert wanted.startswith(_SYSTEM), f"IMAGE_PLATFORM={wanted}: use linux/arm64 or linux/amd64"
    name = wanted.removeprefix(_SYSTEM)
    return Processor(name, emulated=name != own)
