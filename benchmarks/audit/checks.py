"""Compare measurements with their limits."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One measurement with its limit: the most or the least that it may be."""

    name: str
    measured: float
    most: float | None = None
    least: float | None = None
    unit: str = ""

    @property
    def met(self) -> bool:
        """Return whether the measurement is within its limit."""
        too_much = self.most is not None and self.measured > self.most
        too_little = self.least is not None and self.measured < self.least
        return not too_much and not too_little

    def __str__(self) -> str:
        limit = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"
        verdict = "met" if self.met else "MISSED"
        return f"{self.name:<58} {self.measured:>9.4g} {self.unit:<5} {limit:>9}  {verdict}"


def print_checks(title: str, checks: Iterable[Check]) -> bool:
    """Print one table and return whether all of its limits are met."""
    checks = list(checks)
    print(f"\n{title}")
    print("\n".join(f"  {check}" for check in checks))
    return all(check.met for check in checks)
