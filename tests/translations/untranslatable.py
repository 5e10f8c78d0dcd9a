"""Finds what people would read in English whatever their language: text that no catalogue can reach."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

GETTEXT = {"_", "gettext", "ngettext", "message", "plural_message", "plurals"}
SPOKEN = {
    "alt",
    "title",
    "placeholder",
    "label",
    "aria-label",
    "aria-description",
    "aria-roledescription",
}
SIGNS = {
    "mm",
    "ISO",
    "ar",
    "uncropped",
}  # units that every language writes so, and the classes of the macro `shape`
HOLE = "\ufffc"  # where an expression stands

_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[“A-Z].*[a-z’] [a-z]", re.DOTALL)
_READS_LIKE_WORDS = re.compile(r"^[A-Z][a-z]+|[a-z]{2,} [a-z]{2,}")


def in_template(source: str, environment: Environment) -> list[str]:
    """The texts of a template that stand in no `_()` and no `{% trans %}`, in whichever branch."""
    tree = environment.parse(source)
    page = _Page()
    page.feed("".join(_written(tree)))
    page.close()
    passed = (_literal(part) for part in _passed_on(tree))
    return page.found + [text for text in passed if _READS_LIKE_WORDS.search(text)]


class _Page(HTMLParser):
    """Collects the words of text and of the attributes that are shown or read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [text for text in spoken(tag, attrs) if _has_words(text)]
        self.found += [
            text
            for name, text in attrs
            if text and name.startswith("data-") and _READS_LIKE_WORDS.search(text)
        ]

    def handle_data(self, data: str) -> None:
        if _has_words(data):
            self.found.append(data.strip())


def spoken(tag: str, attrs: list[tuple[str, str | None]]) -> list[str]:
    """The attributes of an element that people see, hear, or find in a list of search results."""
    described = {"content"} if tag == "meta" and ("name", "description") in attrs else set()
    return [text for name, text in attrs if text and name in SPOKEN | described]


def _has_words(text: str) -> bool:
    return any(word not in SIGNS for word in _WORD.findall(text))


def _written(node: nodes.Node) -> Iterator[str]:
    """The template's text in its order, every branch of it, with a hole for every expression."""
    if isinstance(node, nodes.Output):
        yield from map(_literal, node.nodes)
    else:
        for child in node.iter_child_nodes():
            yield from _written(child)


def _literal(node: nodes.Node) -> str:
    """What of an expression is shown as it is written."""
    match node:
        case nodes.TemplateData(data=text):
            return text
        case nodes.Const(value=str(text)):
            return text
        case nodes.CondExpr(expr1=one, expr2=other):
            return " ".join(_literal(part) for part in (one, other) if part)
        case nodes.Or(left=one, right=other) | nodes.Add(left=one, right=other):
            return f"{_literal(one)} {_literal(other)}"
        case nodes.Concat(nodes=parts):
            return "".join(map(_literal, parts))
        case nodes.Filter(node=filtered) if filtered:
            return _literal(filtered)
    return HOLE


def _passed_on(tree: nodes.Template) -> Iterator[nodes.Node]:
    """What is given to macros or kept in names, to be shown somewhere else."""
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name in GETTEXT):
            yield from call.args
            yield from (keyword.value for keyword in call.kwargs)
    for assignment in tree.find_all(nodes.Assign):
        yield assignment.node


def in_code(source: str) -> list[str]:
    """The sentences of a module that are given to nothing that translates them.

    Docstrings, logs and the storage's reasons are for people who run the site.
    """
    tree = ast.parse(source)
    told = {
        constant
        for node in ast.walk(tree)
        if _is_told_otherwise(node)
        for constant in ast.walk(node)
    }
    constants = (
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in told
    )
    return [
        node.value
        for node in constants
        if isinstance(node.value, str) and _SENTENCE.match(node.value)
    ]


def _is_told_otherwise(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)  # a docstring
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name in GETTEXT or name.startswith(("log.", "Storage")) or ".getLogger(" in name


def environment() -> Environment:
    """An environment that reads templates as the site's own does."""
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
