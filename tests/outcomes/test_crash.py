"""Reading how a test binary died."""

from __future__ import annotations

from pytest_wslgo.outcomes import Location
from pytest_wslgo.outcomes.crash import place_in, read_crash

STACK = (
    "panic: boom\n\ngoroutine 7 [running]:\nm.helper(...)\n\t/src/p.go:3\n"
    "m.TestBoom.func1()\n\t/src/p_test.go:9 +0x2\n"
    "created by m.TestBoom in goroutine 6\n\t/src/p_test.go:8 +0x1\n\n"
    "goroutine 1 [chan receive]:\nm.TestOther(0x1)\n\t/src/p_test.go:20 +0x1\n"
)


def test_the_test_on_the_first_stack_is_the_culprit() -> None:
    """Other goroutines' tests only happened to run."""
    crash = read_crash(STACK, ("TestOther", "TestBoom"))

    assert (crash.headline, crash.tests, crash.timed_out) == ("panic: boom", ("TestBoom",), False)
    assert crash.happened == "the package crashed in TestBoom (panic: boom)"


def test_a_helper_with_a_tests_name_is_no_test() -> None:
    """Only the package's tests are blamed."""
    assert read_crash(STACK, ("TestOther",)).tests == ()


def test_a_crash_without_a_stack_has_a_headline() -> None:
    """A trace that was cut off is read as far as it goes."""
    crash = read_crash("fatal error: out of memory", ("TestA",))

    assert (crash.headline, crash.tests) == ("fatal error: out of memory", ())


def timeout(tabs: str) -> str:
    """A timeout's words, as old and new Go lay them out."""
    return (
        f"panic: test timed out after 1s\n\trunning tests:\n{tabs}TestA/x (1s)\n"
        f"{tabs}TestB (1s)\n\n"
        "goroutine 1 [running]:\ntesting.(*M).startAlarm.func1()\n"
        "\t/go/src/testing/testing.go:1\n\n"
        "goroutine 8 [sleep]:\nm.TestB(0x1)\n\t/src/p_test.go:30 +0x1\n"
    )


def test_a_timeout_names_what_ran() -> None:
    """Its own list counts, in the layouts of all Go versions; subtests are known by name."""
    for tabs in ("\t", "\t\t"):
        crash = read_crash(timeout(tabs), ("TestA", "TestB", "TestC"))

        assert (crash.tests, crash.timed_out) == (("TestA", "TestB"), True)
        assert crash.happened == "the timeout of 1s struck while TestB, TestA/x ran"


def test_many_running_tests_are_counted() -> None:
    """A reason stays one line of a sensible length."""
    listed = "".join(f"\t\tTestA/{number} (1s)\n" for number in range(40))

    crash = read_crash(f"panic: test timed out after 1s\n\trunning tests:\n{listed}", ("TestA",))

    assert crash.happened.endswith("TestA/4, 35 more ran")


def test_a_running_tests_place_is_on_its_own_stack() -> None:
    """Each of several running tests is shown where it was itself."""
    assert place_in(timeout("\t\t"), "TestB") == Location("/src/p_test.go", 30)
    assert place_in(timeout("\t\t"), "TestA") is None
