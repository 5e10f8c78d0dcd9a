"""docs/costs.md is arithmetically correct."""

import re
from pathlib import Path

import pytest

COSTS = (Path(__file__).parents[2] / "docs" / "costs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("column", [2, 4])
def test_lines_add_up_to_the_total(column: int) -> None:
    rows = [
        [cell.strip(" *") for cell in line.split("|")[1:-1]]
        for line in COSTS.splitlines()
        if line.startswith("|")
    ]
    *lines, together = [row for row in rows if len(row) == 5 and row[column].startswith("$")]
    cents = [round(float(row[column].removeprefix("$")) * 100) for row in (*lines, together)]
    assert sum(cents[:-1]) == cents[-1]


def test_the_cost_of_gallery_views_is_the_sum_of_its_lines() -> None:
    """It also follows from the bytes of a page, and so does the size of a page for a bound."""
    _, _, section = COSTS.partition("**1 000 views of the gallery**")
    section, _, _ = section.partition("**Two instances**")
    *lines, total = map(float, re.findall(r"\| \**\$([\d.]+)", section))
    assert sum(lines) == pytest.approx(total)
    number = r"([\d.]+)"
    formula = rf"costs \${number} \+ B × \${number} [^$]*\${number} with {number} MB"
    fixed, price, bound, allowed = map(float, re.findall(formula, section)[0])
    measured = float(re.findall(rf"{number} MB", section)[0])
    assert fixed + measured * price == pytest.approx(total)
    assert fixed + allowed * price == pytest.approx(bound, abs=0.001)


def test_the_cost_of_a_second_instance_is_the_sum_of_its_lines() -> None:
    _, _, section = COSTS.partition("**Two instances**")
    table, _, _ = section.partition("A capacity unit")
    *lines, total = map(float, re.findall(r"\| \**\$([\d.]+)\** \|$", table, re.MULTILINE))
    assert len(lines) == 3
    assert sum(lines) == pytest.approx(total)


def test_each_line_is_the_product_of_its_factors() -> None:
    """A line such as `400 GB × $0.023 | $9.20` is correct, in thousands and millions too."""
    lines = re.findall(r"([\d. ]+) (?:h|GB|thousand|million) × \$([\d.]+) \| \$([\d.]+)", COSTS)
    assert len(lines) == 16
    for amount, price, cost in lines:
        assert float(amount.replace(" ", "")) * float(price) == pytest.approx(
            float(cost), abs=0.0051
        )
