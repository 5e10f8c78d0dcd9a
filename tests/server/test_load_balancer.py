"""Two instances on one bucket behind a load balancer that alternates between them."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import requests
import trustme

from tests.https.instance import NGINX, Instance
from tests.https.programs import NEEDS_NGINX
from tests.sample_images import jpeg
from tests.server.emulator import provisioned_emulator
from tests.server.site import RunningSite, free_port

pytestmark = NEEDS_NGINX
PASSWORD = "one-for-both"


@contextmanager
def balanced(folder: Path, *instances: Instance) -> Iterator[str]:
    """Run an nginx that terminates TLS and alternates between the instances; yield its URL."""
    port, authority = free_port(), trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        str(folder / "own.pem")
    )
    servers = "".join(f"server 127.0.0.1:{instance.http};" for instance in instances)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "" if os.geteuid() else "user root;"
    (folder / "nginx.conf").write_text(f"""
        {user} pid {folder}/pid; events {{}}
        http {{
            access_log off; {paths}
            upstream instances {{ {servers} }}
            server {{
                listen 127.0.0.1:{port} ssl;
                ssl_certificate {folder}/own.pem; ssl_certificate_key {folder}/own.pem;
                client_max_body_size 100m;
                add_header X-Instance $upstream_addr always;
                location / {{
                    proxy_pass http://instances;
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto https;
                }}
            }}
        }}""")
    subprocess.run(
        [str(NGINX), "-e", str(folder / "log"), "-c", str(folder / "nginx.conf")], check=True
    )
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        os.kill(int((folder / "pid").read_text()), signal.SIGTERM)


class Visitor:
    """A browser that records which instance answered each request."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.browser = requests.Session()
        self.browser.trust_env = False  # REQUESTS_CA_BUNDLE would replace `verify`
        self.browser.verify = str(folder / "ca.pem")
        self.instances: list[str] = []

    def get(self, path: str) -> requests.Response:
        return self._record(self.browser.get(self.url + path, allow_redirects=False, timeout=30))

    def submit(
        self, path: str, files: dict[str, bytes] | None = None, **typed: str
    ) -> requests.Response:
        """Get the form from one instance, and post it to the other."""
        hidden = dict(
            re.findall(
                r'name="(csrf_token|upload_id|version)"[^>]* value="([^"]*)"', self.get(path).text
            )
        )
        headers = {"Referer": self.url + path}
        return self._record(
            self.browser.post(
                self.url + path,
                hidden | typed,
                files=files,
                headers=headers,
                allow_redirects=False,
                timeout=60,
            )
        )

    def _record(self, answer: requests.Response) -> requests.Response:
        self.instances.append(answer.headers["X-Instance"])
        return answer


@contextmanager
def two_instances(folder: Path) -> Iterator[list[Instance]]:
    settings = {"PROXY_HOPS": "2", "UPLOAD_PASSWORD": PASSWORD}
    with ExitStack() as running:
        shared = running.enter_context(provisioned_emulator()) | settings
        sites = [running.enter_context(RunningSite(folder / "unused", **shared)) for _ in range(2)]
        instances = [
            Instance(folder / str(n), site.url.removeprefix("http://"))
            for n, site in enumerate(sites)
        ]
        for instance in instances:
            instance.settings(PROXY_HOPS="2")
            instance.configure()
            running.enter_context(instance.serving())
        yield instances


def test_sessions_need_no_sticky_load_balancer(tmp_path: Path) -> None:
    """Login, upload, reading and editing work with each request on the other instance."""
    with two_instances(tmp_path) as instances, balanced(tmp_path, *instances) as url:
        visitor = Visitor(url, tmp_path)
        assert visitor.submit("/login", password=PASSWORD).status_code == 303
        assert all(cookie.secure for cookie in visitor.browser.cookies)
        added = visitor.submit("/upload", {"photo": jpeg(640, 480)}, title="Seen by both")
        assert added.status_code == 303, added.text
        photo = re.sub("^https?://[^/]+", "", added.headers["Location"])
        for _ in range(4):
            page = visitor.get(photo)
            assert "Seen by both" in page.text
            assert f'"{url}{photo}"' in page.text
            assert "Seen by both" in visitor.get("/").text
        assert visitor.submit(f"{photo}/edit", title="Changed at the other").status_code == 303
        assert "Changed at the other" in visitor.get("/").text
        assert all(one != other for one, other in pairwise(visitor.instances))
        assert [visitor.get("/healthz").status_code for _ in instances] == [200, 200]
