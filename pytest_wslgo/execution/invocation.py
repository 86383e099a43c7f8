"""One process that the plan asks for, and how `go test` carries it out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_wslgo.execution.plan import Batch


@dataclass(frozen=True, slots=True)
class Invocation:
    """One process start.

    ``selected`` are the tests of which an outcome is expected, by import path. ``environ`` holds
    only what differs from the runner's own environment, which is not written to disk; None removes
    a variable. ``repeats`` is how often names come in the events: 0 once, 1 more than once.
    ``race_off`` says why the race detector is off here though the session has it on. ``isolated``
    has the process run where there is no network but loopback; where the session wants that and
    this process cannot have it, ``reachable`` says why.
    """

    argv: tuple[str, ...]
    cwd: str
    selected: Mapping[str, tuple[str, ...]]
    environ: Mapping[str, str | None] = field(default_factory=dict)
    repeats: int = 0
    cover_profile: str = ""
    race_off: str = ""
    isolated: bool = False
    reachable: str = ""

    def to_json(self) -> dict[str, Any]:
        """A form that ``json`` can write."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Invocation:
        """The inverse of ``to_json``; KeyError or TypeError where fields are missing."""
        return cls(
            argv=tuple(data["argv"]),
            cwd=data["cwd"],
            selected={path: tuple(names) for path, names in data["selected"].items()},
            environ=dict(data["environ"]),
            repeats=int(data["repeats"]),
            cover_profile=data["cover_profile"],
            race_off=str(data.get("race_off", "")),
            isolated=bool(data.get("isolated", False)),
            reachable=str(data.get("reachable", "")),
        )


@dataclass(frozen=True, slots=True)
class GoTest:
    """How `go test` is called for every batch of one module or workspace.

    ``build_flags`` and ``test_flags`` are ready to use (``-race``, ``-timeout=30s``);
    ``binary_args`` follow ``-args``; ``fuzz_time`` is how long a batch that fuzzes does so.

    ``mark`` is a number of nanoseconds close to a second that tells environments apart, or 0. Go's
    test cache knows the files inside the module and the variables that a test has looked at; it
    does not see a kernel, a mount or a limit (golang/go#23799). ``-benchtime`` is part of the
    cache's key in all versions of Go (cmd/go/internal/test, tryCacheWithID), costs no build, and is
    a second by default: the mark rides there. (``-timeout`` is part of the key as well, but a limit
    in the place of none would keep the runtime from seeing a deadlock.)

    ``race_off``, ``isolated`` and ``reachable`` are those of its invocations.
    """

    go: Path
    cwd: Path
    environ: Mapping[str, str | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    binary_args: tuple[str, ...] = ()
    cover: bool = False
    repeats: int = 0
    fuzz_time: str = ""
    mark: int = 0
    race_off: str = ""
    isolated: bool = False
    reachable: str = ""

    def invocation(self, batch: Batch, cover_profile: Path) -> Invocation:
        """The process for one batch; its cover profile, if any, goes to ``cover_profile``.

        `go test` refuses a profile of a process that fuzzes, and fuzzes a target once, whatever
        -count and -cpu say.
        """
        argv = [str(self.go), "test", "-json", *self.flags]
        cover = self.cover and not batch.fuzz
        if batch.fuzz:
            argv = [flag for flag in argv if not flag.startswith("-coverpkg=")]
            argv.append(f"-fuzztime={self.fuzz_time}")
        if cover:
            argv += ["-covermode=atomic", f"-coverprofile={cover_profile}"]
        if self.mark and not batch.bench:
            argv.append(f"-benchtime={self.mark}ns")
        argv += batch.filters()
        argv += [package.import_path for package in batch.packages]
        if self.binary_args:
            argv += ["-args", *self.binary_args]
        return Invocation(
            argv=tuple(argv),
            cwd=str(self.cwd),
            selected={package.import_path: package.names for package in batch.packages},
            environ=self.environ,
            repeats=0 if batch.fuzz else self.repeats,
            cover_profile=str(cover_profile) if cover else "",
            race_off=self.race_off,
            isolated=self.isolated,
            reachable=self.reachable,
        )
