"""Documentation names files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:app|benchmarks|deploy|docs|policies|static|templates|tests|tools)/[\w./-]*")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_in_code_exist(page: Path) -> None:
    """Every path in backquotes, also in a command, is a file or folder of the repository."""
    code = " ".join(CODE.findall(page.read_text(encoding="utf-8")))
    paths = list(filter(PATH.fullmatch, code.split()))
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_to_files(page: Path) -> None:
    """Every relative link leads to a file of the repository."""
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
