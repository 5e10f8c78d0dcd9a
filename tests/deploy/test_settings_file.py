"""The settings that deploy/user_data.sh writes for the site."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "user_data.sh"
# Everything before the part that runs; a test has no user shoebox.
SOURCE = SCRIPT.read_text(encoding="utf-8").partition('\nif [ "${1:-}" = --check ]')[0]
WRITE = """
ENV_FILE=$1/env SECRETS=SECRET_KEY=secret
chown() { :; }
install() { mkdir -p "${@: -1}"; }
check_settings
write_settings
"""
GIVEN = {
    "PATH": "/usr/bin:/bin",
    "BUCKET_NAME": "holiday-photos",
    "REGION": "eu-west-1",
    "SOURCE_URL": "https://example.org/shoebox.tar.gz",
}
# Settings that the stack exports before the script.
OF_THE_STACK = {
    "PROXY_HOPS": "2",
    "MEDIA_BASE_URL": "https://d111111abcdef8.cloudfront.net",
    "CLOUDFRONT_DISTRIBUTION_ID": "E2QWRUHAPOMQZL",
    "PUBLIC_BUCKET": "no",
}


def written(folder: Path, **settings: str) -> list[str]:
    """Return the lines of the file after a run with these environment variables."""
    subprocess.run(
        ["bash", "-c", SOURCE + WRITE, "bash", folder], env=GIVEN | settings, check=True, timeout=20
    )
    return (folder / "env").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("name", "value"), OF_THE_STACK.items())
def test_setting_of_the_stack_reaches_the_site(tmp_path: Path, name: str, value: str) -> None:
    """Also if the script runs again with another value."""
    assert f'{name}="{value}"' in written(tmp_path, **{name: value})
    again = written(tmp_path, **{name: f"{value}0"})
    assert [line for line in again if line.startswith(name)] == [f'{name}="{value}0"']


@pytest.mark.parametrize(("name", "value"), OF_THE_STACK.items())
def test_setting_of_the_operator_stays(tmp_path: Path, name: str, value: str) -> None:
    """On an instance without the stack, the script knows nothing of it."""
    written(tmp_path)
    with (tmp_path / "env").open("a") as file:
        file.write(f"{name}={value}\nMAX_UPLOAD_MB=100\n")
    lines = written(tmp_path)
    assert f"{name}={value}" in lines
    assert "MAX_UPLOAD_MB=100" in lines


def test_settings_of_the_script_are_written_once(tmp_path: Path) -> None:
    """However often it runs."""
    first = written(tmp_path)
    assert "PHOTO_BUCKET=holiday-photos" in first
    assert written(tmp_path) == first
