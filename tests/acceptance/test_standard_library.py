"""Collecting Go's standard library through pytest gives what `go test -list` gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.toolchain import Toolchain, locate

if TYPE_CHECKING:
    from pathlib import Path

SOME = """
archive/tar bufio bytes cmp container/heap context crypto/sha256 encoding/base64 encoding/binary
encoding/json errors expvar flag fmt go/ast go/build hash/crc32 html/template io io/fs maps math/big
mime/multipart net/url os/exec path/filepath regexp/syntax slices sort strconv strings
text/template/parse time unicode/utf8
""".split()

EVERYTHING = bool(os.environ.get("WSLGO_TEST_ALL_OF_STD"))
"""Compare every package of the standard library: ten minutes and more."""


@pytest.fixture(scope="module")
def go() -> Toolchain:
    """The Go that the tests run with."""
    return locate(environ=os.environ)


def collected(go: Toolchain, source: Path, cache: Path) -> Counter[str]:
    """How often pytest collects each `package.Test` of the standard library."""
    command = [sys.executable, "-m", "pytest", "--wslgo", "--collect-only", "-q", "./..."]
    command += ["-p", "no:cacheprovider", f"--wslgo-go={go.go}", f"--rootdir={source}"]
    # -race is a build tag as well, with tests of its own; `go test -list` runs without it here.
    command += ["--wslgo-race=off"]
    environ = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        command, cwd=source, env=environ, capture_output=True, text=True, check=True
    )
    node_ids = [line for line in done.stdout.splitlines() if "_test.go::" in line]
    return Counter(
        f"{file.rpartition('/')[0]}.{name}"
        for file, _, name in (node_id.partition("::") for node_id in node_ids)
    )


def listed(go: Toolchain, source: Path, packages: list[str]) -> Counter[str]:
    """How often `go test -list` names each, without benchmarks."""
    command = [str(go.go), "test", "-json", "-vet=off", "-list=^(Test|Fuzz|Example)", *packages]
    done = subprocess.run(
        command, cwd=source, env=go.environ(os.environ), capture_output=True, check=True
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    names = [
        (event["Package"], event["Output"].strip())
        for event in events
        if event["Action"] == "output"
    ]
    return Counter(
        f"{package}.{name}"
        for package, name in names
        if name.isidentifier() and name.startswith(("Test", "Fuzz", "Example"))
    )


@pytest.mark.slow
def test_collection_equals_go_test_list(go: Toolchain, tmp_path: Path) -> None:
    """For 34 packages of the standard library, name by name; for all of them if asked."""
    source = go.goroot / "src"
    packages = SOME
    if EVERYTHING:
        packages = go.run("list", "./...", cwd=source).stdout.split()
    theirs = listed(go, source, packages)

    ours = collected(go, source, tmp_path)

    chosen = set(packages)
    assert Counter({k: n for k, n in ours.items() if k.rpartition(".")[0] in chosen}) == theirs
    assert len(theirs) > 1000
