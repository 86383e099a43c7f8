"""The plan of a run as the report needs it, looked at with suspicion."""

from __future__ import annotations

import stat
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_wslgo.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pytest_wslgo.execution import Invocation, Journal

_LARGEST = 256 << 20
"""Bytes of a plan: 100,000 tests need about 30 million."""

PackageKey = tuple[str, str]
"""Where `go` ran, and the import path."""
TestKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was to be run. ``items`` has the node ID of each selected test, with its key.

    ``packages`` has a node ID for each package. ``later`` are the node IDs of tests whose runs were
    to come after this one, when fixtures are up.
    """

    invocations: Sequence[Invocation]
    items: Sequence[tuple[str, TestKey]]
    packages: Mapping[PackageKey, str]
    later: Sequence[str]
    go: str
    rootdir: str


def read_plan(journal: Journal) -> Plan:
    """Read a plan, and see that it is sound and the journal's files are what they should be.

    Raises:
        JournalError: It cannot be read, is damaged, or contradicts itself.
    """
    _check_file(journal.plan_file, largest=_LARGEST)
    invocations, about = journal.plan()
    try:
        plan = Plan(
            invocations,
            _items(invocations, about),
            {
                (_text(cwd), _text(path)): _text(node_id)
                for cwd, path, node_id in about.get("packages", ())
            },
            tuple(_text(node_id) for node_id in about.get("later", ())),
            _text(about.get("go", "")),
            _text(about.get("rootdir", "")),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise JournalError(
            f"cannot read the journal {journal.directory}: {journal.plan_file.name} is damaged "
            f"({error}); the raw events are in its *.stdout files"
        ) from error
    _check_file(journal.log_file)
    for index in range(len(invocations)):
        _check_file(journal.stdout(index))
        _check_file(journal.stderr(index))
    return plan


def _items(
    invocations: Sequence[Invocation], about: Mapping[str, Any]
) -> list[tuple[str, TestKey]]:
    """The node IDs of the selected tests; a plan says both twice, so that damage shows."""
    keys = dict.fromkeys(
        (_text(invocation.cwd), _text(path), _text(name))
        for invocation in invocations
        for path, names in invocation.selected.items()
        for name in names
    )
    if "items" not in about:
        return [(f"{path}.{name}", (cwd, path, name)) for cwd, path, name in keys]
    found = dict.fromkeys(
        (_text(node_id), (_text(cwd), _text(path), _text(name)))
        for node_id, cwd, path, name, *_ in about["items"]
    )
    for node_id, (_, _, name) in found:
        if node_id.rpartition("::")[2].partition("[")[0] != name:
            raise ValueError(f"{node_id!r} is no node ID of {name}")
    if {key for _, key in found} != set(keys):
        raise ValueError("its items are not those of its processes")
    if any(count > 1 for count in Counter(node_id for node_id, _ in found).values()):
        raise ValueError("two tests have one node ID")
    return list(found)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _check_file(path: Path, largest: int | None = None) -> None:
    """JournalError for what is no file of a journal: a link, a pipe, a plan without an end."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise JournalError(f"cannot read {path}: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        raise JournalError(f"cannot read the journal {path.parent}: {path.name} is no regular file")
    if largest is not None and found.st_size > largest:
        raise JournalError(
            f"cannot read the journal {path.parent}: {path.name} has {found.st_size} bytes, "
            f"and no plan has more than {largest}"
        )
