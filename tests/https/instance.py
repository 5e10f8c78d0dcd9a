"""An instance's /etc, /var and /run in a folder, with its nginx on loopback."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server.site import free_port

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")

# Fake commands: nginx with the instance's files, and systemctl, which only reloads it.
_NGINX = """#!/bin/sh
[ "$1" = -v ] && exec {nginx} -v
{python} -m tests.https.instance {folder} || exit
exec {nginx} -e {folder}/var/log/nginx/error.log -c {folder}/nginx.conf "$@"
"""
_SYSTEMCTL = """#!/bin/sh
echo "$*" >> {folder}/systemctl
[ "$*" = "reload nginx" ] || exit 0
master=$(cat {folder}/run/nginx.pid)
before=$(cat /proc/$master/task/$master/children)
nginx -s reload || exit
# Until they have ended they may still answer with the old configuration.
for worker in $before; do timeout 10 tail --pid=$worker -s 0.05 -f /dev/null; done
true
"""


class Instance:
    """Serves the app at `app` through nginx on the free ports `http` and `https`."""

    def __init__(self, folder: Path, app: str) -> None:
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        for name in (
            "etc/nginx/conf.d",
            "etc/shoebox",
            "run",
            "var/lib/nginx",
            "var/log/nginx",
            "bin",
        ):
            (folder / name).mkdir(parents=True)
        # As Debian's package has it.
        (folder / "etc/nginx/nginx.conf").write_text("events {\n\tworker_connections 768;\n}\n")
        (folder / "ports").write_text(f"{self.http} {self.https} {app}")
        for name, text in (("nginx", _NGINX), ("systemctl", _SYSTEMCTL)):
            program = folder / "bin" / name
            program.write_text(text.format(nginx=NGINX, python=sys.executable, folder=folder))
            program.chmod(0o755)

    def settings(self, **settings: str) -> None:
        """Write settings to /etc/shoebox/env, as user_data.sh does."""
        lines = [f'{name}="{value}"\n' for name, value in settings.items()]
        (self.folder / "etc/shoebox/env").write_text(
            "PHOTO_BUCKET=holiday-photos\n" + "".join(lines)
        )

    def configure(self, max_request_mb: int = 5) -> str:
        """Write the nginx site, as deploy/install does, and return the output."""
        done = self.run("configure", str(max_request_mb))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run deploy/https as the timer does."""
        return subprocess.run(
            [DEPLOY / "https", *arguments],
            env=self._environment() | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Start nginx with the written configuration."""
        subprocess.run([self.folder / "bin/nginx"], env=self._environment(), cwd=ROOT, check=True)
        try:
            yield
        finally:
            pid = self.folder / "run/nginx.pid"
            os.kill(int(pid.read_text()), signal.SIGTERM)
            eventually(lambda: not pid.exists())

    def certificate(self, domain: str) -> Path:
        return self.folder / "etc/letsencrypt/live" / domain / "fullchain.pem"

    def site(self) -> str:
        return (self.folder / "etc/nginx/conf.d/shoebox.conf").read_text()

    def reloads(self) -> int:
        asked = self.folder / "systemctl"
        return asked.read_text().count("reload nginx") if asked.exists() else 0

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}/bin:/usr/bin:/bin",
            "SHOEBOX_ROOT": str(self.folder),
            "LC_ALL": "C.UTF-8",
        }


@contextmanager
def serving_instance(app: str, folder: Path, max_request_mb: int = 5) -> Iterator[Instance]:
    """Start nginx in front of the app at the host and port `app`."""
    made = Instance(folder / "instance", app)
    made.settings()
    made.configure(max_request_mb)
    with made.serving():
        yield made


def translate(folder: Path) -> None:
    """Write an nginx.conf that uses the files, paths and ports of the instance."""
    http, https, app = (folder / "ports").read_text().split()
    for source in (
        folder / "etc/nginx/conf.d/shoebox.conf",
        folder / "etc/nginx/shoebox-site.conf",
        folder / "etc/nginx/shoebox-headers.conf",
    ):
        text = re.sub(r"(?<=[\s])/(?=etc/|var/|run/)", f"{folder}/", source.read_text())
        text = re.sub(r"unix:\S+", app, text)
        text = text.replace("[::]:", "[::1]:").replace("listen 80", "listen 127.0.0.1:80")
        text = text.replace("listen 443", "listen 127.0.0.1:443")
        text = text.replace(":80 ", f":{http} ").replace(":443 ", f":{https} ")
        (folder / source.name).write_text(
            text.replace(f"{folder}/etc/nginx/shoebox-", f"{folder}/shoebox-")
        )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/run/nginx.pid;\n"
        + (folder / "etc/nginx/nginx.conf").read_text()
        # A test may send from any address.
        + "http {\nset_real_ip_from 127.0.0.0/8;\nreal_ip_header X-Test-Address;\n"
        + f"access_log {folder}/var/log/nginx/access.log;\n"
        + "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"include {folder}/shoebox.conf;\n}}\n"
    )


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until `holds()` is true: nginx reloads asynchronously."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError


if __name__ == "__main__":
    translate(Path(sys.argv[1]))
