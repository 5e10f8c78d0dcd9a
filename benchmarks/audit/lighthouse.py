"""Lighthouse's scores: a phone on a slow network, simulated, as it does by default."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.audit.bars import Bar
from benchmarks.peers import once, with_npm

LISTED = Path(__file__).parent / "package.json"
HOME = Path(sys.prefix) / "bench" / "audit"
BIN = HOME / "node_modules" / ".bin"
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
ROUNDS = 3
TRIES = 3  # on a busy machine it misses the beginning of a page, and asks to be run again
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"


def install() -> bool:
    """Install Lighthouse and the Node.js it needs, once for each list of them; whether it is there now."""
    once(LISTED, HOME, with_npm)
    return (BIN / "lighthouse").exists()


def scores(name: str, url: str) -> Iterator[Bar]:
    """Each category's score for one page: the best of the rounds, since a busy machine only takes from it."""
    rounds = [_run(url) for _ in range(ROUNDS)]
    for category, least in LEAST.items():
        yield Bar(f"{name}: {category}", max(found[category] for found in rounds), least=least)


def _run(url: str) -> dict[str, float]:
    categories = f"--only-categories={','.join(LEAST)}"
    command = [
        BIN / "lighthouse",
        url,
        "--output=json",
        "--quiet",
        categories,
        f"--chrome-flags={FLAGS}",
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
    raise RuntimeError(f"Lighthouse could not look at {url}: {answer.stderr.strip()[-400:]}")
