"""Read the Dockerfile, the files of the tree that it copies, and compose.yaml."""

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BASE = "docker.io/library/debian:trixie-slim"


def instructions(name: str) -> list[str]:
    """Return the arguments of each `name` instruction of the Dockerfile."""
    joined = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", "")
    return re.findall(rf"^{name} +(.*)$", joined, re.MULTILINE)


def context() -> set[str]:
    """Return the paths that .dockerignore lets a builder read."""
    first, *lines = [
        line
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert first == "*"
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def compose_file() -> Any:
    """Return the content of compose.yaml."""
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def copied() -> set[str]:
    """Return the paths of the tree that the Dockerfile copies."""
    return {
        source.rstrip("/")
        for arguments in instructions("COPY")
        if not arguments.startswith("--from=")
        for source in arguments.split()[:-1]
    }


def copy_image_files(target: Path) -> None:
    """Copy the files of the image, as a builder does."""
    for name in copied():
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, destination, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, destination)
