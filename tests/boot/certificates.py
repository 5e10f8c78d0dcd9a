"""HTTPS without the authority, with it, and after a reboot."""

import os
import ssl
import subprocess
import time
import urllib.request

from tests.boot.machine import ADDRESS, URL, await_site
from tests.boot.site import READY, SCRIPT, Site

DOMAIN = "photos.example.org"


def site_stays_on_http_without_the_authority(site: Site) -> None:
    done = _run_with_domain(site)
    assert done.returncode == 0, done.stdout[-2000:]
    assert f"no certificate for {DOMAIN} yet, so the site stays on HTTP." in done.stdout, (
        done.stdout[-2000:]
    )
    assert site.machine.run("systemctl", "is-active", "shoebox-https.timer").stdout == "active\n"
    site.upload()
    site.assert_nothing_lost()


def next_attempt_enables_https(site: Site) -> str:
    site.authority.start()
    began = time.monotonic()
    done = site.machine.run("systemctl", "start", "shoebox-https.service")
    assert done.returncode == 0, site.machine.run(
        "journalctl", "-u", "shoebox-https", "-o", "cat"
    ).stdout[-2000:]
    root = site.authority.trust.with_name("root.pem")
    root.write_text(site.authority.root())
    os.environ["SSL_CERT_FILE"] = str(root)
    site.url = f"https://{DOMAIN}"
    await_site(10, url=site.url)
    _await_redirect(10)
    with urllib.request.urlopen(f"{URL}/login", timeout=20) as answer:  # noqa: S310
        assert answer.url == f"{site.url}/login"
        assert answer.headers["Strict-Transport-Security"]
        cookies = answer.headers.get_all("Set-Cookie")
        assert cookies
        assert all("; Secure" in cookie for cookie in cookies)
    site.upload()
    site.assert_nothing_lost()
    return f"after {time.monotonic() - began:.0f} s"


def another_run_and_a_reboot_keep_the_certificate(site: Site) -> None:
    before = ssl.get_server_certificate((ADDRESS, 443))
    done = _run_with_domain(site)
    assert done.returncode == 0, done.stdout[-2000:]
    site.assert_nothing_lost()
    site.authority.stop()
    site.machine.reboot()
    await_site(READY, url=site.url)
    assert ssl.get_server_certificate((ADDRESS, 443)) == before
    site.upload()
    site.assert_nothing_lost()


def _await_redirect(seconds: float) -> None:
    """Wait until the old workers of a reloaded nginx have exited."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{URL}/login", timeout=20) as answer:  # noqa: S310
            if answer.url.startswith("https:"):
                return
        time.sleep(0.25)
    raise TimeoutError(f"HTTP does not redirect to HTTPS after {seconds} seconds")


def _run_with_domain(site: Site) -> subprocess.CompletedProcess[str]:
    settings = {"DOMAIN": DOMAIN, "ACME_SERVER": site.authority.url}
    return site.machine.run(
        *(f"--setenv={name}={value}" for name, value in settings.items()), SCRIPT, timeout=300
    )
