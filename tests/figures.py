"""What the tests of faults have survived, added up: a pytest plugin for `make reliability`.

A test hands in its figures by `record_property("survived", [where, fault, cells])`, `"at once"` and `"bad inputs"`.
"""

from collections import Counter
from collections.abc import Iterable

import pytest

BAD_INPUTS = (
    "tests/imaging/test_damage",
    "tests/imaging/test_fuzz",
    "tests/imaging/test_limits",
    "tests/web/test_poly",
)


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
    places, faults = (list(dict.fromkeys(key[part] for key in survived)) for part in (0, 1))
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
            if name in {"two at once", "uploads at once", "bad inputs"}:
                sums[name] += int(str(value))
        sums["bad inputs"] += report.nodeid.startswith(BAD_INPUTS)
    yield from (f"{name}: {count}" for name, count in sums.items())
