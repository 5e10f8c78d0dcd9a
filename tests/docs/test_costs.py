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


def test_each_line_is_the_product_of_its_factors() -> None:
    """A line such as `400 GB × $0.023 | $9.20` is correct, in thousands and millions too."""
    lines = re.findall(r"([\d. ]+) (?:h|GB|thousand|million) × \$([\d.]+) \| \$([\d.]+)", COSTS)
    assert len(lines) == 11
    for amount, price, cost in lines:
        assert float(amount.replace(" ", "")) * float(price) == pytest.approx(
            float(cost), abs=0.0051
        )
