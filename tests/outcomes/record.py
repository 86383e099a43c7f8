"""Records what `go test -json` writes for the cases of ``recorded_cases``.

Run by hand, with the Go commands to record: ``python tests/outcomes/record.py GO [GO ...]``.
A second kind of argument, ``-k TEXT``, limits the cases to those with TEXT in their name.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from recorded_cases import Case, cases

STREAMS = Path(__file__).parent / "streams"
_NOISE = re.compile(r"0x[0-9a-f]{6,}")
_TOO_EXACT = re.compile(r'(?<="Time":")([^"]*\.\d{3})\d*Z')


def main(arguments: list[str]) -> None:
    """Record every case with every Go."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("go", nargs="+")
    parser.add_argument("-k", default="", help="limits the cases to those with this in their name")
    options = parser.parse_args(arguments)
    for go in options.go:
        version = _ask(go, "GOVERSION").removeprefix("go")
        minor = ".".join(version.split(".")[:2])
        for case in cases():
            wanted = minor in (case.only or case.usual)
            if options.k in case.name and wanted:
                record(case, go, minor)


def record(case: Case, go: str, minor: str) -> None:
    """Record one case with one Go."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name).resolve()
        for path, text in case.files().items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text, encoding="utf-8")
        count = () if case.raw_flags else ("-count=1",)
        argv = [go, "test", "-json", "-fullpath", *count, *case.flags, *case.packages]
        for _ in range(case.runs):
            done = subprocess.run(
                argv, cwd=directory, env=_environ(case), capture_output=True, check=False
            )
        goroot = _ask(go, "GOROOT")
        target = STREAMS / f"go{minor}"
        target.mkdir(parents=True, exist_ok=True)
        for kind, data in (("stdout", done.stdout), ("stderr", done.stderr)):
            text = data.decode("utf-8").replace(str(directory), "/src").replace(goroot, "/go")
            file = target / f"{case.name}.{kind}"
            file.unlink(missing_ok=True)
            if text:
                text = _TOO_EXACT.sub(r"\1Z", _NOISE.sub("0xc0ffee", text))
                file.write_text(text, encoding="utf-8")
        about = {
            "selected": dict(case.selected),
            "repeats": case.repeats,
            "argv": ["go", *argv[1:]],
            "rc": done.returncode,
        }
        (target / f"{case.name}.json").write_text(json.dumps(about) + "\n", encoding="utf-8")


def _environ(case: Case) -> dict[str, str]:
    fixed = {"GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    return {**os.environ, **fixed, **case.environ}


def _ask(go: str, variable: str) -> str:
    argv = [go, "env", variable]
    environ = {**os.environ, "GOTOOLCHAIN": "local"}
    return subprocess.run(
        argv, env=environ, capture_output=True, check=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
