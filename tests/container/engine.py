"""Build and run the image with the programs of Debian, where no registry of images is reachable.

The base is a minimal Debian of mmdebstrap without manuals, as Debian's own images are. All images,
containers and volumes are in a folder of the test.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.container import processor
from tests.container.files import BASE, ROOT
from tests.container.processor import Processor

PROGRAMS = ("buildah", "podman", "runc", "mmdebstrap")
IMAGE = "localhost/shoebox"
RELEASE = "v1.3-5-g0123456"
# Of the user that runs the test, who may not raise them.
_LIMITS = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096")
_NO_MANUALS = ("man", "info", "locale", "doc")
_MAX_SECONDS = 900  # of one program: a mirror that does not answer must not stop the tests
# The options of the site and of the probe: no rights, on a read-only file system.
_RUN = (
    *("--network", "host", *_LIMITS, "--read-only", "--read-only-tmpfs=false"),
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
)


class EngineError(RuntimeError):
    """A program failed."""


def missing() -> str:
    """Return the programs or rights that this machine lacks to build and run an image, if any."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    absent = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if absent:
        return "apt-get install " + " ".join(absent)
    return "" if os.geteuid() == 0 else "root"


class Engine:
    """Buildah and podman with a storage of their own, for images of one processor."""

    def __init__(self, folder: Path, target: Processor) -> None:
        self.folder = folder
        self.target = target
        folders = ("--root", str(folder / "root"), "--runroot", str(folder / "run"))
        self._storage = ("--storage-driver", "overlay", *folders)

    def why_unusable(self) -> str:
        """Make the base, build from it and run it. Return why that fails; nothing if it works.

        It uses no file of the site, so a failure is one of the machine: no mount namespaces, no
        control groups, or no mirror of Debian.
        """
        trivial = self.folder / "trivial"
        trivial.mkdir()
        (trivial / "Dockerfile").write_text(f"FROM {BASE}\nRUN true\n")
        try:
            self._make_base()
            self._build(trivial, "localhost/trivial")
            self._run_image("--rm", *_RUN, BASE, "true")
        except EngineError as error:
            return str(error)
        return ""

    def build(self) -> None:
        """Build the image of the site."""
        self._build(ROOT, IMAGE, "--build-arg", f"RELEASE={RELEASE}", *self._certificate())

    def _make_base(self) -> None:
        base = self.folder / "base.tar"
        options = ("--quiet", "--variant=minbase", f"--architectures={self.target.name}")
        self._run("mmdebstrap", *options, *_package_options(), "trixie", str(base))
        self.podman("import", "--quiet", "--arch", self.target.name, str(base), BASE)
        base.unlink()

    def _build(self, folder: Path, tag: str, *options: str) -> None:
        fixed = ("--isolation", "chroot", "--format", "docker", "--pull-never")
        target = ("--arch", self.target.name)
        self._buildah("build", *fixed, *target, *options, "--tag", tag, str(folder))

    def start(self, name: str, port: int) -> None:
        """Start the site with no rights, on a read-only file system and the volume `photos`."""
        self._run_image(
            *("--detach", "--name", name, *_RUN, "--volume", "photos:/data"),
            *("--env", f"PORT={port}", "--env", "REQUEST_LOG=yes", IMAGE),
        )

    def podman(self, *arguments: str) -> str:
        """Run podman and return its output."""
        return self._podman(*arguments).stdout

    def logs(self, name: str) -> str:
        """Return the standard output and the standard error of a container."""
        done = self._podman("logs", name)
        return done.stdout + done.stderr

    def remove(self) -> None:
        """Stop the containers, so that nothing is mounted in the folder.

        Each process of podman mounts the storage folder and unmounts it at its end. If the cleanup
        of a container ends at the same time as another process, one mount may stay.
        """
        self.podman("rm", "--all", "--force", "--time", "5")
        self._buildah("rm", "--all")
        for mount_point in mounts_in(self.folder):
            self._run("umount", mount_point)

    def _run_image(self, *arguments: str) -> None:
        self.podman("run", "--arch", self.target.name, "--pull", "never", *arguments)

    def _podman(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("podman", *self._storage, "--runtime", "runc", *arguments)

    def _buildah(self, *arguments: str) -> None:
        self._run("buildah", *self._storage, *arguments)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return _run(command, self.target.seconds(_MAX_SECONDS))

    def _certificate(self) -> tuple[str, ...]:
        """Return options for pip in the build if packages come through a proxy of this machine."""
        certificate = os.environ.get("PIP_CERT")
        if not certificate:
            return ()
        settings = self.folder / "pip.conf"
        settings.write_text("[global]\ncert = /run/pip-certificate\n")
        mounts = (f"{settings}:/etc/pip.conf:ro", f"{certificate}:/run/pip-certificate:ro")
        return ("--volume", mounts[0], "--volume", mounts[1])


@contextmanager
def engine() -> Iterator[Engine]:
    """Provide an engine without images, and remove its containers afterwards."""
    with TemporaryDirectory(prefix="shoebox-image-") as name:
        created = Engine(Path(name), processor.chosen())
        try:
            yield created
        finally:
            # Where containers cannot run there is none to remove. A mount that stays is an error
            # of the folder's removal.
            with suppress(EngineError):
                created.remove()


def mounts_in(folder: Path) -> list[str]:
    """Return the mount points in a folder, those that were mounted last first."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    mount_points = [line.split()[4] for line in lines]  # proc_pid_mountinfo(5)
    return [each for each in reversed(mount_points) if each.startswith(f"{folder}/")]


def _package_options() -> list[str]:
    """Return dpkg's options in Debian's own images: no manuals, and no wait for the disk."""
    options = [f"path-exclude=/usr/share/{each}/*" for each in _NO_MANUALS]
    options += ["path-include=/usr/share/doc/*/copyright", "force-unsafe-io"]
    return [f"--dpkgopt={option}" for option in options]


def _run(command: tuple[str, ...], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a program for at most `seconds`. Its messages are shown if it fails."""
    environment = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"{command[0]} did not end: {error}") from error
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise EngineError(f"{command[0]} failed with {done.returncode}: {done.stderr[-2000:]}")
    return done
