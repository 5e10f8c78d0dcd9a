"""What may befall the machine: after each the site comes back by itself, nothing is lost and nothing half listed."""

import socket
import time

from tests.boot.machine import ADDRESS, URL, await_site
from tests.boot.site import READY, Site, status
from tests.sample_images import jpeg
from tests.server.test_site import multipart, post


def gunicorns_master_may_be_killed(site: Site) -> str:
    site.machine.run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "shoebox")
    seconds = await_site(60)
    site.upload()
    site.nothing_lost()
    return f"back after {seconds:.0f} s"


def nginx_may_be_killed(site: Site) -> str:
    site.machine.run("systemctl", "kill", "--signal=KILL", "nginx")
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


def _attempt(site: Site) -> int:
    """Upload one photo, and remember it if it was answered for."""
    code, answer = post(URL, jpeg(640, 480), {"Authorization": f"Bearer {site.password()}"})
    if code == 201:
        site.photos.append(answer["photos"][0]["id"])
    return code
