"""Whatever tests do, a session is green exactly when all that it selected was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from go_project import GoProject

PACKAGES = ("a", "b")
TESTS = ("TestOne", "TestTwo", "TestThree", "TestFour")
BEHAVES = """
    package p

    import (
        "os"
        "runtime"
        "strings"
        "syscall"
        "testing"
    )

    func behave(t *testing.T) {
        plan := os.Getenv("PLAN_OF_" + strings.ToUpper(here))
        for _, entry := range strings.Fields(plan) {
            name, what, _ := strings.Cut(entry, "=")
            if name != t.Name() {
                continue
            }
            switch what {
            case "skip":
                t.Skip("as planned")
            case "fail":
                t.Fatal("as planned")
            case "subfail":
                t.Run("sub", func(t *testing.T) { t.Error("as planned") })
            case "subskip":
                t.Run("sub", func(t *testing.T) { t.Skip("as planned") })
            case "panic":
                panic("as planned")
            case "subpanic":
                t.Run("sub", func(t *testing.T) { panic("as planned") })
            case "goexit":
                runtime.Goexit()
            case "exit0":
                os.Exit(0)
            case "exit1":
                os.Exit(1)
            case "hardexit0":
                syscall.Exit(0)
            case "kill":
                syscall.Kill(os.Getpid(), syscall.SIGKILL)
            case "silence":
                null, _ := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
                syscall.Dup3(int(null.Fd()), 1, 0)
            }
        }
    }
"""
GREEN = {"pass": "passed", "skip": "skipped", "subskip": "passed"}
RED = ("fail", "subfail")
FATAL = ("panic", "subpanic", "goexit", "exit0", "exit1", "hardexit0", "kill")
MUTE = "silence"
"""From here on no word of the package comes, and it ends well: the false green to be had."""


def write(project: GoProject) -> None:
    """Two packages whose tests do what their variables say."""
    for package in PACKAGES:
        tests = "\n".join(f"func {name}(t *testing.T) {{ behave(t) }}" for name in TESTS)
        project.write(
            {
                f"{package}/behave_test.go": BEHAVES,
                f"{package}/p_test.go": f'package p\n\nimport "testing"\n\n'
                f'const here = "{package}"\n\n{tests}\n',
            }
        )


def truth(plan: dict[str, str], selected: set[str]) -> dict[str, set[str]]:
    """The outcomes that are right for each test: what ends a test binary ends the ones behind."""
    told: dict[str, set[str]] = {}
    ended = muted = False
    for name in (name for name in TESTS if name in selected):
        what = plan[name]
        muted = muted or (what == MUTE and not ended)
        if muted:  # which of them did not come to its end is not told, unless one panics on stderr
            told[name] = {"failed", "error"}
        elif ended:
            told[name] = {"error"}
        elif what in GREEN:
            told[name] = {GREEN[what]}
        else:
            told[name] = {"error"} if what == "hardexit0" else {"failed"}
            ended = what in FATAL
    return told


BEHAVIOURS = st.sampled_from([*GREEN, *GREEN, *RED, *FATAL, MUTE])
PLANS = st.fixed_dictionaries(
    {package: st.fixed_dictionaries(dict.fromkeys(TESTS, BEHAVIOURS)) for package in PACKAGES}
)
SELECTIONS = st.sets(
    st.tuples(st.sampled_from(PACKAGES), st.sampled_from(TESTS)), min_size=1, max_size=8
)


@settings(
    max_examples=14,
    deadline=None,
    # Each try is a session: an example that fails is shown as it came.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plans=PLANS, selection=SELECTIONS)
def test_the_exit_status_is_the_truth(
    project: GoProject,
    monkeypatch: pytest.MonkeyPatch,
    plans: dict[str, dict[str, str]],
    selection: set[tuple[str, str]],
) -> None:
    """Each selected test has the outcome that its deeds deserve, and the session the worst."""
    if not (project.path / "a").exists():
        write(project)
    expected: dict[str, set[str]] = {}
    for package in PACKAGES:
        plan = plans[package]
        monkeypatch.setenv(
            f"PLAN_OF_{package.upper()}", " ".join(f"{n}={w}" for n, w in plan.items())
        )
        chosen = {name for where, name in selection if where == package}
        for name, right in truth(plan, chosen).items():
            expected[f"{package}/p_test.go::{name}"] = right

    result = project.run("-rA", "-p", "no:cacheprovider", *sorted(expected))

    got: dict[str, set[str]] = {}
    for report in result.reprec.getreports("pytest_runtest_logreport"):  # type: ignore[attr-defined]
        if type(report) is pytest.TestReport:
            word = report.outcome if report.when == "call" else "error"
            if report.when == "call" or report.failed:
                got.setdefault(report.nodeid, set()).add(word)
    green = all(right <= set(GREEN.values()) for right in expected.values())
    if not green:  # a test failed, and then the binary ended well: that is said as well
        got.pop("go test", None)
    assert got.keys() == expected.keys()
    assert all(got[node_id] <= right for node_id, right in expected.items()), (got, expected)
    assert result.ret == (pytest.ExitCode.OK if green else pytest.ExitCode.TESTS_FAILED)
