"""How a package ended, and what went wrong in it outside of its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.ended import report
from pytest_wslgo.outcomes.outcome import Detail, PackageOutcome, State
from pytest_wslgo.outcomes.wording import failed_tests, headline, status

if TYPE_CHECKING:
    from pytest_wslgo.outcomes.package import PackageState


def package_end(
    package: PackageState, build: Detail | None, silence: str, *, shown: bool, blamed: str
) -> PackageOutcome:
    """The package's own outcome.

    Args:
        package: The package, ended.
        build: The build that failed and took it with it.
        silence: Why there is no end of the package itself; empty if there is one.
        shown: Whether a test of it shows the failure already.
        blamed: The test whose fault it is, though it had ended well.
    """
    state = package.state or State.ERRORED
    fault = ""
    if package.corrected:
        names = ", ".join(package.corrected)
        fault = f"told to have passed, and then to have failed: {names} (forged output?)"
    elif not state.green and not shown:
        fault = _fault(package, build, silence, blamed)
    detail = build or (
        Detail(f"crash {package.import_path}", str(package.trace)) if package.trace else None
    )
    output = str(package.output)
    late = next((race for race, name in package.late_races if name == blamed and name), None)
    if fault and late is not None and late.text not in output:
        detail = detail or Detail(f"race {package.import_path} {blamed}", late.text)
    if fault and detail is None:
        output += _unselected_failures(package)
    return PackageOutcome(
        package.import_path,
        state,
        package.elapsed,
        package.cached,
        output,
        fault,
        detail,
        blamed=blamed if fault else "",
        races=0 if state.green else package.races,
        measured=package.measured,
    )


def _fault(package: PackageState, build: Detail | None, silence: str, blamed: str) -> str:
    """What sank a package of which no selected test shows it."""
    if blamed and any(name == blamed for _, name in package.late_races):
        return _fault_outside(package)
    if build is not None:
        return f"does not build: {headline(build, package.signs)}"
    if silence:
        return silence
    crash = package.crash()
    if crash is not None:
        return crash.happened
    unselected = [name for name in failed_tests(package) if name not in package.selected]
    if unselected:
        return f"the package failed in {', '.join(unselected)}, which was not selected"
    return _fault_outside(package)


def _fault_outside(package: PackageState) -> str:
    """What sank a package of which no test failed."""
    if package.late_races:
        race, name = package.late_races[0]
        when = f"found after {name} had passed" if name else "outside of its tests"
        return f"{race.reason}; {when}"
    if package.complaint:
        held = ": a process that a test started holds it open" if "I/O" in package.complaint else ""
        return f"{package.complaint.rstrip('.')}{held}"
    if package.late_failure:
        return f"after Go's closing PASS somebody told that {package.late_failure} has failed"
    if package.overruled:
        after = f" after {package.last_ended}" if package.last_ended else ""
        return (
            f"the test binary ended with success{after}, but without Go's closing PASS (os.Exit?)"
        )
    if package.concluded:
        return f"the package failed{status(package)} after its tests (os.Exit in TestMain?)"
    if package.last_ended:
        return (
            f"the test binary ended{status(package)} after {package.last_ended}, "
            "without Go's closing PASS or FAIL"
        )
    return f"the package failed{status(package)}, but none of its selected tests did"


def _unselected_failures(package: PackageState) -> str:
    """What tests outside the selection said, where they alone can explain the failure."""
    return "".join(
        report(test, State.FAILED)
        for name, test in package.tests.items()
        if "/" not in name and name not in package.selected and State.FAILED in test.ended
    )
