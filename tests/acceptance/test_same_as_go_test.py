"""The same tests, outcomes and coverage as `go test` itself, on Go's standard library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.toolchain import Toolchain, locate

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ["container/list", "container/ring", "text/tabwriter", "unicode/utf8", "encoding/csv"]
LARGE = ["strings", "bytes", "sort", "encoding/json", "net/url", "text/template", "archive/zip"]
LARGE += ["go/build"]

WORDS = {"pass": "passed", "fail": "failed", "skip": "skipped"}


@pytest.fixture(scope="module")
def go() -> Toolchain:
    """The Go that the tests run with."""
    return locate(environ=os.environ)


def by_go_test(go: Toolchain, packages: list[str], flags: list[str], work: Path) -> dict[str, str]:
    """Top-level outcomes by `package.Test` as the events of `go test -json` give them."""
    command = [str(go.go), "test", "-json", *flags, f"-coverprofile={work / 'go.cover'}"]
    # A directory means to pytest what `dir/...` means to Go.
    command += [f"./{package}/..." for package in packages]
    done = subprocess.run(
        command,
        cwd=go.goroot / "src",
        env=go.environ(os.environ),
        capture_output=True,
        check=False,
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        f"{event['Package']}.{event['Test']}": WORDS[event["Action"]]
        for event in events
        if event["Action"] in WORDS and "/" not in event.get("Test", "/")
    }


def by_pytest(go: Toolchain, packages: list[str], flags: list[str], work: Path) -> dict[str, str]:
    """The same from pytest's JUnit file."""
    command = [sys.executable, "-m", "pytest", "--wslgo", "-p", "no:cacheprovider", *flags]
    command += [f"--wslgo-coverprofile={work / 'pytest.cover'}", f"--junitxml={work / 'junit.xml'}"]
    command += [f"--wslgo-go={go.go}", f"--rootdir={go.goroot / 'src'}", *packages]
    environ = {**os.environ, "XDG_CACHE_HOME": str(work / "cache")}
    environ.setdefault("GOCACHE", go.variables["GOCACHE"])
    subprocess.run(command, cwd=go.goroot / "src", env=environ, capture_output=True, check=False)
    found = {}
    for case in ET.parse(work / "junit.xml").getroot().iter("testcase"):
        package = case.attrib["classname"].rpartition(".")[0].rpartition(".")[0].replace(".", "/")
        tags = {child.tag for child in case} & {"failure", "error", "skipped"}
        word = {"failure": "failed", "skipped": "skipped", "error": "error"}
        found[f"{package}.{case.attrib['name']}"] = word[tags.pop()] if tags else "passed"
    return found


def total(go: Toolchain, profile: Path) -> str:
    """The last line of `go tool cover -func`."""
    done = go.run("tool", "cover", f"-func={profile}", cwd=go.goroot / "src")
    return done.stdout.splitlines()[-1]


def test_small_packages_end_as_with_go_test(go: Toolchain, tmp_path: Path) -> None:
    """Five packages: equal tests and outcomes, equal coverage to the statement."""
    theirs = by_go_test(go, SMALL, ["-covermode=atomic"], tmp_path)

    ours = by_pytest(go, SMALL, ["--wslgo-race=off"], tmp_path)

    assert ours == theirs
    assert len(ours) > 50
    assert total(go, tmp_path / "pytest.cover") == total(go, tmp_path / "go.cover")


@pytest.mark.slow
def test_large_packages_end_as_with_go_test(go: Toolchain, tmp_path: Path) -> None:
    """Eight packages with the race detector: equal tests, outcomes and coverage."""
    if not go.race.ok:
        pytest.skip(f"the race detector does not work here: {go.race.reason}")
    flags = ["-race", "-short", "-covermode=atomic"]
    theirs = by_go_test(go, LARGE, flags, tmp_path)

    ours = by_pytest(go, LARGE, ["--wslgo-race=on", "--wslgo-short"], tmp_path)

    assert ours == theirs
    assert len(ours) > 600
    assert total(go, tmp_path / "pytest.cover") == total(go, tmp_path / "go.cover")
