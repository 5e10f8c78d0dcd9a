"""The script of the user data, and its check of settings."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "user_data.sh"
GOOD = {"BUCKET_NAME": "holiday-photos", "SOURCE_URL": "https://example.org/shoebox/v1.tar.gz"}


def check(script: Path = SCRIPT, **settings: str) -> subprocess.CompletedProcess[str]:
    """Return exit code and output of `--check` with these settings."""
    return subprocess.run(
        ["bash", str(script), "--check"],
        env={"PATH": "/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
