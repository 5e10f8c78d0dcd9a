"""Time candidates in turn, for several rounds, and return medians."""

import time
from collections.abc import Callable, Mapping
from statistics import median

ROUNDS = 7


def cpu_medians(
    candidates: Mapping[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Return the median CPU seconds of this process by candidate, after one round to warm up."""
    return _medians(candidates, rounds, time.process_time)


def wall_medians(
    candidates: Mapping[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Return the median wall-clock seconds by candidate, after one round to warm up."""
    return _medians(candidates, rounds, time.perf_counter)


def _medians(
    candidates: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float]
) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds + 1):
        for name, run in candidates.items():
            started = clock()
            run()
            seconds[name].append(clock() - started)
    return {name: median(measured[1:]) for name, measured in seconds.items()}
