"""Samples of exhaustive lanes, and the lanes of whole folders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lanes.folders import LANES, TESTS, lane_of
from tests.lanes.sampling import Values, covering_sample, every_nth_function

CASE = st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 4))


def values(case: tuple[int, int, int]) -> Values:
    return frozenset(zip(("backend", "operation", "fault"), case, strict=True))


@given(st.lists(CASE, min_size=1, unique=True))
def test_sample_contains_every_value(cases: list[tuple[int, int, int]]) -> None:
    """No value of any parameter is missing from the sample."""
    everything = [values(case) for case in cases]
    sample = [everything[index] for index in covering_sample(everything)]
    assert frozenset().union(*sample) == frozenset().union(*everything)


def test_sample_is_small() -> None:
    """The sample of a full product is about as large as its longest parameter."""
    cases = [
        frozenset({("operation", operation), ("fault", fault)})
        for operation in range(7)
        for fault in range(10)
    ]
    assert len(covering_sample(cases)) == 10


def test_values_with_a_weight_are_in_fewer_cases() -> None:
    """Three of four functions are tested on the cheaper backend."""
    cases = [
        frozenset({("function", number), ("backend", backend)})
        for number in range(40)
        for backend in ("local", "aws")
    ]
    sample = covering_sample(cases, {("backend", "aws"): 3})
    assert len(sample) == 40
    assert sum(("backend", "aws") in cases[index] for index in sample) == 10


def test_every_third_function_is_in_the_sample() -> None:
    """The parameters of a function count as one function."""
    functions = ["a", "a", "b", "c", "c", "c", "d"]
    assert every_nth_function(functions, 3) == {"a", "d"}
    assert every_nth_function(functions, 1) == {"a", "b", "c", "d"}


def test_a_sampled_run_and_the_remaining_tests_run_every_case(pytester: pytest.Pytester) -> None:
    """Together they run everything, and only tests with fewer cases in the sample twice."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.exhaustive("lane")
        @pytest.mark.parametrize("backend", ["local", "aws"])
        def test_lane(backend):
            pass

        @pytest.mark.exhaustive("more")
        @pytest.mark.parametrize("operation", ["hide", "show"])
        @pytest.mark.parametrize("fault", ["before", "after"])
        def test_more(exhaustive, operation, fault):
            pass

        def test_other():
            pass
        """
    )
    runs = {option: _names(pytester, option) for option in ("-ra", "--remaining", "--exhaustive")}
    sample, remaining, everything = (set(names) for names in runs.values())
    assert sample | remaining == everything
    assert "test_other" in sample - remaining
    assert {name for name in sample & remaining if "more" not in name} == set()
    assert {name for name in everything - remaining if "more" in name} == set()


def test_a_test_with_fewer_cases_changes_no_other_sample(pytester: pytest.Pytester) -> None:
    """The remaining tests are those that the sampled run left out, with more cases or fewer."""
    pytester.makepyfile(
        """
        import pytest
        from tests.lanes.sampling import is_exhaustive

        def pytest_generate_tests(metafunc):
            if "part" in metafunc.fixturenames:
                metafunc.parametrize("part", range(6 if is_exhaustive(metafunc.config) else 1))

        @pytest.mark.exhaustive("lane")
        @pytest.mark.parametrize("backend", ["local", "aws"])
        def test_parts(exhaustive, part, backend):
            pass

        @pytest.mark.exhaustive("lane")
        @pytest.mark.parametrize("backend", ["local", "aws"])
        @pytest.mark.parametrize("verb", range(10))
        def test_verbs(backend, verb):
            pass

        @pytest.mark.exhaustive("lane")
        @pytest.mark.parametrize("backend", ["local", "aws"])
        def test_other(backend):
            pass
        """
    )
    runs = [set(_names(pytester, option)) for option in ("-ra", "--remaining", "--exhaustive")]
    sample, remaining, everything = runs
    assert sample | remaining == everything
    assert {name for name in sample & remaining if "parts" not in name} == set()


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("https/nginx/test_limits.py", "https/nginx"),
        ("imaging/test_icc.py", "imaging"),
        ("imaging/metadata/iptc/test_kept.py", "imaging"),
    ],
)
def test_a_file_is_in_the_lane_of_its_folder(path: str, folder: str) -> None:
    """Files in folders below it are, too."""
    assert lane_of(TESTS / path) is LANES[folder]


@pytest.mark.parametrize("path", ["https/test_slow.py", "imaging_2/test_icc.py", "test_names.py"])
def test_other_files_have_no_lane(path: str) -> None:
    """Such as files beside the folder of a lane."""
    assert lane_of(TESTS / path) is None


def test_each_lane_has_a_folder() -> None:
    """A lane of a folder that was renamed would have no tests."""
    assert [folder for folder in LANES if not (TESTS / folder).is_dir()] == []


@pytest.mark.parametrize(("argument", "expected"), [("", 1), ("tests/abuse/test_few.py", 3)])
def test_a_run_of_one_file_runs_all_of_its_tests(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, argument: str, expected: int
) -> None:
    """A run of all folders runs every third test function there."""
    monkeypatch.setattr("tests.lanes.folders.TESTS", pytester.path / "tests")
    folder = pytester.mkpydir("tests") / "abuse"
    folder.mkdir()
    functions = [f"def test_{number}():\n    pass\n" for number in range(3)]
    (folder / "test_few.py").write_text("\n".join(functions))
    arguments = [
        "-p",
        "tests.lanes.folders",
        "-p",
        "tests.lanes.sampling",
        "-p",
        "no:cacheprovider",
    ]
    result = pytester.inline_run(*arguments, argument or "tests")
    result.assertoutcome(passed=expected)


def _names(pytester: pytest.Pytester, option: str) -> list[str]:
    result = pytester.runpytest_inprocess(
        "-p", "tests.lanes.sampling", "-p", "no:cacheprovider", "-v", option
    )
    return [line.split()[0].partition("::")[2] for line in result.outlines if "PASSED" in line]
