"""Damage to real journals: never a traceback, never a test that passes because of it."""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_wslgo.__main__ import main
from pytest_wslgo.errors import JournalError
from pytest_wslgo.reports import read_session

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

FILES = ("plan.json", "log.jsonl", "0.stdout", "0.stderr")
Damage = tuple[str, float, int]


@pytest.fixture(scope="module", params=["once", "twice", "cut"])
def run(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    real: Callable[..., subprocess.Popen[bytes]],
) -> Path:
    """The journal of a real run, with tests that pass, fail and skip."""
    root = tmp_path_factory.mktemp("module")
    args = ["--wslgo-count=2"] if request.param == "twice" else []
    assert real(root, *args).wait(timeout=120) == 1
    (plan,) = (root / ".pytest_cache" / "d" / "wslgo").glob("*/shared/plan.json")
    if request.param != "cut":
        return plan.parent
    # As a machine leaves it that died in the middle.
    apply([("0.stdout", 0.5, 0), ("log.jsonl", 0.5, 0)], plan.parent, root / "cut")
    return root / "cut"


def found(directory: Path, *, green: bool) -> set[str]:
    """The node IDs of the tests that a report calls green, or those that it does not."""
    try:
        session = read_session(directory)
    except JournalError:
        return set()
    return {each.node_id for each in session.results if each.outcome.state.green is green}


def apply(damage: list[Damage], source: Path, target: Path) -> None:
    """Copy a journal and damage it: truncate (0) or change a byte, at a place between 0 and 1."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name in FILES:
        data = bytearray((source / name).read_bytes())
        for file, place, change in damage:
            index = int(place * len(data))
            if file != name or index >= len(data):
                continue
            if change:
                data[index] ^= change
            else:
                del data[index:]
        (target / name).write_bytes(data)


@given(
    st.lists(
        st.tuples(st.sampled_from(FILES), st.floats(0, 1), st.integers(0, 255)),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=150, deadline=None)
def test_damage(run: Path, tmp_path_factory: pytest.TempPathFactory, damage: list[Damage]) -> None:
    """A damaged journal is reported or refused in one line, and nothing turns green by it."""
    target = tmp_path_factory.getbasetemp() / "damaged"
    apply(damage, run, target)
    out, err = io.StringIO(), io.StringIO()

    with redirect_stdout(out), redirect_stderr(err):
        status = main(["report", str(target), "--junit", str(target / "j.xml")])

    assert not found(target, green=True) & found(run, green=False)
    assert status in (1, 2)
    assert err.getvalue().count("\n") == (status == 2)


def test_every_truncation(run: Path, tmp_path: Path) -> None:
    """Cut at any line or in the middle of it, the events give no test that did not pass."""
    events = (run / "0.stdout").read_bytes()
    ends = [index for index, byte in enumerate(events) if byte == ord("\n")]
    cuts = [cut for end in ends for cut in (end - 20, end, end + 1)]

    cut_off = []
    for cut in cuts:
        apply([("0.stdout", cut / len(events), 0), ("log.jsonl", 0.5, 0)], run, tmp_path / "cut")
        cut_off.append(found(tmp_path / "cut", green=True))

    assert all(each <= found(run, green=True) for each in cut_off)
