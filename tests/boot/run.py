"""Boot one machine and run the checks, inside the namespaces that `__main__` creates."""

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.boot.certificates import DOMAIN
from tests.boot.checks import CHECKS
from tests.boot.fake_aws import AUTHORITY, AWS, METADATA, FakeAws
from tests.boot.image import CACHE, ROOT, SUITE, WHEELS
from tests.boot.machine import ADDRESS, Machine, set_up_network
from tests.boot.site import BUCKET, Site
from tests.boot.source import release
from tests.https.authority import Authority

_NEW_CGROUP_NAMESPACE = 0x02000000  # unshare(2); os.CLONE_NEWCGROUP needs Python 3.12


def main(profile: str) -> int:
    """Return 0 if every check passed."""
    _use_separate_cgroups(f"shoebox-boot-{profile}")
    set_up_network(METADATA, AWS, AUTHORITY)
    fake_aws = FakeAws()
    fake_aws.start()
    os.environ.update(AWS_EC2_METADATA_DISABLED="true")
    settings = {
        "BUCKET_NAME": BUCKET,
        "AWS_ENDPOINT_URL": f"http://{AWS}",
        "SITE_TITLE": "Boot test",
    }
    settings["REQUESTS_CA_BUNDLE"] = "/etc/authority.pem"
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/srv/wheels"}
    script = (ROOT / "deploy" / "user_data.sh").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="shoebox-boot-", ignore_cleanup_errors=True) as work:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64M", "work", work], check=True)
        environment = settings | pip | release("v1.tar.gz")
        _add_host_name(DOMAIN, ADDRESS, Path(work))
        authority = Authority(
            Path(work), host=AUTHORITY, ports=(14000, 15000, 53), resolves_to=ADDRESS
        )
        image = CACHE / f"{SUITE}-{profile}"
        machine = Machine(image, WHEELS, Path(work), script, environment, authority.trust)
        try:
            passed = _run_checks(Site(machine, fake_aws, authority))
            if passed < len(CHECKS):
                _print_logs(machine, Path(work))
        finally:
            machine.off()
            authority.stop()
            subprocess.run(["umount", "--lazy", "--recursive", work], check=False)
    print(f"{profile}: {passed} of {len(CHECKS)} passed", flush=True)
    return int(passed < len(CHECKS))


def _run_checks(site: Site) -> int:
    """Return the number of passed checks. Stop if the first one fails."""
    passed = 0
    for check in CHECKS:
        began, title = time.monotonic(), check.__name__.replace("_", " ")
        try:
            detail = check(site)
        except Exception as error:  # noqa: BLE001  the other checks still run
            print(f"FAIL {title}: {type(error).__name__}: {error}", flush=True)
            if check is CHECKS[0]:
                break
        else:
            passed += 1
            print(
                f"PASS {title}{f': {detail}' if detail else ''} ({time.monotonic() - began:.0f} s)",
                flush=True,
            )
    return passed


def _print_logs(machine: Machine, work: Path) -> None:
    try:
        print(machine.run("tail", "-n", "30", "/var/log/cloud-init-output.log").stdout)
        print(
            machine.run(
                "journalctl", "-n", "60", "--no-pager", "-u", "shoebox", "-u", "nginx"
            ).stdout
        )
    except (OSError, subprocess.SubprocessError):
        print((work / "console.log").read_text(errors="replace")[-4000:])


def _add_host_name(name: str, address: str, work: Path) -> None:
    """Resolve `name` to `address` in this process and its children."""
    hosts = work / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{address} {name}\n")
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)


def _use_separate_cgroups(name: str) -> None:
    """Give the machine's systemd a separate cgroup root, apart from the host's services."""
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    root = Path("/sys/fs/cgroup")
    if not (root / "cgroup.controllers").exists():
        subprocess.run(["mount", "-t", "cgroup2", "none", root], check=True)
    (root / name).mkdir(exist_ok=True)
    (root / name / "cgroup.procs").write_text(str(os.getpid()))
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_CGROUP_NAMESPACE):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["umount", "--lazy", root], check=True)
    subprocess.run(["mount", "-t", "cgroup2", "none", root], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
