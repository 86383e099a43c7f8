"""The plan: the fewest processes that execute exactly what is wanted."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_wslgo.execution import GoTest, PackageSelection, batches
from pytest_wslgo.execution.plan import MAX_PATTERN

if TYPE_CHECKING:
    from pytest_wslgo.execution.plan import Batch


def package(path: str, tests: str = "", wanted: str = "", bench: str = "") -> PackageSelection:
    """A package from words: ``package("a", "A B", "A")`` wants TestA of TestA and TestB."""

    def names(words: str, kind: str) -> tuple[str, ...]:
        return tuple(f"{kind}{word}" for word in words.split())

    return PackageSelection(
        path, names(tests, "Test"), names(wanted, "Test"), names(bench, "Benchmark")
    )


def executed(batch: Batch, benchmarks: dict[str, tuple[str, ...]]) -> Counter[tuple[str, str]]:
    """What `go test` executes with the batch's flags: each flag is a search in the name."""
    flags = dict(flag[1:].split("=", 1) for flag in batch.filters())
    found: Counter[tuple[str, str]] = Counter()
    for each in batch.packages:
        for name in each.tests:
            if re.search(flags.get("run", ""), name):
                found[each.import_path, name] += 1
        for name in benchmarks[each.import_path]:
            if "bench" in flags and re.search(flags["bench"], name):
                found[each.import_path, name] += 1
        for key in list(found):
            if key[0] == each.import_path and "skip" in flags and re.search(flags["skip"], key[1]):
                del found[key]
    return found


NAMES = [f"Test{word}" for word in ("A", "B", "AB", "Ä", "C", "ABC")]
BENCHES = [f"Benchmark{word}" for word in ("A", "B", "AB")]


@st.composite
def selections(draw: st.DrawFn) -> tuple[list[PackageSelection], dict[str, tuple[str, ...]]]:
    """Packages with names in common, and all benchmarks that they have."""
    found = []
    there = {}
    for index in range(draw(st.integers(1, 6))):
        tests = draw(st.lists(st.sampled_from(NAMES), unique=True))
        wanted = tuple(name for name in tests if draw(st.booleans()))
        benches = draw(st.lists(st.sampled_from(BENCHES), unique=True))
        chosen = tuple(name for name in benches if draw(st.booleans()))
        found.append(PackageSelection(f"m/{index}", tuple(tests), wanted, chosen))
        there[f"m/{index}"] = tuple(benches)
    return found, there


@settings(deadline=None, max_examples=500)
@given(selections(), st.booleans())
def test_exactly_the_wanted_is_executed_once(
    selection: tuple[list[PackageSelection], dict[str, tuple[str, ...]]], may_skip: bool
) -> None:
    """Whatever is selected, all of it is executed, nothing else is, and each test only once."""
    packages, benchmarks = selection

    plan = batches(packages, may_skip=may_skip)

    done: Counter[tuple[str, str]] = Counter()
    for batch in plan:
        done += executed(batch, benchmarks)
    expected = Counter(
        (p.import_path, name) for batch in plan for p in batch.packages for name in p.names
    )
    wanted = Counter((each.import_path, name) for each in packages for name in each.names)
    assert done == expected == wanted
    assert {p.import_path for batch in plan for p in batch.packages} == {
        each.import_path for each in packages
    }


@settings(deadline=None, max_examples=300)
@given(selections())
def test_one_filter_means_one_process(
    selection: tuple[list[PackageSelection], dict[str, tuple[str, ...]]],
) -> None:
    """Where one -run or -skip is exact for all packages, one process is enough."""
    packages = [PackageSelection(p.import_path, p.tests, p.wanted) for p in selection[0]]
    wanted = {name for each in packages for name in each.wanted}
    unwanted = {name for each in packages for name in each.unwanted}

    plan = batches(packages, may_skip=True)

    if not wanted & unwanted:
        assert len(plan) == 1


