"""Check the scores of Lighthouse, which simulates a phone on a slow network by default."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.audit.checks import Check
from benchmarks.runner import PEERS_VENV, install_once, install_with_npm

LISTED = Path(__file__).parent / "package.json"
FOLDER = PEERS_VENV / "audit"
BIN = FOLDER / "node_modules" / ".bin"
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
ROUNDS = 3
TRIES = 3  # on a busy machine Lighthouse misses the start of a page and asks for another run
CHROME_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
    " --disable-component-update"
)


def install() -> bool:
    """Install Lighthouse and the Node.js that it needs; return whether it is installed."""
    install_once(LISTED, FOLDER, install_with_npm)
    return (BIN / "lighthouse").exists()


def checks(pages: Mapping[str, str]) -> Iterator[Check]:
    """Yield the scores of each page: the best of the rounds, since a busy machine lowers them."""
    for name, url in pages.items():
        rounds = [_run(url) for _ in range(ROUNDS)]
        for category, least in LEAST.items():
            best = max(scores[category] for scores in rounds)
            yield Check(f"{name}: {category}", best, least=least)


def _run(url: str) -> dict[str, float]:
    categories = f"--only-categories={','.join(LEAST)}"
    command = [
        str(BIN / "lighthouse"),
        url,
        "--output=json",
        "--quiet",
        categories,
        f"--chrome-flags={CHROME_FLAGS}",
    ]
    environment = os.environ | {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "CHROME_PATH": shutil.which("chromium") or "",
    }
    for _ in range(TRIES):
        answer = subprocess.run(
            command, env=environment, check=False, capture_output=True, text=True
        )
        if answer.returncode == 0:
            found = json.loads(answer.stdout)["categories"]
            return {category: round(100 * found[category]["score"]) for category in LEAST}
    raise RuntimeError(f"Lighthouse failed for {url}: {answer.stderr.strip()[-400:]}")
