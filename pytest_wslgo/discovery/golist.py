"""Which packages are there? One `go list`, which compiles and runs nothing."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_wslgo.discovery.model import GoPackage
from pytest_wslgo.discovery.modfile import module_path
from pytest_wslgo.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_wslgo.discovery.model import ModuleRoot

_FIELDS = "Dir,ImportPath,Module,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Error"

_VISIBLE = re.compile(r"\S")

# What to do, by what go said; the first that fits.
_REMEDIES = (
    (
        r"GOTOOLCHAIN|requires go >=|toolchain not available",
        "install that Go, or allow go to fetch it with GOTOOLCHAIN=auto",
    ),
    (r"build cache", "set GOCACHE to a directory that can be written, on a disk with free space"),
    (r"GOFLAGS", "correct GOFLAGS (`go env GOFLAGS` shows it)"),
    (r"inconsistent vendoring", "run `go mod vendor` (`go work vendor` in a workspace)"),
    (r"go\.work", "correct go.work (`go work use DIR` adds a module), or set GOWORK=off"),
    (
        r"go\.mod file not found|cannot find main module|main module or its",
        "run `go mod init` there, or start from a directory that is in a module",
    ),
    (r"go\.mod", "correct go.mod"),
    (r"permission denied", "make that directory readable, or name the directories to test"),
)


def list_packages(
    go: Path,
    root: ModuleRoot,
    patterns: Sequence[str],
    *,
    environ: Mapping[str, str],
    flags: Sequence[str] = (),
) -> tuple[GoPackage, ...]:
    """The packages that patterns name, with their test files.

    `-find` leaves imports alone: the list takes half the time, never needs the network or a
    complete module cache, and what `go list` would say about imports (a missing module, an import
    cycle) `go test` says when it builds. What is wrong with a package itself is in its `error`:
    mismatched package clauses, a file that cannot be read, a syntax error up to the imports. A
    syntax error further down is seen by nobody but the compiler.

    Args:
        go: the go command.
        root: where to run it.
        patterns: relative to `root.dir`: `./...`, `./internal/...`, `./cmd/x`.
        environ: the whole environment for it; `root.environ` is put on top.
        flags: build flags that decide which files there are: `-tags=x`, `-race` (which sets a
            build tag of that name), `-mod=vendor`, …

    Returns:
        What matches, in go's order; empty where a pattern matches no package, which go only warns
        about. As with `go test`, `./...` leaves directories out whose files are all excluded, and
        a directory named directly that holds no package to build is an entry with an `error`.

    Raises:
        DiscoveryError: go failed altogether, or gave up on a pattern with `...` (it stops at the
            first directory that it cannot read, and would leave out all after it).
    """
    command = [str(go), "list", "-e", "-find", f"-json={_FIELDS}", *flags, "--", *patterns]
    # With PWD go spells paths as we do where a symbolic link leads to the module.
    env = {**environ, **root.environ, "PWD": str(root.dir)}
    try:
        done = subprocess.run(command, cwd=root.dir, env=env, capture_output=True, check=False)
    except OSError as error:
        raise _failure(command, root, f"it could not be started: {error}") from error
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        raise _failure(command, root, said.strip() or f"it ended with status {done.returncode}")
    try:
        entries = list(_objects(done.stdout.decode(errors="replace")))
    except ValueError as error:
        raise _failure(command, root, f"it printed no valid JSON ({error}) {said}") from error
    for entry in entries:
        if "..." in entry["ImportPath"] and "Error" in entry:
            raise _failure(command, root, entry["Error"]["Err"])
    return tuple(_package(_placed(entry, root), root.dir) for entry in entries)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand one after the other in a text."""
    decoder = json.JSONDecoder()
    start = _VISIBLE.search(text)
    while start:
        value, end = decoder.raw_decode(text, start.start())
        yield value
        start = _VISIBLE.search(text, end)


def _placed(entry: dict[str, Any], root: ModuleRoot) -> dict[str, Any]:
    """An entry with its directory and test files, where go refuses it for the folder's name.

    A folder called `a b` or `größe` cannot be in an import path. `go test ./...` fails there, so
    its tests must not be missed; go tells no more of it than the path that it would have.
    """
    if "Dir" in entry or not _is_malformed(entry):
        return entry
    for module in root.modules:
        prefix = module_path(module / "go.mod") + "/"
        directory = module / entry["ImportPath"].removeprefix(prefix)
        if entry["ImportPath"].startswith(prefix) and directory.is_dir():
            names = sorted(file.name for file in directory.glob("*_test.go"))
            return {**entry, "Dir": str(directory), "TestGoFiles": names}
    return entry


def _is_malformed(entry: dict[str, Any]) -> bool:
    return "malformed import path" in entry.get("Error", {}).get("Err", "")


def _package(entry: dict[str, Any], cwd: Path) -> GoPackage:
    """One entry; an error that go ties to no directory has the pattern as its import path."""
    path = entry["ImportPath"]
    directory = Path(entry.get("Dir") or os.path.normpath(cwd / path))
    tests = [*entry.get("TestGoFiles", ()), *entry.get("XTestGoFiles", ())]
    ignored = [name for name in entry.get("IgnoredGoFiles", ()) if name.endswith("_test.go")]
    return GoPackage(
        import_path=path,
        dir=directory,
        module=entry.get("Module", {}).get("Path"),
        test_files=tuple(directory / name for name in tests),
        ignored_files=tuple(directory / name for name in ignored),
        error=_error(entry.get("Error")),
        malformed=_is_malformed(entry),
    )


def _error(error: dict[str, Any] | None) -> str | None:
    if error is None:
        return None
    return ": ".join(part for part in (error.get("Pos"), error["Err"]) if part)


def _failure(command: list[str], root: ModuleRoot, said: str) -> DiscoveryError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    text = "; ".join(lines[:12]).replace(":; ", ": ") + ("; …" if len(lines) > 12 else "")
    settings = "".join(f"{name}={value} " for name, value in root.environ.items())
    remedy = next(
        (todo for sign, todo in _REMEDIES if re.search(sign, said)),
        "run that command there to see what go needs",
    )
    return DiscoveryError(
        f"cannot list the packages in {root.dir}: {text}\n"
        f"What to do: {remedy}.\n"
        f"Tried: {settings}{shlex.join(command)}"
    )
