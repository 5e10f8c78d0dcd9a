"""Find texts that stay English in every language, because no catalog translates them."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

GETTEXT = {"_", "gettext", "ngettext", "pgettext", "message", "plural_message", "plurals"}
TEXT_ATTRIBUTES = {
    "alt",
    "title",
    "placeholder",
    "label",
    "aria-label",
    "aria-description",
    "aria-roledescription",
}
NOT_TEXT = {"mm", "ISO"}  # units that are the same in every language
HOLE = "\ufffc"  # in place of an expression
FOR_OPERATORS = ("log.", "_log.", "_LOG.", "Storage")  # calls whose text only operators read

_WORD = re.compile(r"[^\W\d_]{2,}")
_TEXT_PATTERN = re.compile(r"[“A-Z].*[a-z’] [a-z]", re.DOTALL)
_LOOKS_LIKE_TEXT = re.compile(r"^[A-Z][a-z]+|[a-z]{2,} [a-z]{2,}")


def in_template(source: str, environment: Environment) -> list[str]:
    """Return the texts of a template outside `_()` and `{% trans %}`, in every branch."""
    tree = environment.parse(source)
    page = _Page()
    page.feed("".join(_text_of(tree)))
    page.close()
    passed = (_literal(part) for part in _passed_values(tree))
    return page.found + [text for text in passed if _LOOKS_LIKE_TEXT.search(text)]


def with_holes(source: str, environment: Environment) -> str:
    """Return the text and markup of a template in order, with HOLE for every expression."""
    return "".join(_text_of(environment.parse(source)))


class _Page(HTMLParser):
    """Collect texts, and attributes that are shown or read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [text for text in text_attributes(tag, attrs) if _has_words(text)]
        self.found += [
            text
            for name, text in attrs
            if text and name.startswith("data-") and _LOOKS_LIKE_TEXT.search(text)
        ]

    def handle_data(self, data: str) -> None:
        if _has_words(data):
            self.found.append(data.strip())


def text_attributes(tag: str, attrs: list[tuple[str, str | None]]) -> list[str]:
    """Return the attributes that people read: shown, read aloud or in search results."""
    described = {"content"} if tag == "meta" and ("name", "description") in attrs else set()
    return [text for name, text in attrs if text and name in TEXT_ATTRIBUTES | described]


def _has_words(text: str) -> bool:
    return any(word not in NOT_TEXT for word in _WORD.findall(text))


def _text_of(node: nodes.Node) -> Iterator[str]:
    """Yield the template's text in order, with every branch, and HOLE for every expression."""
    if isinstance(node, nodes.Output):
        yield from map(_literal, node.nodes)
    else:
        for child in node.iter_child_nodes():
            yield from _text_of(child)


def _literal(node: nodes.Node) -> str:
    """Return the literal text that an expression may show."""
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


def _passed_values(tree: nodes.Template) -> Iterator[nodes.Node]:
    """Yield values that are passed to macros or assigned to names."""
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name in GETTEXT):
            yield from call.args
            yield from (keyword.value for keyword in call.kwargs)
    for assignment in tree.find_all(nodes.Assign):
        yield assignment.node


def in_code(source: str) -> list[str]:
    """Return the sentences of a module that are not passed to a function that translates.

    Docstrings, log messages and storage errors are for operators and stay English.
    """
    tree = ast.parse(source)
    exempt = {
        constant for node in ast.walk(tree) if _is_exempt(node) for constant in ast.walk(node)
    }
    constants = (
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in exempt
    )
    return [
        node.value
        for node in constants
        if isinstance(node.value, str) and _TEXT_PATTERN.match(node.value)
    ]


def _is_exempt(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)  # a docstring
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name in GETTEXT or name.startswith(FOR_OPERATORS) or ".getLogger(" in name


def environment() -> Environment:
    """Return an environment that parses templates as the app does."""
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
