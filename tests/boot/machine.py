"""A container that boots systemd from a read-only image with a 2 GB disk for changes."""

import subprocess
import threading
import time
import urllib.request
from pathlib import Path

ADDRESS = "10.99.0.2"
URL = f"http://{ADDRESS}"
DISK = "2G"
REBOOTS = 133  # systemd-nspawn's exit status


def set_up_network(*addresses: str) -> None:
    """Add the addresses of AWS and the machine in this network namespace."""
    for address in addresses:
        _run("ip", "address", "add", f"{address}/32", "dev", "lo")
    _run("ip", "link", "set", "lo", "up")


class Machine:
    """Boots immediately. `work` is a folder in this mount namespace.

    `trusted` is a certificate that it finds as /etc/authority.pem.
    """

    def __init__(
        self,
        image: Path,
        wheels: Path,
        work: Path,
        user_data: str,
        environment: dict[str, str],
        trusted: Path,
    ) -> None:
        self._root, self._wheels = work / "root", wheels
        self._console = (work / "console.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self._lay(image, work, user_data, environment, trusted)
        self._over = False
        threading.Thread(target=self._power, daemon=True).start()

    def _lay(
        self, image: Path, work: Path, user_data: str, environment: dict[str, str], trusted: Path
    ) -> None:
        disk = work / "disk"
        for folder in (self._root, disk):
            folder.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "disk", str(disk))
        for name in ("upper", "work"):
            (disk / name).mkdir()
        layers = f"lowerdir={image},upperdir={disk}/upper,workdir={disk}/work"
        _run("mount", "-t", "overlay", "overlay", "-o", layers, str(self._root))
        seed = self._root / "var/lib/cloud/seed/nocloud"
        seed.mkdir(parents=True)
        (seed / "user-data").write_text(user_data)
        (seed / "meta-data").write_text("instance-id: i-boottest\nlocal-hostname: shoebox\n")
        (self._root / "etc/authority.pem").write_bytes(trusted.read_bytes())
        settings = "".join(
            f'DefaultEnvironment="{name}={value}"\n' for name, value in environment.items()
        )
        folder = self._root / "etc/systemd/system.conf.d"
        folder.mkdir(exist_ok=True)
        (folder / "90-test.conf").write_text(f"[Manager]\n{settings}")

    def _power(self) -> None:
        command = [
            "systemd-nspawn",
            "-q",
            "-D",
            self._root,
            "--boot",
            "--register=no",
            "--keep-unit",
            "--network-veth",
        ]
        command += [
            "--machine=shoebox",
            "--link-journal=no",
            "--resolv-conf=off",
            "--timezone=off",
            "--console=pipe",
        ]
        command += [f"--bind-ro={self._wheels}:/srv/wheels"]
        while not self._over:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self._console, stderr=subprocess.STDOUT
            )
            self._plug_in()
            if self._process.wait() != REBOOTS:
                return

    def _plug_in(self) -> None:
        for _ in range(100):
            if subprocess.run(
                ["ip", "link", "set", "ve-shoebox", "up"], capture_output=True, check=False
            ).returncode:
                time.sleep(0.1)
                continue
            _run("ip", "address", "replace", "10.99.0.1/24", "dev", "ve-shoebox")
            return

    def run(self, *command: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command on the machine as root, with the services' environment."""
        enter = [
            "nsenter",
            "-t",
            str(self._leader()),
            "-a",
            "--",
            "systemd-run",
            "--quiet",
            "--pipe",
            "--wait",
        ]
        return subprocess.run(
            [*enter, "--collect", *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def boot_id(self) -> int:
        """Return the boot id, which changes with each boot."""
        return self._leader()

    def reboot(self) -> None:
        """Reboot and return when the next boot has started."""
        before = self._leader()
        self.run("systemctl", "--no-block", "reboot")
        for _ in range(600):
            time.sleep(0.1)
            try:
                if self._leader() != before:
                    return
            except OSError:
                continue
        raise OSError("it does not reboot")

    def off(self) -> None:
        self._over = True
        if self._process:
            self._process.kill()
            self._process.wait()

    def _leader(self) -> int:
        process = self._process
        if process is None or process.poll() is not None:
            raise OSError("the machine is off")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in children:
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return int(child)
        raise OSError("the machine is starting")


def await_site(seconds: float, url: str = URL) -> float:
    """Wait until the site answers 200 and return the seconds. Raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  this namespace alone
                return time.monotonic() - began
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(f"no answer in {seconds} seconds")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
