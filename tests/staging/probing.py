"""Probes of a place that may be on a stage; executed by itself it is what runs there."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from pytest_wslgo.environment.probes import Probe, Prober

if TYPE_CHECKING:
    from namespaces import Stage

    from pytest_wslgo.environment import Environment


def machine(*drives: str, interop: bool = False) -> Environment:
    """A machine that is said to have interop, and Windows drives at these places."""

    def on_drive(path: str | os.PathLike[str]) -> bool:
        real = os.path.realpath(path)
        return any(f"{real}/".startswith(f"{drive}/") for drive in drives)

    said = SimpleNamespace(
        interop=interop,
        mounts=[SimpleNamespace(point=drive) for drive in drives],
        is_windows_drive=on_drive,
        why=lambda about: f"the test says so of {about}",
    )
    return cast("Environment", said)


def probes(
    stage: Stage,
    directory: object,
    *names: str,
    drives: tuple[object, ...] = (),
    interop: bool = False,
    patience: float = 20.0,
    **environ: str,
) -> dict[str, Probe]:
    """Let probes be made on a stage, one after the other by one Prober."""
    options = [f"--drive={drive}" for drive in drives] + (["--interop"] if interop else [])
    argv = (sys.executable, __file__, *options, f"--patience={patience}", str(directory), *names)
    said: dict[str, dict[str, Any]] = json.loads(stage.run(*argv, **environ).stdout)
    return {name: Probe(**fields) for name, fields in said.items()}


def main() -> None:
    """Make the probes that are asked for; say what is left in the directory, on stderr."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--drive", action="append", default=[])
    parser.add_argument("--interop", action="store_true")
    parser.add_argument("--patience", type=float)
    parser.add_argument("directory")
    parser.add_argument("names", nargs="+")
    asked = parser.parse_args()
    environment = machine(*asked.drive, interop=asked.interop)
    prober = Prober(environment, patience=asked.patience)
    before = sorted(os.listdir(asked.directory))  # noqa: PTH208 - names
    made = {name: asdict(prober.probe(name, asked.directory)) for name in asked.names}
    after = sorted(os.listdir(asked.directory))  # noqa: PTH208 - names
    assert after == before, f"left in {asked.directory}: {set(after) - set(before)}"
    print(json.dumps(made))


if __name__ == "__main__":
    main()
