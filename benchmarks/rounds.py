"""Measuring on a noisy machine: candidates in turn, several rounds, medians, ratios."""

import time
from collections.abc import Callable, Mapping
from statistics import median

ROUNDS = 7


def cpu_medians(
    candidates: Mapping[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Median CPU seconds of this process for each candidate, after one warm-up round, taken in turn."""
    return _medians(candidates, rounds, time.process_time)


def wall_medians(
    candidates: Mapping[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Median seconds on the clock, likewise."""
    return _medians(candidates, rounds, time.perf_counter)


def _medians(
    candidates: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float]
) -> dict[str, float]:
    spent: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds + 1):
        for name, run in candidates.items():
            started = clock()
            run()
            spent[name].append(clock() - started)
    return {name: median(seconds[1:]) for name, seconds in spent.items()}
