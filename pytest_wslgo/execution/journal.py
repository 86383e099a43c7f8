"""The journal of one run: a directory that holds everything that happened, as it happened.

=================  ==============================================================================
``plan.json``      what was to be run: the invocations, and what the writer adds about the session
``log.jsonl``      one JSON object a line: the runner's start, each process's start and end
``N.stdout``       what process N wrote, raw: `go test -json` writes straight into the file
``N.stderr``       likewise
``N.cover``        its cover profile
``_artifacts/``    what tests wrote into ``t.ArtifactDir()``, as `go` lays it out
``runner.log``     what the runner itself had to say; empty as a rule
=================  ==============================================================================

Processes write into the files themselves, so nothing lies between an event and the disk, and a
session that is killed loses nothing. Version 1; readers refuse a newer one.
"""

from __future__ import annotations

import json
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pytest_wslgo.errors import JournalError
from pytest_wslgo.execution.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

VERSION = 1
_LITTLE = 4096
"""Bytes; a block."""


class Journal:
    """The journal in one directory, for writing and for reading."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def plan_file(self) -> Path:
        """Where the plan stands; a journal exists once this file does."""
        return self.directory / "plan.json"

    @property
    def log_file(self) -> Path:
        """Where starts and ends are noted."""
        return self.directory / "log.jsonl"

    def stdout(self, index: int) -> Path:
        """What process ``index`` wrote to stdout."""
        return self.directory / f"{index}.stdout"

    def stderr(self, index: int) -> Path:
        """What process ``index`` wrote to stderr."""
        return self.directory / f"{index}.stderr"

    def cover_profile(self, index: int) -> Path:
        """Where process ``index`` writes its cover profile."""
        return self.directory / f"{index}.cover"

    @property
    def artifacts(self) -> Path:
        """Where `go` puts what tests write into ``t.ArtifactDir()``."""
        return self.directory

    def prepare(self) -> None:
        """Make the directory; JournalError where that fails."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(cannot_write(self.directory, error)) from error

    def is_done(self) -> bool:
        """Whether the runner has noted its end."""
        try:
            return b'"event": "done"' in self.log_file.read_bytes()
        except OSError:
            return False

    def is_full(self) -> bool:
        """Whether the disk takes nothing more: what was written may then be cut off anywhere."""
        try:
            return shutil.disk_usage(self.directory).free < _LITTLE
        except OSError:
            return False

    def create(self, invocations: Sequence[Invocation], about: Mapping[str, Any]) -> None:
        """Write the plan; JournalError where the directory cannot be written."""
        plan = {
            "version": VERSION,
            "invocations": [invocation.to_json() for invocation in invocations],
            "about": about,
        }
        self.prepare()
        unfinished = self.directory / "plan.json.tmp"
        try:
            self.log_file.touch()
            unfinished.write_text(json.dumps(plan), encoding="utf-8")
            unfinished.replace(self.plan_file)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise JournalError(cannot_write(self.directory, error)) from error

    def note(self, **entry: Any) -> None:
        """Append an entry to the log: one write, so that entries of two processes do not mix.

        ``time`` is added to it, in seconds since the epoch.
        """
        line = json.dumps({**entry, "time": time.time()}).encode() + b"\n"
        with self.log_file.open("ab", buffering=0) as log:
            log.write(line)

    def plan(self) -> tuple[list[Invocation], dict[str, Any]]:
        """Read the plan: the invocations, and what the writer added.

        Raises:
            JournalError: There is no plan, it is damaged, or a newer version wrote it.
        """
        try:
            data = json.loads(self.plan_file.read_bytes())
            if data["version"] > VERSION:
                raise JournalError(
                    f"cannot read the journal {self.directory}: it has version {data['version']}, "
                    f"and this pytest-wslgo reads up to {VERSION}: use a newer pytest-wslgo"
                )
            return [Invocation.from_json(each) for each in data["invocations"]], data["about"]
        except OSError as error:
            raise JournalError(
                f"cannot read the journal {self.directory}: {error.strerror}: "
                "name a directory that a run with --wslgo has written"
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise JournalError(
                f"cannot read the journal {self.directory}: {self.plan_file.name} is damaged "
                f"({type(error).__name__}: {error}); the raw events are in its *.stdout files"
            ) from error


def cannot_write(directory: Path, error: OSError) -> str:
    """The message for a journal that cannot be written."""
    return (
        f"cannot write the journal of the Go run in {directory}: {error.strerror}: "
        "name a directory on a writable disk with free space by --wslgo-journal"
    )
