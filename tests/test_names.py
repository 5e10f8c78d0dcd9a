"""Names use standard terms.

Retired words stay out of modules, functions, classes, templates, CSS classes and settings.

docs/glossary.md defines the terms of our own. CONTRIBUTING.md says how names are chosen.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from app.config import Config

ROOT = Path(__file__).parent.parent
# fmt: off
RETIRED = {
    "adopt", "anew", "beforehand", "bystander", "caretaker", "deed", "deeds", "doubt", "doubts",
    "embedded", "forget", "furnish", "hider", "home", "homes", "keeper", "ladder", "ledger",
    "lend", "lending", "lent", "look", "mend", "mended", "mender", "mends", "misreckoning",
    "nobody", "patience", "patient", "reckon", "reckoning", "relist", "relisting", "rung", "rungs",
    "sentence", "sentences", "shelf", "shelves", "somebody", "suspicion", "suspicions", "told",
    "trail", "whoever", "withdraw", "wherever",
}
RETIRED_IN_CSS = RETIRED | {
    "blank", "choosing", "deeds", "folding", "grave", "opening", "plain", "rim", "roll", "sheet",
    "slim", "stage", "story", "strong", "unseen",
}
RETIRED_IN_PROSE = re.compile(r"\b(?:anew|nobody|somebody|told|whoever)\b", re.IGNORECASE)
# fmt: on
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words_in(name: str) -> set[str]:
    """Split a name in snake case, camel case or kebab case into lower-case words."""
    return {word.lower() for word in WORD.findall(name)}


def python_files() -> list[Path]:
    folders = ("app", "benchmarks", "deploy", "tests", "tools")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def names_defined_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def retired(names: Iterator[str] | list[str], words: set[str] = RETIRED) -> list[str]:
    return sorted({name for name in names if words_in(name) & words})


def test_words_are_found_in_every_case() -> None:
    """The splitting works, or the tests below could not fail."""
    assert words_in("HTTPShelf_put-backTrail") == {"http", "shelf", "put", "back", "trail"}
    assert retired(["hidden_by", "sentence_of"]) == ["sentence_of"]


def test_no_retired_word_in_python_names() -> None:
    """No module, class, function, parameter or variable has a retired word in its name."""
    found = {}
    for path in python_files():
        module = path.relative_to(ROOT)
        names = retired([*module.with_suffix("").parts, *names_defined_in(path)])
        if names:
            found[str(module)] = names
    assert found == {}


def test_no_retired_word_in_templates_and_static_files() -> None:
    """No template, style sheet or script has a retired word in its file name."""
    paths = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*")]
    names = [part for path in paths for part in path.relative_to(ROOT).with_suffix("").parts]
    assert retired(names) == []


def test_no_retired_word_in_macros() -> None:
    """No macro and no block of a template has a retired word in its name."""
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    source = "\n".join(path.read_text(encoding="utf-8") for path in templates)
    names = re.findall(r"{%-?\s*(?:macro|block|call)\s+(\w+)", source)
    assert names
    assert retired(names) == []


def test_no_retired_word_in_css_classes() -> None:
    """No CSS class and no custom property has a retired word in its name."""
    styles = [path.read_text(encoding="utf-8") for path in (ROOT / "static" / "css").glob("*.css")]
    names = re.findall(r"(?:\.|--)([a-z][\w-]*)", "\n".join(styles))
    assert names
    assert retired(names, RETIRED_IN_CSS) == []


def test_no_retired_word_in_settings() -> None:
    """No setting has a retired word in its name."""
    settings = [field.name for field in fields(Config)]
    variables = re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", (ROOT / "README.md").read_text("utf-8"))
    assert retired([*settings, *variables]) == []


def test_no_retired_word_in_prose() -> None:
    """No document, comment or text has a word that a more exact one replaces."""
    patterns = ("*.md", "docs/*.md", "templates/**/*.*", "static/**/*.js")
    paths = [*python_files(), *(path for pattern in patterns for path in ROOT.glob(pattern))]
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in paths
        if path != Path(__file__)
        for line in path.read_text("utf-8").splitlines()
        if RETIRED_IN_PROSE.search(line)
    ]
    assert found == []
