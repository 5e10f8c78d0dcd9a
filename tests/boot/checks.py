"""What has to hold on the booted machine, in order: each check leaves the site as it found it, with a photo more."""

import os
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.boot.cloud import Cloud
from tests.boot.machine import ADDRESS, URL, Machine, await_site
from tests.boot.source import client, release
from tests.https.authority import Authority
from tests.pictures import jpeg
from tests.running.test_site import multipart, photos_in, post

BUCKET = "boot-photos"
READY = 120  # seconds
IDLE_MB, CEILING_MB = 300, 819  # of a machine with 1 GiB; the second is the unit's 80 %
DOMAIN = "photos.example.org"
SCRIPT = "/var/lib/cloud/instance/scripts/part-001"


@dataclass
class Site:
    """The machine, the cloud around it, and the photos that were answered for."""

    machine: Machine
    cloud: Cloud
    authority: Authority
    url: str = URL
    photos: list[str] = field(default_factory=list)

    def upload(self, body: bytes | None = None) -> None:
        (photo,) = photos_in(post(self.url, body or jpeg(640, 480), {"Authorization": f"Bearer {self.password()}"}))
        self.photos.append(photo["id"])

    def password(self) -> str:
        name = f"/shoebox/{BUCKET}/UPLOAD_PASSWORD"
        password: str = client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        return password

    def nothing_lost(self) -> None:
        """Every photo that was answered for is listed, loads whole, and nothing else is there."""
        listed = set(re.findall(r'href="/photos/([0-9A-Z]{26})"', read(self.url)))
        assert listed == set(self.photos), f"{len(listed)} listed, {len(self.photos)} answered for"
        done = self.machine.run("shoebox", "check", "--records")
        assert "Everything is in its place." in done.stdout, done.stdout + done.stderr

    def megabytes(self) -> int:
        """What all processes have to themselves, and their share of what they share (PSS)."""
        lines = self.machine.run("sh", "-c", "cat /proc/[0-9]*/smaps_rollup 2>/dev/null").stdout
        return sum(map(int, re.findall(r"^Pss: +(\d+) kB", lines, re.MULTILINE))) // 1024


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310  this namespace alone
        return str(answer.read().decode())


