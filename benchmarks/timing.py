"""Time candidates in turn, for several rounds, and return medians."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

ROUNDS = 7
_NAME_WIDTH = 36


def cpu_medians(
    candidates: Mapping[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Return the median CPU seconds of this process by candidate, after one round to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds + 1):
        for name, run in candidates.items():
            started = time.process_time()
            run()
            seconds[name].append(time.process_time() - started)
    return {name: median(measured[1:]) for name, measured in seconds.items()}


def print_sizes(sizes: Sequence[int]) -> None:
    """Print the head of a table with a column for each number of photos."""
    print(" " * _NAME_WIDTH + "".join(f"{photos:9} photos" for photos in sizes))


def print_ratios(
    name: str, candidates: Sequence[Callable[[], object]], rounds: int, repetitions: int = 1
) -> None:
    """Print a row of the table of `print_sizes`: ms of CPU time, and ratios to the first candidate.

    Args:
        name: The name of the row.
        candidates: The same work with each number of photos.
        rounds: The number of rounds, of which the medians are printed.
        repetitions: How often a candidate does the work in one round.
    """
    numbered = {str(number): run for number, run in enumerate(candidates)}
    spent = list(cpu_medians(numbered, rounds).values())
    cells = [f"{1e3 * each / repetitions:8.2f} ×{each / spent[0]:6.2f}" for each in spent]
    print(f"  {name:{_NAME_WIDTH - 2}}" + "".join(cells), flush=True)
