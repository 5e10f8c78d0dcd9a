"""The checks on the booted machine, in order. Each leaves the site with one more photo."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from app.domain import object_keys
from app.web.middleware.form_limits import MAX_FORMS_PER_ADDRESS
from tests.boot import certificates, failures
from tests.boot.machine import URL, await_site
from tests.boot.site import BUCKET, READY, SCRIPT, Site, read, status
from tests.boot.source import release
from tests.sample_images import jpeg
from tests.server.client import post

IDLE_MB, CEILING_MB = 300, 819  # of 1 GiB; the second is the unit's MemoryMax of 80 %


def script_installs_the_site(site: Site) -> str:
    site.installed_after = await_site(600)
    done = site.machine.run("cloud-init", "status", "--wait", timeout=300)
    assert "done" in done.stdout, done.stdout
    return f"{site.installed_after:.0f} s from launch to 200"


def installation_takes_less_than_two_minutes(site: Site) -> None:
    assert site.installed_after < READY, "the machine may be busy"


def upload_takes_the_password(site: Site) -> None:
    assert post(URL, jpeg(640, 480))[0] == 403
    site.upload()
    site.assert_nothing_lost()


def visitors_read_photos_but_no_sidecars(site: Site) -> None:
    bucket = f"http://198.51.100.1/{BUCKET}"
    photo_id = site.photos[0]
    assert status(f"{bucket}/{object_keys.original(photo_id, 'image/jpeg')}") == 200
    assert status(f"{bucket}/{object_keys.sidecar(photo_id)}") == 403


def no_unit_failed_and_only_port_80_is_open(site: Site) -> None:
    failed = site.machine.run("systemctl", "--failed", "--no-legend", "--plain").stdout
    assert not failed.strip(), failed
    listening = site.machine.run("ss", "-ltnH").stdout
    assert {line.split()[3].rpartition(":")[2] for line in listening.splitlines()} == {"80"}, (
        listening
    )
    owners = site.machine.run("sh", "-c", "ps -eo user:20,args | grep [g]unicorn").stdout
    assert {line.split()[0] for line in owners.splitlines()} == {"shoebox"}, owners


def requests_are_in_the_journal_without_addresses(site: Site) -> None:
    read(URL)
    journal = site.machine.run("journalctl", "-u", "shoebox", "-o", "cat", "--no-pager").stdout
    assert re.search(
        r'^\{"time":"[^"]{24}","level":"INFO","id":"[0-9a-f]{16}","role":"visitor",'
        r'"method":"GET","path":"/","status":200,"ms":',
        journal,
        re.MULTILINE,
    )
    assert "10.99.0.1" not in journal
    assert site.password() not in journal


def idle_memory_is_small(site: Site) -> str:
    used = site.megabytes()
    assert used < IDLE_MB, f"{used} MB"
    return f"{used} MB, the whole system"


def all_uploads_of_one_address_fit_in_memory(site: Site) -> str:
    body, peak, over = jpeg(4032, 3024), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.is_set():
            peak = max(peak, site.megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(MAX_FORMS_PER_ADDRESS) as pool:
        for upload in [pool.submit(site.upload, body) for _ in range(8)]:
            upload.result()
    over.set()
    watcher.join()
    assert peak < CEILING_MB, f"{peak} MB"
    site.assert_nothing_lost()
    return f"{peak} MB at most"


def a_second_run_changes_nothing(site: Site) -> None:
    before = site.machine.run("cat", "/etc/shoebox/env").stdout
    assert "SECRET_KEY=" in before
    done = site.machine.run(SCRIPT, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:]
    assert site.machine.run("cat", "/etc/shoebox/env").stdout == before
    site.assert_nothing_lost()


def a_release_that_does_not_start_is_rolled_back(site: Site) -> None:
    before = site.machine.run("readlink", "/opt/shoebox/current").stdout
    settings = release("broken.tar.gz", **{"deploy/gunicorn.conf.py": "raise SystemExit('no')\n"})
    done = site.machine.run(
        *(f"--setenv={name}={value}" for name, value in settings.items()), SCRIPT, timeout=300
    )
    assert done.returncode != 0
    assert "The previous one is running again" in done.stdout, done.stdout[-2000:]
    assert site.machine.run("readlink", "/opt/shoebox/current").stdout == before
    site.assert_nothing_lost()


def an_earlier_release_can_be_activated(site: Site) -> None:
    current = site.machine.run("readlink", "/opt/shoebox/current").stdout.strip()
    releases = site.machine.run(
        "find", "/opt/shoebox/releases", "-mindepth", "1", "-maxdepth", "1"
    ).stdout.split()
    (earlier,) = set(releases) - {current}
    for wanted_release in (earlier, current):
        done = site.machine.run(f"{wanted_release}/deploy/install")
        assert done.returncode == 0, done.stdout + done.stderr
        assert site.machine.run("readlink", "/opt/shoebox/current").stdout.strip() == wanted_release
        site.assert_nothing_lost()


def a_reload_drops_no_upload(site: Site) -> None:
    body = jpeg(4032, 3024)
    with ThreadPoolExecutor(4) as pool:
        uploads = [pool.submit(site.upload, body) for _ in range(4)]
        done = site.machine.run("systemctl", "reload", "shoebox")
        for upload in uploads:
            upload.result()
    assert done.returncode == 0, done.stderr
    site.upload()
    site.assert_nothing_lost()


CHECKS: tuple[Callable[[Site], str | None], ...] = (
    script_installs_the_site,
    installation_takes_less_than_two_minutes,
    upload_takes_the_password,
    visitors_read_photos_but_no_sidecars,
    no_unit_failed_and_only_port_80_is_open,
    requests_are_in_the_journal_without_addresses,
    idle_memory_is_small,
    all_uploads_of_one_address_fit_in_memory,
    a_second_run_changes_nothing,
    a_release_that_does_not_start_is_rolled_back,
    an_earlier_release_can_be_activated,
    a_reload_drops_no_upload,
    failures.gunicorn_restarts_after_a_kill,
    failures.nginx_restarts_after_a_kill,
    failures.full_disk_loses_nothing,
    failures.revoked_role_loses_nothing,
    failures.reboot_during_an_upload_loses_nothing,
    certificates.site_stays_on_http_without_the_authority,
    certificates.next_attempt_enables_https,
    certificates.another_run_and_a_reboot_keep_the_certificate,
)