@pytest.mark.parametrize(
    ("packages", "may_skip", "flags"),
    [
        ([package("a", "A B", "A B"), package("b")], True, [[]]),
        ([package("a", "A B C", "A")], True, [["-run=^(TestA)$"]]),
        ([package("a", "A Bbb Cccc", "Bbb Cccc")], True, [["-skip=^(TestA)$"]]),
        ([package("a", "A", "A"), package("b", "A", "")], True, [[], ["-run=^()$"]]),
        (
            [package("a", "A B", "A"), package("b", "A B", "B")],
            True,
            [["-run=^(TestA)$"], ["-run=^(TestB)$"]],
        ),
        ([package("a", "A", "", "X")], True, [["-run=^()$", "-bench=^(BenchmarkX)$"]]),
    ],
)
def test_a_plan(packages: list[PackageSelection], may_skip: bool, flags: list[list[str]]) -> None:
    """The filters are the shortest that are exact."""
    assert [batch.filters() for batch in batches(packages, may_skip=may_skip)] == flags


@pytest.mark.parametrize("letter", ["x", "ä", "世"])
@pytest.mark.parametrize("kind", ["Test", "Benchmark"])
def test_thousands_of_names_stay_under_the_limit_of_an_argument(kind: str, letter: str) -> None:
    """The limit is in bytes; no name is lost between the parts."""
    names = tuple(f"{kind}{letter * 20}{number}" for number in range(20_000))
    tests = names if kind == "Test" else ()
    picked = names[::2]
    chosen = PackageSelection("m", tests, picked if tests else (), () if tests else picked)

    plan = batches([chosen], may_skip=True)

    flags = [flag for batch in plan for flag in batch.filters()]
    assert max(len(flag.encode()) for flag in flags) <= MAX_PATTERN
    assert [name for batch in plan for p in batch.packages for name in p.names] == list(picked)


def test_fuzzing_is_one_process_for_each_target() -> None:
    """Go fuzzes one target of one package at a time; all else comes first, without the targets."""
    fuzzed = PackageSelection(
        "a", ("TestA", "FuzzA", "FuzzAB"), ("TestA",), (), ("FuzzA", "FuzzAB")
    )
    alone = PackageSelection("b", ("FuzzB",), (), (), ("FuzzB",))

    plan = batches([fuzzed, alone, package("c", "A", "A")], may_skip=True)

    asked = [([each.import_path for each in batch.packages], batch.filters()) for batch in plan]
    assert asked[-3:] == [
        (["a"], ["-run=^(FuzzA)$", "-fuzz=^(FuzzA)$"]),
        (["a"], ["-run=^(FuzzAB)$", "-fuzz=^(FuzzAB)$"]),
        (["b"], ["-run=^(FuzzB)$", "-fuzz=^(FuzzB)$"]),
    ]
    assert [paths for paths, _ in asked[:-3]] == [["a", "c"]]
    assert [batch.packages[0].names for batch in plan[-3:]] == [("FuzzA",), ("FuzzAB",), ("FuzzB",)]


@pytest.mark.parametrize("fuzz", [False, True])
def test_a_process_that_fuzzes(fuzz: bool) -> None:
    """Go refuses it a cover profile, and -count and -cpu do not repeat its target."""
    how = GoTest(
        Path("go"),
        Path("/m"),
        flags=("-count=2", "-coverpkg=./..."),
        cover=True,
        repeats=True,
        fuzz_time="5s",
    )
    alone = PackageSelection("a", ("FuzzA",), () if fuzz else ("FuzzA",), (), ("FuzzA",) * fuzz)
    [batch] = batches([alone], may_skip=True)

    invocation = how.invocation(batch, Path("0.cover"))

    assert invocation.selected == {"a": ("FuzzA",)}
    assert (invocation.repeats, invocation.cover_profile) == (
        (False, "") if fuzz else (True, "0.cover")
    )
    assert any("cover" in word for word in invocation.argv) is not fuzz
    assert ("-fuzztime=5s" in invocation.argv) is fuzz