def status(url: str, method: str = "GET") -> int:
    request = urllib.request.Request(url, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def it_installs_itself(site: Site) -> str:
    seconds = await_site(READY)
    done = site.machine.run("cloud-init", "status", "--wait", timeout=300)
    assert "done" in done.stdout, done.stdout
    return f"{seconds:.0f} s from launch to 200"


def it_takes_a_photo_with_the_password_alone(site: Site) -> None:
    assert post(URL, jpeg(640, 480))[0] == 403
    site.upload()
    site.nothing_lost()


def visitors_read_photos_and_no_records(site: Site) -> None:
    bucket = f"http://198.51.100.1/{BUCKET}"
    assert status(f"{bucket}/photos/{site.photos[0]}/original.jpg") == 200
    assert status(f"{bucket}/records/{site.photos[0]}.json") == 403


def no_unit_failed_and_nothing_listens_but_the_web(site: Site) -> None:
    failed = site.machine.run("systemctl", "--failed", "--no-legend", "--plain").stdout
    assert not failed.strip(), failed
    listening = site.machine.run("ss", "-ltnH").stdout
    assert {line.split()[3].rpartition(":")[2] for line in listening.splitlines()} == {"80"}, listening
    owners = site.machine.run("sh", "-c", "ps -eo user:20,args | grep [g]unicorn").stdout
    assert {line.split()[0] for line in owners.splitlines()} == {"shoebox"}, owners


def requests_are_in_the_journal_without_addresses(site: Site) -> None:
    read(URL)
    journal = site.machine.run("journalctl", "-u", "shoebox", "-o", "cat", "--no-pager").stdout
    assert re.search(r'^\{"id":"[0-9a-f]{16}","method":"GET","path":"/","status":200,"ms":', journal, re.MULTILINE)
    assert "10.99.0.1" not in journal
    assert site.password() not in journal


def idle_it_is_small(site: Site) -> str:
    used = site.megabytes()
    assert used < IDLE_MB, f"{used} MB"
    return f"{used} MB, the whole system"


def eight_large_uploads_at_once_fit(site: Site) -> str:
    body, peak, over = jpeg(4032, 3024), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.is_set():
            peak = max(peak, site.megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(8) as pool:
        for upload in [pool.submit(site.upload, body) for _ in range(8)]:
            upload.result()
    over.set()
    watcher.join()
    assert peak < CEILING_MB, f"{peak} MB"
    site.nothing_lost()
    return f"{peak} MB at the most"


def a_second_run_changes_nothing(site: Site) -> None:
    before = site.machine.run("cat", "/etc/shoebox/env").stdout
    assert "SECRET_KEY=" in before
    done = site.machine.run(SCRIPT, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:]
    assert site.machine.run("cat", "/etc/shoebox/env").stdout == before
    site.nothing_lost()


def a_release_that_does_not_start_is_rolled_back(site: Site) -> None:
    before = site.machine.run("readlink", "/opt/shoebox/current").stdout
    settings = release("broken.tar.gz", **{"deploy/gunicorn.conf.py": "raise SystemExit('no')\n"})
    done = site.machine.run(*(f"--setenv={name}={value}" for name, value in settings.items()), SCRIPT, timeout=300)
    assert done.returncode != 0
    assert "the one before it serves again" in done.stdout, done.stdout[-2000:]
    assert site.machine.run("readlink", "/opt/shoebox/current").stdout == before
    site.nothing_lost()


def gunicorns_master_may_be_killed(site: Site) -> str:
    site.machine.run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "shoebox")
    seconds = await_site(60)
    site.upload()
    site.nothing_lost()
    return f"back after {seconds:.0f} s"


def the_disk_may_be_full(site: Site) -> None:
    site.machine.run("sh", "-c", "cat /dev/zero >/var/lib/fill")
    try:
        assert status(URL) == 200
        answer = _attempt(site)
    finally:
        site.machine.run("rm", "/var/lib/fill")
    site.upload()
    site.nothing_lost()
    assert answer in {201, 500, 502, 503}


def the_role_may_be_revoked(site: Site) -> None:
    site.cloud.revoked = True
    try:
        assert status(URL) == 503
        assert status(f"{URL}/healthz") == 200
        assert status(f"{URL}/readyz") == 503
        time.sleep(60)
    finally:
        site.cloud.revoked = False
    await_site(30, "/readyz")
    site.upload()
    site.nothing_lost()


def it_may_reboot_in_mid_upload(site: Site) -> str:
    whole = multipart(jpeg(2100, 1400))
    head = f"POST /upload HTTP/1.1\r\nHost: {ADDRESS}\r\nX-Requested-With: t\r\nContent-Length: {len(whole)}\r\n"
    head += f"Authorization: Bearer {site.password()}\r\n"
    head += "Content-Type: multipart/form-data; boundary=shoebox-test\r\n\r\n"
    with socket.create_connection((ADDRESS, 80)) as phone:
        phone.sendall(head.encode() + whole[: len(whole) // 2])
        began = time.monotonic()
        site.machine.reboot()
    await_site(READY)
    seconds = time.monotonic() - began
    site.upload()
    site.nothing_lost()
    return f"back after {seconds:.0f} s"


def without_its_authority_it_stays_on_http_and_says_so(site: Site) -> None:
    done = _run_with_domain(site)
    assert done.returncode == 0, done.stdout[-2000:]
    assert f"no certificate for {DOMAIN} yet, so the site stays on HTTP." in done.stdout, done.stdout[-2000:]
    assert site.machine.run("systemctl", "is-active", "shoebox-https.timer").stdout == "active\n"
    site.upload()
    site.nothing_lost()


def with_it_the_next_try_brings_https(site: Site) -> str:
    site.authority.start()
    began = time.monotonic()
    done = site.machine.run("systemctl", "start", "shoebox-https.service")
    assert done.returncode == 0, site.machine.run("journalctl", "-u", "shoebox-https", "-o", "cat").stdout[-2000:]
    root = site.authority.trust.with_name("root.pem")
    root.write_text(site.authority.root())
    os.environ["SSL_CERT_FILE"] = str(root)
    site.url = f"https://{DOMAIN}"
    await_site(10, url=site.url)
    with urllib.request.urlopen(f"{URL}/login", timeout=20) as answer:  # noqa: S310
        assert answer.url == f"{site.url}/login"
        assert answer.headers["Strict-Transport-Security"]
        cookies = answer.headers.get_all("Set-Cookie")
        assert cookies
        assert all("; Secure" in cookie for cookie in cookies)
    site.upload()
    site.nothing_lost()
    return f"after {time.monotonic() - began:.0f} s"


def a_further_run_and_a_reboot_keep_the_certificate(site: Site) -> None:
    before = ssl.get_server_certificate((ADDRESS, 443))
    done = _run_with_domain(site)
    assert done.returncode == 0, done.stdout[-2000:]
    site.nothing_lost()
    site.authority.stop()
    site.machine.reboot()
    await_site(READY, url=site.url)
    assert ssl.get_server_certificate((ADDRESS, 443)) == before
    site.upload()
    site.nothing_lost()


def _run_with_domain(site: Site) -> subprocess.CompletedProcess[str]:
    settings = {"DOMAIN": DOMAIN, "ACME_SERVER": site.authority.url}
    return site.machine.run(*(f"--setenv={name}={value}" for name, value in settings.items()), SCRIPT, timeout=300)


def _attempt(site: Site) -> int:
    """Upload one photo, and remember it if it was answered for."""
    code, answer = post(URL, jpeg(640, 480), {"Authorization": f"Bearer {site.password()}"})
    if code == 201:
        site.photos.append(answer["photos"][0]["id"])
    return code


CHECKS: tuple[Callable[[Site], str | None], ...] = (
    it_installs_itself,
    it_takes_a_photo_with_the_password_alone,
    visitors_read_photos_and_no_records,
    no_unit_failed_and_nothing_listens_but_the_web,
    requests_are_in_the_journal_without_addresses,
    idle_it_is_small,
    eight_large_uploads_at_once_fit,
    a_second_run_changes_nothing,
    a_release_that_does_not_start_is_rolled_back,
    gunicorns_master_may_be_killed,
    the_disk_may_be_full,
    the_role_may_be_revoked,
    it_may_reboot_in_mid_upload,
    without_its_authority_it_stays_on_http_and_says_so,
    with_it_the_next_try_brings_https,
    a_further_run_and_a_reboot_keep_the_certificate,
)
