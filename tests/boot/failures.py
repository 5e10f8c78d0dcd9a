"""Failures of the machine. The site recovers from each and loses no photo."""

import socket
import time

from tests.boot.machine import ADDRESS, URL, await_site
from tests.boot.site import READY, Site, status
from tests.sample_images import jpeg
from tests.server.client import multipart, post


def gunicorn_restarts_after_a_kill(site: Site) -> str:
    site.machine.run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "shoebox")
    seconds = await_site(60)
    site.upload()
    site.assert_nothing_lost()
    return f"back after {seconds:.0f} s"


def nginx_restarts_after_a_kill(site: Site) -> str:
    site.machine.run("systemctl", "kill", "--signal=KILL", "nginx")
    seconds = await_site(60)
    site.upload()
    site.assert_nothing_lost()
    return f"back after {seconds:.0f} s"


def full_disk_loses_nothing(site: Site) -> None:
    site.machine.run("sh", "-c", "cat /dev/zero >/var/lib/fill")
    try:
        assert status(URL) == 200
        answer = _attempt(site)
    finally:
        site.machine.run("rm", "/var/lib/fill")
    site.upload()
    site.assert_nothing_lost()
    assert answer in {201, 500, 502, 503}


def revoked_role_loses_nothing(site: Site) -> None:
    uncached = site.authorization()
    site.fake_aws.revoked = True
    try:
        assert status(URL, headers=uncached) == 503
        assert status(f"{URL}/healthz") == 200
        assert status(f"{URL}/readyz") == 403
        assert _readiness(site) == "503"
        time.sleep(60)
    finally:
        site.fake_aws.revoked = False
    await_site(30)
    assert _readiness(site) == "200"
    site.upload()
    site.assert_nothing_lost()


def reboot_during_an_upload_loses_nothing(site: Site) -> str:
    whole = multipart(jpeg(2100, 1400))
    head = f"POST /upload HTTP/1.1\r\nHost: {ADDRESS}\r\nX-Requested-With: t\r\n"
    head += f"Content-Length: {len(whole)}\r\n"
    head += f"Authorization: Bearer {site.password()}\r\n"
    head += "Content-Type: multipart/form-data; boundary=shoebox-test\r\n\r\n"
    with socket.create_connection((ADDRESS, 80)) as phone:
        phone.sendall(head.encode() + whole[: len(whole) // 2])
        began = time.monotonic()
        site.machine.reboot()
    await_site(READY)
    seconds = time.monotonic() - began
    site.upload()
    site.assert_nothing_lost()
    return f"back after {seconds:.0f} s"


def _readiness(site: Site) -> str:
    """Return the status of /readyz, which answers on the machine only."""
    show_status = ("--silent", "--output", "/dev/null", "--write-out", "%{http_code}")
    return site.machine.run("curl", *show_status, "http://localhost/readyz").stdout


def _attempt(site: Site) -> int:
    """Upload one photo and record it if the upload was acknowledged."""
    code, answer = post(URL, jpeg(640, 480), site.authorization())
    if code == 201:
        site.photos.append(answer["photos"][0]["photo_id"])
    return code
