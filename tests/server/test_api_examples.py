"""The examples of docs/api.md work as they stand there."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.photo_summary import Role
from app.services.tokens.token_service import TokenService
from app.storage.local.tokens.sqlite_tokens import SqliteTokens
from tests.sample_images import jpeg
from tests.server.site import RunningSite

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
MISSING = [name for name in ("bash", "curl", "jq") if not shutil.which(name)]


@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}")
def test_the_examples_of_the_documentation_work(tmp_path: Path) -> None:
    """They run in their order, after the upload that they read, and every command succeeds."""
    examples = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    upload = next(example for example in examples if "photo=@" in example)
    (tmp_path / "pier.jpg").write_bytes(jpeg(700, 500))
    script = "\n".join(["set -euo pipefail", upload, *examples])
    catalog = SqliteTokens(tmp_path / "photos" / "catalog.sqlite3")
    tokens = TokenService(catalog, lambda: datetime.now(UTC))
    secret, _token = tokens.create("The examples", Role.CONTRIBUTOR, None, None)
    with RunningSite(tmp_path / "photos") as site:
        done = subprocess.run(
            ["bash", "-c", script],
            check=False,
            env={"PATH": os.environ["PATH"], "SITE": site.url, "TOKEN": secret},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert "A pier at dusk" in done.stdout
    assert "A pier at noon" in done.stdout
    hidden = json.loads((tmp_path / "hidden.json").read_text("utf-8"))
    assert hidden["photo"]["state"] == "hidden"
    assert (tmp_path / "original").read_bytes().startswith(b"\xff\xd8")
