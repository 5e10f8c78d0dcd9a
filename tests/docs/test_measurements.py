"""The documents name benchmarks that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_COMMAND = re.compile(r"python\s+-m\s+benchmarks([. \n])(\w+(?:\.\w+)*)")


def _commands() -> Iterator[tuple[str, str, str]]:
    """Yield each file with a command, whether it runs a module or a benchmark, and the name."""
    documents = [*_ROOT.glob("*.md"), *_ROOT.glob("docs/*.md"), _ROOT / "Makefile"]
    for path in (*documents, *_ROOT.glob("app/**/*.py"), *_ROOT.glob("benchmarks/**/*.py")):
        for separator, name in _COMMAND.findall(path.read_text("utf-8")):
            yield path.name, separator, name


def test_the_documents_name_benchmarks_that_exist() -> None:
    """`python -m benchmarks NAME` is in the list, and `python -m benchmarks.MODULE` a file."""
    main = (_ROOT / "benchmarks/__main__.py").read_text("utf-8")
    listed = re.findall(r'^    "(\w+)": ', main, re.MULTILINE)
    commands = list(_commands())
    assert len(commands) > len(listed)
    for document, separator, name in commands:
        path = _ROOT / "benchmarks" / name.replace(".", "/")
        is_module = path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
        assert is_module if separator == "." else name in listed, (document, name)
