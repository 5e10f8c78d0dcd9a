"""What was measured, held to what it may be."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One measurement: the most or the least it may be, and whether it is that."""

    what: str
    measured: float
    most: float | None = None
    least: float | None = None
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the site is as good as it has to be."""
        return (self.most is None or self.measured <= self.most) and (
            self.least is None or self.measured >= self.least
        )

    def __str__(self) -> str:
        limit = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"
        verdict = "met" if self.met else "MISSED"
        return f"{self.what:<58} {self.measured:>9.4g} {self.unit:<5} {limit:>9}  {verdict}"


def show(title: str, bars: Iterable[Bar]) -> bool:
    """Print one table; whether every bar in it is met."""
    bars = list(bars)
    print(f"\n{title}")
    print("\n".join(f"  {bar}" for bar in bars))
    return all(bar.met for bar in bars)
