"""What the ledger makes of real streams, against accounts that were checked by hand.

``golden/CASE.txt`` holds the account of a case; where Go versions differ, one for each group of
versions. ``WSLGO_UPDATE_GOLDEN=1 pytest tests/outcomes`` writes the files anew: read the difference
before believing it. ``record.py`` records the streams.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from stream_accounts import account, read_stream, recorded

from pytest_wslgo.outcomes import State

GOLDEN = Path(__file__).parent / "golden"
RECORDED = list(recorded())
CASES = sorted({case for _, case in RECORDED})


def accounts(case: str) -> str:
    """The accounts of one case, those of different Go versions together where they are equal."""
    versions: dict[str, list[str]] = {}
    for version, name in RECORDED:
        if name == case:
            versions.setdefault(account(read_stream(version, case).fed()), []).append(version)
    if len(versions) == 1:
        return next(iter(versions))
    return "\n".join(f"# {', '.join(who)}\n{text}" for text, who in versions.items())


@pytest.mark.parametrize("case", CASES)
def test_a_recorded_stream_gives_the_account_that_an_expert_would(case: str) -> None:
    """States, reasons, places, subtests, packages, disagreements are those of the golden file."""
    golden = GOLDEN / f"{case}.txt"
    got = accounts(case)
    if os.environ.get("WSLGO_UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(got, encoding="utf-8")

    assert got == golden.read_text(encoding="utf-8")


def test_every_golden_file_has_a_recording() -> None:
    """No golden file outlives its case."""
    names = {file.stem for file in GOLDEN.glob("*.txt")}

    assert names == set(CASES)


@pytest.mark.parametrize(("version", "case"), RECORDED)
def test_every_selected_test_ends_in_one_state(version: str, case: str) -> None:
    """Nothing selected is left open, nothing else gets an outcome, every package has its end."""
    stream = read_stream(version, case)

    ledger = stream.fed()

    assert set(ledger.outcomes) == {
        (p, name) for p, names in stream.selected.items() for name in names
    }
    assert all(ledger.end(path) is not None for path in stream.selected)


@pytest.mark.parametrize(("version", "case"), RECORDED)
def test_an_exit_status_other_than_0_shows(version: str, case: str) -> None:
    """A run that `go test` calls failed has a test, a package or itself that is not green."""
    stream = read_stream(version, case)

    ledger = stream.fed()

    red = any(not outcome.state.green for outcome in ledger.outcomes.values())
    faults = [end.fault for path in ledger.packages if (end := ledger.end(path)) and end.fault]
    assert stream.returncode == 0 or red or faults or ledger.fault is not None


@pytest.mark.parametrize(("version", "case"), RECORDED)
def test_whatever_is_not_green_has_a_reason_of_one_line(version: str, case: str) -> None:
    """A cause that fits into the short summary stands with each failure and each skip."""
    ledger = read_stream(version, case).fed()

    reasons = {
        key: outcome.reason
        for key, outcome in ledger.outcomes.items()
        if outcome.state is not State.PASSED
    }
    assert all(reason and "\n" not in reason for reason in reasons.values()), reasons
