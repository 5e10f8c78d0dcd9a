"""tests/ mirrors app/, folders have few modules, and modules few lines and flat comprehensions."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for path in (ROOT / "app").rglob("*.py") if path.name != "__init__.py")
PYTHON = sorted(
    path for top in ("app", "benchmarks", "tests", "tools") for path in (ROOT / top).rglob("*.py")
)
MAX_MODULES = 20  # per folder
MAX_LINES = 250  # per module
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@cache
def covered() -> set[str]:
    """Return the modules that a test file names after "Covers"."""
    names: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        docstring = path.read_text(encoding="utf-8").split('"""')[1]
        _, _, listed = docstring.partition("Covers ")
        names.update(re.findall(r"\bapp(?:\.\w+)+", listed))
    return names


def has_test_file(module: Path) -> bool:
    path = module.relative_to(ROOT / "app")
    mirrored = ROOT / "tests" / path.parent / f"test_{path.name.lstrip('_')}"
    dotted = ".".join(("app", *path.with_suffix("").parts))
    return mirrored.exists() or dotted in covered()


def test_every_module_has_a_test_file() -> None:
    """A module has a test file of its name, or a test file's docstring says that it covers it."""
    assert [str(module) for module in MODULES if not has_test_file(module)] == []


def test_no_folder_has_many_modules() -> None:
    """No folder of Python modules has more than 20, with `__init__.py`."""
    sizes = Counter(path.parent for path in PYTHON)
    assert {str(folder): size for folder, size in sizes.items() if size > MAX_MODULES} == {}


def test_no_module_is_long() -> None:
    """No module has more than 250 lines, and neither has one of the tests."""
    lines = {str(path): len(path.read_text("utf-8").splitlines()) for path in PYTHON}
    assert {path: length for path, length in lines.items() if length > MAX_LINES} == {}


def test_no_comprehension_is_in_another_one() -> None:
    """A loop or a function with a name takes the place of the inner or the outer one."""
    nested = [
        f"{path}:{outer.lineno}"
        for path in MODULES
        for outer in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(outer, COMPREHENSIONS)
        and sum(isinstance(node, COMPREHENSIONS) for node in ast.walk(outer)) > 1
    ]
    assert nested == []
