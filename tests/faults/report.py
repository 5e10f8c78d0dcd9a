"""Pytest plugin for `make test-faults`: add up the injected faults with --fault-figures.

Tests report figures with `record_property`: "survived" with "place|fault|number", "races" and
"concurrent uploads" with a number.
"""

from collections import Counter
from collections.abc import Iterable

import pytest

# Each of these tests tries one bad input, or EXAMPLES if Hypothesis generates them.
BAD_INPUTS = (
    "tests/imaging/formats/",
    *(f"tests/imaging/{name}.py" for name in ("test_decode", "test_fuzz", "test_limits")),
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option --fault-figures."""
    parser.addoption(
        "--fault-figures", action="store_true", help="print the figures of docs/reliability.md"
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table for docs/reliability.md if the option is set."""
    if not config.getoption("--fault-figures"):
        return
    passed: list[pytest.TestReport] = terminalreporter.stats.get("passed", [])
    terminalreporter.section("reliability")
    for line in (*_faults(passed), *_others(passed)):
        terminalreporter.write_line(line)


def _faults(passed: Iterable[pytest.TestReport]) -> Iterable[str]:
    survived: Counter[tuple[str, str]] = Counter()
    for report in passed:
        for name, value in report.user_properties:
            if name == "survived":
                place, fault, number = str(value).split("|")
                survived[place, fault] += int(number)
    places = sorted({place for place, _ in survived})
    faults = sorted({fault for _, fault in survived})
    yield f"| faults injected and survived | {' | '.join(places)} |"
    yield f"| --- |{' ---: |' * len(places)}"
    for fault in faults:
        numbers = [str(survived[place, fault] or "") for place in places]
        yield f"| {fault} | {' | '.join(numbers)} |"
    sums = [str(_sum(survived, place)) for place in places]
    yield f"| **{survived.total()} in total** | {' | '.join(sums)} |"
    yield ""


def _sum(survived: Counter[tuple[str, str]], place: str) -> int:
    return sum(number for (where, _), number in survived.items() if where == place)


def _others(passed: Iterable[pytest.TestReport]) -> Iterable[str]:
    sums: Counter[str] = Counter()
    for report in passed:
        for name, value in report.user_properties:
            if name in {"races", "concurrent uploads"}:
                sums[name] += int(str(value))
        if report.nodeid.startswith(BAD_INPUTS):
            sums["bad inputs"] += EXAMPLES if "hypothesis" in report.keywords else 1
    yield from (f"{name}: {count}" for name, count in sums.items())
