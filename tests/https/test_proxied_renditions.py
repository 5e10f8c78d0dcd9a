"""An operator's own nginx sends renditions as the app does, with the lines of docs/proxies.md."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests

from app.domain import object_keys
from app.domain.versions.revisions import secret_revision
from tests.https.instance import NGINX, ROOT, eventually
from tests.https.programs import NEEDS_NGINX
from tests.sample_images import jpeg
from tests.server.client import photos_in, post
from tests.server.site import RunningSite, free_port

pytestmark = NEEDS_NGINX

_CONFIGURATION = """
pid {folder}/pid;
error_log {folder}/error.log;
user root;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log off;
    {site}
}}
"""
_BY_THE_APP = "X-Request-Id"
_OF_A_SERVER = {"server", "connection", "date", "vary", "x-request-id"}


@contextmanager
def nginx_before(site: RunningSite, folder: Path) -> Iterator[str]:
    """Start nginx with the lines of the document, and yield its URL."""
    document = (ROOT / "docs/proxies.md").read_text("utf-8")
    _, _, section = document.partition("### Renditions without the app")
    [lines] = re.findall(r"```nginx\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    port = free_port()
    lines = lines.replace("listen 80;", f"listen 127.0.0.1:{port};")
    lines = lines.replace("/srv/photos/", f"{site.settings['PHOTO_DIR']}/")
    lines = lines.replace("127.0.0.1:8000", urlsplit(site.url).netloc)
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, site=lines))
    command = [str(NGINX), "-c", str(configuration), "-e", str(folder / "error.log")]
    subprocess.run(command, check=True)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([*command, "-s", "stop"], check=True)
        eventually(lambda: not (folder / "pid").exists())


def headers_of(response: requests.Response) -> dict[str, str]:
    """Return the headers of the file."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return {name: headers[name] for name in headers.keys() - _OF_A_SERVER}


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=60)


def test_nginx_sends_renditions_as_the_app_does(tmp_path: Path) -> None:
    """All headers agree, also for an unlisted photo. The app answers everything else."""
    site = RunningSite(tmp_path / "site", PROXY_HOPS="1")
    (tmp_path / "nginx").mkdir()
    with site, nginx_before(site, tmp_path / "nginx") as nginx:
        (photo,) = photos_in(post(nginx, jpeg(700, 500)))
        folder = object_keys.folder(photo["photo_id"], object_keys.PUBLIC_PREFIX)
        objects = tmp_path / "site/objects" / folder
        unlisted = f"320-{secret_revision()}.jpg"
        (objects / unlisted).write_bytes((objects / "320.jpg").read_bytes())
        media = f"media/{folder.rstrip('/')}"
        for name in ("320.jpg", "640.jpg", "320.avif", unlisted):
            by_nginx, by_app = (get(f"{url}/{media}/{name}") for url in (nginx, site.url))
            assert by_nginx.status_code == by_app.status_code == 200
            assert by_nginx.content == by_app.content
            assert headers_of(by_nginx) == headers_of(by_app), name
            assert _BY_THE_APP not in by_nginx.headers
            again = get(f"{nginx}/{media}/{name}", **{"If-None-Match": by_app.headers["ETag"]})
            assert again.status_code == 304
        for path in ("", f"{media}/original.jpg", f"{media}/161.jpg", "media/secret_key"):
            by_nginx, by_app = (get(f"{url}/{path}") for url in (nginx, site.url))
            assert by_nginx.status_code == by_app.status_code, path
            assert _BY_THE_APP in by_nginx.headers
