"""Lines are at most 100 columns wide. ruff checks those of Python.

The exceptions: tables, data, a word alone on its line, such as a URL, and two arguments of nginx,
whose configuration can't continue an argument on the next line.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PATTERNS = (
    *("*.md", "docs/*.md"),
    *("Dockerfile", "Makefile", "*.toml", "*.yaml", ".ci/*", ".github/**/*"),
    *("deploy/**/*", "static/**/*", "templates/**/*"),
    *("benchmarks/**/*.mjs", "tests/**/*.sh", "tests/boot/amazon/*"),
)
_DATA = {".json", ".jpg", ".png", ".svg", ".txt"}
_OTHERWISE_CHECKED = {".py", ".pyc"}
_FILES = sorted(
    path
    for pattern in _PATTERNS
    for path in _ROOT.glob(pattern)
    if path.is_file() and path.suffix not in _DATA | _OTHERWISE_CHECKED
)
_WIDTH = 100
_LONG_ARGUMENTS = {
    "deploy/nginx/https.conf": "ssl_ciphers ",
    "deploy/nginx/site.conf": 'location ~ "',
}


def _name(path: Path) -> str:
    return path.relative_to(_ROOT).as_posix()


def _may_be_long(path: Path, line: str) -> bool:
    """Return whether the format allows no line break in `line`, which has no indentation."""
    is_row = path.suffix == ".md" and line.startswith("|")
    argument = _LONG_ARGUMENTS.get(_name(path))
    return is_row or " " not in line or bool(argument and line.startswith(argument))


def _long_lines(path: Path) -> Iterator[int]:
    """Yield the numbers of the lines that are too long."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if len(line) > _WIDTH and not _may_be_long(path, line.strip()):
            yield number


@pytest.mark.parametrize("path", _FILES, ids=_name)
def test_lines_fit(path: Path) -> None:
    """Documents with their code blocks, templates, styles and scripts: no line is too long."""
    assert list(_long_lines(path)) == []


def test_each_kind_of_file_is_checked() -> None:
    """No pattern matches nothing, as after a file was moved."""
    unused = [pattern for pattern in _PATTERNS if not any(_ROOT.glob(pattern))]
    assert unused == []


def test_no_exception_is_unused() -> None:
    """Each long argument of nginx is still there, and still too long."""
    for name, argument in _LONG_ARGUMENTS.items():
        lines = (_ROOT / name).read_text(encoding="utf-8").splitlines()
        lengths = [len(line) for line in lines if line.strip().startswith(argument)]
        assert max(lengths, default=0) > _WIDTH, name
