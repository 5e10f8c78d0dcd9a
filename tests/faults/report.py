"""What the tests of faults have survived, added up: a pytest plugin for `make reliability`.

Tests hand in figures by `record_property`: "survived" with [where, fault, cells], "two at once", "uploads at once".
"""

from collections import Counter
from collections.abc import Iterable

import pytest

# Each of their tests tries one bad input, those that Hypothesis makes up `EXAMPLES`.
BAD_INPUTS = (
    *(f"tests/imaging/{name}.py" for name in ("test_damage", "test_fuzz", "test_limits")),
    *(
        f"tests/abuse/{name}.py"
        for name in (
            "test_authorization",
            "test_forms",
            "test_host_header",
            "test_open_redirects",
            "test_path_traversal",
        )
    ),
    "tests/web/test_polyglots.py",
)
EXAMPLES = 60


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table that docs/reliability.md shows."""
    passed: list[pytest.TestReport] = terminalreporter.stats.get("passed", [])
    terminalreporter.section("reliability")
    for line in (*_faults(passed), *_others(passed)):
        terminalreporter.write_line(line)


def _faults(passed: Iterable[pytest.TestReport]) -> Iterable[str]:
    survived: Counter[tuple[str, str]] = Counter()
    for report in passed:
        for name, value in report.user_properties:
            if name == "survived":
                where, fault, cells = value
                survived[where, fault] += cells
    places, faults = (sorted({key[part] for key in survived}) for part in (0, 1))
    yield f"| faults injected and survived | {' | '.join(places)} |"
    yield f"| --- |{' ---: |' * len(places)}"
    for fault in faults:
        yield f"| {fault} | {' | '.join(str(survived[place, fault] or '') for place in places)} |"
    yield f"| **{survived.total()} in all** | {' | '.join(str(_sum(survived, place)) for place in places)} |"
    yield ""


def _sum(survived: Counter[tuple[str, str]], place: str) -> int:
    return sum(cells for (where, _), cells in survived.items() if where == place)


def _others(passed: Iterable[pytest.TestReport]) -> Iterable[str]:
    sums: Counter[str] = Counter()
    for report in passed:
        for name, value in report.user_properties:
            if name in {"two at once", "uploads at once"}:
                sums[name] += int(str(value))
        if report.nodeid.startswith(BAD_INPUTS):
            sums["bad inputs"] += EXAMPLES if "hypothesis" in report.keywords else 1
    yield from (f"{name}: {count}" for name, count in sums.items())
