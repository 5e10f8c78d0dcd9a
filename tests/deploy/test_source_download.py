"""The script downloads the source from a tarball, an S3 object or a Git repository."""

import hashlib
import subprocess
import tarfile
from pathlib import Path

import pytest

from app.services.operations.machine import read_release

SCRIPT = Path(__file__).parents[2] / "deploy" / "user_data.sh"
# Only the script's functions: its last line would leave the shell.
FUNCTIONS = """
exit() { :; }
source "$SCRIPT" --check >/dev/null
unset -f exit
sleep() { :; }
STEP=fetching PYTHON=python3 BASE=$THERE/shoebox WORK=$THERE/work
mkdir -p "$WORK"
fetch_source
echo "$RELEASE"
"""


def fetch(backend: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Download from SOURCE_URL. The last line of the output is the release's folder."""
    environment = {
        "PATH": f"{backend}/bin:/usr/bin:/bin",
        "SCRIPT": str(SCRIPT),
        "THERE": str(backend),
        "BUCKET_NAME": "holiday-photos",
        # https://example.org/ is a folder here.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{backend}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://example.org/",
    }
    return subprocess.run(
        ["bash", "-c", FUNCTIONS],
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """A folder with source.tar.gz and a fake curl that serves it at example.org."""
    folder = tmp_path / "shoebox-1.0"
    folder.mkdir()
    (folder / "requirements.txt").write_text("flask\n")
    with tarfile.open(tmp_path / "source.tar.gz", "w:gz") as tar:
        tar.add(folder, "shoebox-1.0")
    curl = tmp_path / "bin" / "curl"
    curl.parent.mkdir()
    curl.write_text(
        '#!/bin/sh\necho >>"$0.tries"\n'
        'for word; do [ "$last" = -o ] && out=$word; last=$word; done\n'
        f'cp "{tmp_path}/${{last#https://example.org/}}" "$out"\n'
    )
    curl.chmod(0o755)
    return tmp_path


def released(done: subprocess.CompletedProcess[str]) -> str:
    """Return the files of the downloaded release."""
    assert done.returncode == 0, done.stdout + done.stderr
    return (Path(done.stdout.splitlines()[-1]) / "requirements.txt").read_text()


def test_tarball_is_extracted_without_its_top_folder(backend: Path) -> None:
    assert released(fetch(backend, SOURCE_URL="https://example.org/source.tar.gz")) == "flask\n"


def test_tarball_must_match_its_hash(backend: Path) -> None:
    good = hashlib.sha256((backend / "source.tar.gz").read_bytes()).hexdigest()
    source = {"SOURCE_URL": "https://example.org/source.tar.gz"}
    assert released(fetch(backend, **source, SOURCE_SHA256=good)) == "flask\n"
    done = fetch(backend, **source, SOURCE_SHA256="0" * 64)
    assert done.returncode == 1
    assert 'FAILED at "fetching": the tarball does not match SOURCE_SHA256.' in done.stdout


def test_download_is_tried_five_times(backend: Path) -> None:
    done = fetch(backend, SOURCE_URL="https://example.org/elsewhere.tar.gz")
    assert done.returncode != 0
    assert (backend / "bin" / "curl.tries").read_text().count("\n") == 5
    assert done.stderr.count("curl failed, retrying in") == 4


@pytest.mark.parametrize("ref", ["#v1", "#main", "", "#COMMIT"])
def test_repository_is_fetched_by_tag_branch_or_commit(backend: Path, ref: str) -> None:
    git = [
        "git",
        "-C",
        str(backend / "shoebox-1.0"),
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
    ]
    for command in (
        ["init", "-qb", "main"],
        ["add", "-A"],
        ["commit", "-qm", "one"],
        ["tag", "v1"],
    ):
        subprocess.run([*git, *command], check=True)
    subprocess.run(
        ["git", "clone", "-q", "--bare", backend / "shoebox-1.0", backend / "shoebox.git"],
        check=True,
    )
    head = subprocess.run(
        [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    source = f"https://example.org/shoebox.git{ref.replace('COMMIT', head)}"
    done = fetch(backend, SOURCE_URL=source, SOURCE_SHA256="0" * 64)
    assert "SOURCE_SHA256 applies to tarballs" in done.stdout
    assert released(done) == "flask\n"
    release = Path(done.stdout.splitlines()[-1])
    assert not (release / ".git").exists()
    name = source.partition("#")[2] or "HEAD"
    assert read_release(release) == f"{name} {head[:12]}"


def test_s3_source_is_read_with_the_role(backend: Path) -> None:
    """boto3 in a separate virtual environment gets the region, bucket and key."""
    python = backend / "bin" / "python3"
    python.write_text(
        f'#!/bin/sh\nmkdir -p "$3/bin"\nprintf "#!/bin/sh\\n" >"$3/bin/pip"\n'
        f'printf \'#!/bin/sh\\necho "$3 $4 $5" >{backend}/asked\\n'
        f'cp {backend}/source.tar.gz "$6"\\n\''
        ' >"$3/bin/python"\n'
        'chmod +x "$3"/bin/*\n'
    )
    python.chmod(0o755)
    done = fetch(backend, SOURCE_URL="s3://releases/shoebox/v1.tar.gz", REGION="eu-west-1")
    assert released(done) == "flask\n"
    assert (backend / "asked").read_text() == "eu-west-1 releases shoebox/v1.tar.gz\n"


@pytest.mark.parametrize("body", [b"<!doctype html>", b"PK\x03\x04"], ids=["web page", "zip"])
def test_other_file_than_a_tarball_is_named(backend: Path, body: bytes) -> None:
    """Any address may return a web page, for example after a redirect."""
    (backend / "source.tar.gz").write_bytes(body)
    done = fetch(backend, SOURCE_URL="https://example.org/source.tar.gz")
    assert done.returncode == 1
    assert "SOURCE_URL is not a .tar.gz file, but perhaps a web page or a .zip" in done.stdout


INSTALL_WITH_DNF = """
exit() { :; }
source "$SCRIPT" --check >/dev/null
unset -f exit
sleep() { :; }
STEP=packages
install_with_dnf
echo "$PYTHON"
"""


def test_locked_package_database_is_waited_for(tmp_path: Path) -> None:
    """Amazon Linux updates itself at boot and holds the lock, also while Python is installed."""
    dnf = tmp_path / "dnf"
    dnf.write_text(
        '#!/bin/sh\ncase $* in *python*) echo >>"$0.tries";; esac\n'
        '[ ! -f "$0.tries" ] || [ "$(wc -l <"$0.tries")" -gt 6 ]\n'
    )
    dnf.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", INSTALL_WITH_DNF],
        env={
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "SCRIPT": str(SCRIPT),
            "BUCKET_NAME": "holiday-photos",
            "SOURCE_URL": "https://example.org/source.tar.gz",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "python3.12\n"), done.stderr
