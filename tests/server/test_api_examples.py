"""The examples of docs/api.md work as they stand there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sample_images import jpeg
from tests.server.site import RunningSite

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
MISSING = [name for name in ("bash", "curl", "jq") if not shutil.which(name)]


@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}")
def test_the_examples_of_the_documentation_work(tmp_path: Path) -> None:
    """They run in their order, after the upload that they read, and every command succeeds."""
    examples = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    (upload,) = (example for example in examples if "photo=@" in example)
    (tmp_path / "pier.jpg").write_bytes(jpeg(700, 500))
    script = "\n".join(["set -euo pipefail", upload, *examples])
    with RunningSite(tmp_path / "photos") as site:
        done = subprocess.run(
            ["bash", "-c", script],
            check=False,
            env={"PATH": os.environ["PATH"], "SITE": site.url},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert "A pier at dusk" in done.stdout
    assert (tmp_path / "original").read_bytes().startswith(b"\xff\xd8")
