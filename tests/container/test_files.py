"""The Dockerfile and its documentation agree with the tree."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from app.services.operations.machine import UNKNOWN_RELEASE, read_release
from tests.container.files import (
    BASE,
    ROOT,
    compose_file,
    context,
    copied,
    copy_image_files,
    instructions,
)

# Port 9 answers no question about packages, which is no error.
_RUN = """
import sys
from app import create_app
from app.config import Config
runner = create_app(Config.from_env()).test_cli_runner()
for command in sys.argv[1:]:
    arguments = command.split()
    if command == "advisories":
        arguments += ["--index", "http://127.0.0.1:9"]
    result = runner.invoke(args=arguments)
    print(command, result.exit_code, result.output)
    if result.exit_code:
        raise SystemExit(repr(result.exception))
"""
_VISIT = """
import sys
from app import create_app
from app.config import Config
client = create_app(Config.from_env()).test_client()
for path in sys.argv[1:]:
    response = client.get(path)
    print(path, response.status_code)
    response.close()
"""


def test_the_base_is_the_one_tag_that_the_image_is_tested_with() -> None:
    """Both stages start from one base, and the stage that runs has no packages of the other."""
    bases = [base.split(" AS ")[0] for base in instructions("FROM")]
    assert bases == [BASE, "python", "python"]


def test_packages_are_pinned_with_hashes() -> None:
    (install,) = [run for run in instructions("RUN") if "pip install" in run]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert "--requirement requirements.txt" in install


def test_the_image_does_not_run_as_root() -> None:
    """The user is a number, which Kubernetes can check."""
    (user,) = instructions("USER")
    uid, gid = map(int, user.split(":"))
    assert uid >= 1000
    assert gid >= 1000


def test_photos_and_temporary_files_are_in_volumes() -> None:
    (volumes,) = map(json.loads, instructions("VOLUME"))
    settings = dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())
    assert volumes == [settings["PHOTO_DIR"], settings["TMPDIR"]]
    assert instructions("EXPOSE") == [settings["PORT"]]


def test_builders_read_only_what_is_copied() -> None:
    """No photo, setting or secret of a checkout can get into an image."""
    covered = {name for name in copied() if any(_is_in(name, allowed) for allowed in context())}
    assert covered == copied()
    assert {name for name in context() if not any(_is_in(each, name) for each in copied())} == set()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of the image. The first process compiles them."""
    folder = tmp_path_factory.mktemp("image")
    copy_image_files(folder)
    return folder


def test_every_command_finds_its_files_in_the_image(image: Path, tmp_path: Path) -> None:
    """No command reads a file of the tree that the image lacks."""
    commands = (
        *("limits", "status", "check", "audit", "repair", "rebuild", "purge", "advisories"),
        f"export {tmp_path / 'export'}",
        f"import --plan {tmp_path / 'export'}",
    )
    done = _in_image(image, tmp_path, _RUN, *commands)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "packages compared" in done.stdout


def test_the_copied_files_are_all_that_the_site_needs(image: Path, tmp_path: Path) -> None:
    """The site serves its pages, scripts, styles and descriptions from the image's files alone."""
    paths = ("/", "/upload", "/albums", "/healthz", "/openapi.json", "/feed.xml", "/sitemap.xml")
    done = _in_image(image, tmp_path, _VISIT, *paths)
    assert done.returncode == 0, done.stderr
    assert {line for line in done.stdout.splitlines() if not line.endswith(" 200")} == set()


def test_the_image_knows_its_release(tmp_path: Path) -> None:
    """`make image` names the version of git, which is not in the image. Compose names $RELEASE."""
    assert instructions("ARG") == ["RELEASE="]
    (note,) = [run for run in instructions("RUN") if "RELEASE" in run]
    for release in ("v1.3-5-g0123456", ""):
        subprocess.run(["sh", "-c", note], cwd=tmp_path, env={"RELEASE": release}, check=True)
        assert read_release(tmp_path) == (release or UNKNOWN_RELEASE)
    assert compose_file()["services"]["site"]["build"]["args"] == {"RELEASE": "${RELEASE:-}"}
    command = ["make", "--dry-run", "image", "BUILDER=docker"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert '--build-arg "RELEASE=$(git describe --always --tags 2>/dev/null)"' in built


def test_licenses_of_all_that_the_image_bundles_are_documented() -> None:
    """docs/containers.md names every package and every library that a wheel brings along."""
    page = (ROOT / "docs" / "containers.md").read_text("utf-8")
    pinned = (ROOT / "requirements.txt").read_text("utf-8")
    pins = re.findall(r"^([\w-]+)==[^;\n]*(;.*)?", pinned, re.MULTILINE)
    packages = {name for name, marker in pins if "PyPy" not in marker}
    named = set(re.findall(r"`([\w.+-]+)`", page))
    assert packages - named == set()
    assert _bundled_libraries() - named == set()


def _bundled_libraries() -> set[str]:
    """Return the names of the libraries in the wheels, such as libx265."""
    names = set()
    for package in ("pillow", "pillow-heif"):
        for file in distribution(package).files or ():
            if file.parts[0].endswith(".libs"):
                names.add(re.split(r"[-.]", file.name)[0])
    return names


def _in_image(
    image: Path, folder: Path, script: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in the files of the image, with its data in `folder`."""
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=image,
        env={"PATH": os.environ["PATH"], "PHOTO_DIR": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
    )


def _is_in(name: str, folder: str) -> bool:
    return Path(folder) in (Path(name), *Path(name).parents)
