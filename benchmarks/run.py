"""Measure pytest-wslgo against `go test` and gotestsum: ratios, in one run, interleaved.

    python benchmarks/run.py [--runs 5] [uncached cached single collect memory xdist]

Needs Go on PATH, and gotestsum for the comparison with it (left out, and said so, without it).
Every figure is the median of pairs: A, B, A, B, … so that a machine that gets slower slows both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import modules

PYTEST = [sys.executable, "-m", "pytest", "-q", "--no-header", "--wslgo"]
FLAGS = ["-race", "-covermode=atomic"]


@dataclass(frozen=True)
class Figure:
    """Wall time in seconds and peak memory in MB of one process (its children's not added)."""

    seconds: float
    megabytes: float


def measure(command: list[str], cwd: Path) -> Figure:
    """Run a command to its end; its output goes to a file, as in CI."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            sys.exit(f"{command} failed:\n{output.read().decode(errors='replace')[-3000:]}")
    return Figure(seconds, usage.ru_maxrss / 1024)


def compare(title: str, ours: list[str], theirs: list[str], cwd: Path, runs: int) -> None:
    """Run two commands in turn and print the median ratio and difference."""
    for command in (theirs, ours):
        measure(command, cwd)
    pairs = [(measure(ours, cwd), measure(theirs, cwd)) for _ in range(runs)]
    ratios = [a.seconds / b.seconds for a, b in pairs]
    ours_median = statistics.median(a.seconds for a, _ in pairs)
    theirs_median = statistics.median(b.seconds for _, b in pairs)
    print(
        f"{title:42} {ours_median:7.2f} s {theirs_median:7.2f} s  "
        f"ratio {statistics.median(ratios):5.2f} [{min(ratios):.2f} to {max(ratios):.2f}]  "
        f"difference {ours_median - theirs_median:+.2f} s",
        flush=True,
    )


def go_test(root: Path, *more: str) -> list[str]:
    """`go test` with the flags that the plugin gives by default."""
    return ["go", "test", "-json", *FLAGS, f"-coverprofile={root / 'go.out'}", *more]


def uncached(root: Path, runs: int) -> None:
    """A whole module, every test executed."""
    ours = [*PYTEST, "--wslgo-count=1"]
    compare("uncached / go test", ours, go_test(root, "-count=1", "./..."), root, runs)
    gotestsum = shutil.which("gotestsum")
    if gotestsum is None:
        print("uncached / gotestsum: left out, gotestsum is not on PATH")
        return
    profile = f"-coverprofile={root / 'sum.out'}"
    theirs = [gotestsum, "--", *FLAGS, profile, "-count=1", "./..."]
    compare("uncached / gotestsum", ours, theirs, root, runs)


def cached(root: Path, runs: int) -> None:
    """A whole module, every package answered from Go's test cache."""
    compare("cached / go test", PYTEST, go_test(root, "./..."), root, runs)


def single(root: Path, runs: int) -> None:
    """One test by node ID against `go test -run`."""
    ours = [*PYTEST, "--wslgo-count=1", "p07/p07_test.go::TestPlain3"]
    theirs = go_test(root, "-count=1", "-run=^TestPlain3$", "./p07")
    compare("single test / go test -run", ours, theirs, root, runs)


def xdist(root: Path, runs: int) -> None:
    """Two workers against one session."""
    ours = [*PYTEST, "--wslgo-count=1", "-n2"]
    compare("-n 2 / without", ours, [*PYTEST, "--wslgo-count=1"], root, runs)


def collect(root: Path, runs: int) -> None:
    """Go's whole standard library, against `go list` alone."""
    goroot = subprocess.run(
        ["go", "env", "GOROOT"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()
    ours = [*PYTEST, "--collect-only", "-p", "no:cacheprovider", "./..."]
    compare("collect std / go list", ours, ["go", "list", "./..."], Path(goroot, "src"), runs)


def memory(root: Path, runs: int) -> None:
    """100,000 subtests and a test that prints 200 MB, in one session."""
    del runs
    loud = modules.write_loud_module(root / "loud")
    figure = measure([*PYTEST, "--wslgo-race=off", "--wslgo-cover=off"], loud)
    plain = measure(["go", "test", "-json", "-count=1", "./..."], loud)
    print(
        f"memory: {figure.megabytes:.0f} MB at most in {figure.seconds:.1f} s "
        f"(`go test -json`: {plain.seconds:.1f} s)"
    )


CASES = {case.__name__: case for case in (uncached, cached, single, xdist, collect, memory)}


def main() -> None:
    """Run the cases that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--runs", type=int, default=5, help="pairs for each figure")
    options = parser.parse_args()
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    print(f"{os.cpu_count()} CPUs, Python {sys.version.split()[0]}, ", end="", flush=True)
    subprocess.run(["go", "version"], check=True)
    print(f"{'':42} {'pytest':>9} {'other':>9}")
    with tempfile.TemporaryDirectory() as directory:
        root = modules.write_module(Path(directory).resolve())
        for name in options.cases or CASES:
            CASES[name](root, options.runs)


if __name__ == "__main__":
    main()
