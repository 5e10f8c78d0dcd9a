"""A certificate authority for tests: pebble, the ACME test server of Let's Encrypt, with DNS."""

import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

import trustme

PROGRAMS = ("pebble", "pebble-challtestsrv")


class Authority:
    """Serves ACME at `host`. It resolves names to `resolves_to` and validates on `http_port`.

    Its certificates are good for `seconds`. `ports` are for ACME, its management and DNS.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str,
        ports: tuple[int, int, int],
        resolves_to: str,
        http_port: int = 80,
        seconds: int = 90 * 86400,
    ) -> None:
        self.url = f"https://{host}:{ports[0]}/dir"
        self.trust = (
            folder / "authority.pem"
        )  # clients that order certificates from it have to trust this one
        self._management, self._dns, self._resolves_to = (
            f"https://{host}:{ports[1]}",
            f"{host}:{ports[2]}",
            resolves_to,
        )
        self._config = folder / "pebble.json"
        self._running: list[subprocess.Popen[bytes]] = []
        own = trustme.CA()
        own.cert_pem.write_to_path(str(self.trust))
        certificate = own.issue_cert(host)
        certificate.cert_chain_pems[0].write_to_path(str(folder / "authority.crt"))
        certificate.private_key_pem.write_to_path(str(folder / "authority.key"))
        settings = {
            "listenAddress": f"{host}:{ports[0]}",
            "managementListenAddress": f"{host}:{ports[1]}",
            "certificate": str(folder / "authority.crt"),
            "privateKey": str(folder / "authority.key"),
            "httpPort": http_port,
            "tlsPort": 5001,
            "certificateValidityPeriod": seconds,
        }
        self._config.write_text(json.dumps({"pebble": settings}))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        dns = ["-dns01", self._dns, "-defaultIPv4", self._resolves_to, "-defaultIPv6", ""]
        others = [
            word
            for name in ("http01", "https01", "tlsalpn01", "management")
            for word in (f"-{name}", "")
        ]
        settings = {
            "PEBBLE_VA_NOSLEEP": "1",
            "PEBBLE_AUTHZREUSE": "0",
            "PEBBLE_WFE_NONCEREJECT": "0",  # by default it rejects 5 % of valid nonces
        }
        pebble = ["pebble", "-config", str(self._config), "-dnsserver", self._dns]
        for command in (["pebble-challtestsrv", *dns, *others], pebble):
            self._running.append(
                subprocess.Popen(
                    command,
                    env=os.environ | settings,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        self._await()

    def stop(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()
        self._running.clear()

    def root(self) -> str:
        """The root certificate to trust; a new one at each start."""
        return self._read(f"{self._management}/roots/0")

    def _read(self, url: str) -> str:
        trusting = ssl.create_default_context(cafile=str(self.trust))
        with urllib.request.urlopen(url, timeout=10, context=trusting) as answer:  # noqa: S310
            return str(answer.read().decode())

    def _await(self) -> None:
        for _ in range(600):  # starting takes a second, but not on a busy machine
            try:
                self._read(self.url)
            except urllib.error.URLError:
                time.sleep(0.1)
            else:
                return
        raise OSError("pebble does not start")
