"""Run a sample of the exhaustive test lanes; `pytest --exhaustive` runs all of them.

`@pytest.mark.exhaustive("fault matrix")` puts tests into a lane. The sample of a lane contains
every test function and every value of every parameter at least once. With `every=3` it contains
every third test function.

`pytest --remaining` runs the rest after a sampled run: the other tests of the lanes, and again the
tests of the sample that run fewer cases in a sampled run.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from types import MappingProxyType

import pytest

Values = frozenset[tuple[str, Hashable]]  # (parameter name, value), and ("function", its name)
Cost = tuple[int, int, int]  # the negative number of missing values, uses of its values, index

# A test on moto takes three to twelve times as long as one on SQLite.
WEIGHTS = {("backend", "aws"): 8}

_LANES = pytest.StashKey[dict[str, tuple[int, int]]]()


def covering_sample(
    cases: Sequence[Values], weights: Mapping[tuple[str, Hashable], int] = MappingProxyType({})
) -> list[int]:
    """Return indexes of cases that together contain every value of all cases.

    Greedy set cover: each step takes the case with the most values that are still missing. Among
    equals it takes the one whose values were used least, so that the sample is varied. A use of a
    value with a weight counts that many times.

    The cost of a case only grows, so a case that is still the cheapest after its cost was computed
    again is the cheapest of all. Values that many cases have grow the cost of all of those at once.
    So cases with the same such values are compared by the others, and then the groups.
    """
    missing = set[tuple[str, Hashable]]().union(*cases)
    used: Counter[tuple[str, Hashable]] = Counter()
    sample: list[int] = []
    groups = _groups_by_common_values(cases)

    def uses(values: Values) -> int:
        return sum(used[value] * weights.get(value, 1) for value in values)

    def cost(index: int, common: Values) -> Cost:
        values = cases[index]
        return -len(values & missing), uses(values - common), index

    while missing:
        cheapest = {
            common: _cheapest(heap, lambda index, common=common: cost(index, common))
            for common, heap in groups.items()
        }
        totals = [(rest[0], rest[1] + uses(common), rest[2]) for common, rest in cheapest.items()]
        index = min(totals)[-1]
        sample.append(index)
        missing -= cases[index]
        used.update(cases[index])
    return sorted(sample)


def _groups_by_common_values(cases: Sequence[Values]) -> dict[Values, list[Cost]]:
    """Return a heap of cases for each set of common values."""
    counts = Counter(value for values in cases for value in values)
    common = {value for value, count in counts.items() if count > len(cases) / 8}
    groups: defaultdict[Values, list[Cost]] = defaultdict(list)
    for index, values in enumerate(cases):
        heapq.heappush(groups[values & common], (-len(values), 0, index))
    return groups


def _cheapest(heap: list[Cost], cost: Callable[[int], Cost]) -> Cost:
    """Return the cheapest case of a heap, after the costs above it were computed again."""
    while True:
        now = cost(heap[0][-1])
        if heapq.heapreplace(heap, now) == now:
            return now


def every_nth_function(functions: Sequence[str], every: int) -> set[str]:
    """Return every nth of the distinct `functions`, in their order."""
    return set(list(dict.fromkeys(functions))[::every])


def _sample_of(members: Sequence[pytest.Item], every: int) -> list[pytest.Item]:
    functions = every_nth_function([_function_of(item) for item in members], every)
    candidates = [item for item in members if _function_of(item) in functions]
    sample = covering_sample([values_of(item) for item in candidates], WEIGHTS)
    return [candidates[index] for index in sample]


def _function_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def values_of(item: pytest.Item) -> Values:
    """Return the test function of `item` and its parameters."""
    function = ("function", _function_of(item))
    callspec = getattr(item, "callspec", None)
    parameters = callspec.params.items() if callspec else ()
    return frozenset({function, *((name, str(value)) for name, value in parameters)})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options --exhaustive and --remaining."""
    parser.addoption("--exhaustive", action="store_true", help="run every test of every lane")
    parser.addoption("--remaining", action="store_true", help="run what a sampled run leaves out")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests of each lane that are not in its sample, or all others."""
    config.stash[_LANES] = {}
    if config.getoption("--exhaustive"):
        return
    if config.getoption("--remaining"):
        completed = {item for item in _sampled(items, {}) if not _runs_fewer_cases(item)}
        _select(config, items, set(items) - completed)
    else:
        _select(config, items, _sampled(items, config.stash[_LANES]))


def _runs_fewer_cases(item: pytest.Item) -> bool:
    """Return whether a sampled run tries fewer values or examples."""
    is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return is_property or "exhaustive" in item.fixturenames


def _sampled(items: Sequence[pytest.Item], sizes: dict[str, tuple[int, int]]) -> set[pytest.Item]:
    """Return the tests of a sampled run, and add the sizes of the samples to `sizes`."""
    # Tests with fewer cases may have fewer parameters too. The sample of the others must not depend
    # on them: `--remaining` would otherwise leave out tests that the sampled run did not run.
    lanes: defaultdict[tuple[str, int, bool], list[pytest.Item]] = defaultdict(list)
    sampled = set(items)
    for item in items:
        marker = item.get_closest_marker("exhaustive")
        if marker:
            every = marker.kwargs.get("every", 1)
            lanes[marker.args[0], every, _runs_fewer_cases(item)].append(item)
    for (lane, every, _), members in lanes.items():
        chosen = _sample_of(members, every)
        sampled -= set(members).difference(chosen)
        ran, total = sizes.get(lane, (0, 0))
        sizes[lane] = ran + len(chosen), total + len(members)
    return sampled


def _select(config: pytest.Config, items: list[pytest.Item], selected: set[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=[item for item in items if item not in selected])
    items[:] = [item for item in items if item in selected]


def is_exhaustive(config: pytest.Config) -> bool:
    """Return whether the tests of a run have all of their cases."""
    return any(map(config.getoption, ("--exhaustive", "--remaining")))


@pytest.fixture
def exhaustive(request: pytest.FixtureRequest) -> bool:
    """Whether a test runs all of its cases rather than a sample."""
    return is_exhaustive(request.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the sizes of the samples to pytest-xdist's controller."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["lanes"] = session.config.stash.get(_LANES, {})


class Controller:
    """Receives the sizes of the samples from pytest-xdist's workers."""

    @staticmethod
    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(node: object) -> None:
        """Store the data of a worker."""
        lanes = getattr(node, "workeroutput", {}).get("lanes", {})
        node.config.stash.setdefault(_LANES, {}).update(lanes)  # type: ignore[attr-defined]


def pytest_configure(config: pytest.Config) -> None:
    """Register the controller's hooks."""
    config.pluginmanager.register(Controller)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name the sampled lanes."""
    lanes = config.stash.get(_LANES, {})
    for line in _lines(lanes.items()):
        terminalreporter.write_line(line)


def _lines(lanes: Iterable[tuple[str, tuple[int, int]]]) -> Iterable[str]:
    for lane, (ran, total) in sorted(lanes):
        if ran < total:
            yield f"sampled: {lane}: {ran} of {total} tests (make test-all runs all)"
