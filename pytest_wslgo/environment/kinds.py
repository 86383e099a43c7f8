"""What kind of machine this is, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.containers import container_signs
from pytest_wslgo.environment.signs import evidence
from pytest_wslgo.environment.virtualization import virtual_machine_signs
from pytest_wslgo.environment.wsl_signs import (
    hints,
    kernel_class,
    machine_signs,
    userland_signs,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_wslgo.environment.model import Evidence, Kind
    from pytest_wslgo.environment.mounts import Mount
    from pytest_wslgo.environment.tree import Tree

OUTVOTED: Final = "outvoted"


def find_kind(
    tree: Tree, mounts: Sequence[Mount], environ: Mapping[str, str]
) -> tuple[Kind, list[Evidence]]:
    """The kind of a Linux machine with its evidence, what decided first.

    In this order: a kernel of WSL1; proofs of a container, on WSL2 or not; a kernel of WSL2; on a
    kernel of another name, what only WSL2 gives; signs of a virtual machine. What speaks for
    something else has the topic "outvoted".
    """
    number, named = kernel_class(tree, mounts)
    proofs, marks = container_signs(tree, mounts, environ)
    ours = userland_signs(tree, mounts)
    signs = [*machine_signs(tree, mounts), *ours]
    said = list(hints(tree, environ))
    virtual = virtual_machine_signs(tree)
    if number == 1:
        return "wsl1", [*named, *signs, *said, *_outvoted([*proofs, *marks])]
    if proofs:
        on_wsl = [*named, *signs]
        kind: Kind = "container-on-wsl2" if on_wsl else "container"
        return kind, [*proofs, *marks, *on_wsl, *_outvoted([*said, *([] if on_wsl else virtual)])]
    if number == 2 or signs:
        return "wsl2", [*named, *signs, *said, *_outvoted(marks)]
    if virtual:
        return "vm", [*virtual, *_outvoted([*marks, *said])]
    release = tree.stripped("proc/sys/kernel/osrelease") or "cannot be read"
    nothing = evidence(
        "kind",
        "/proc/sys/kernel/osrelease",
        f"{release}; no sign of WSL, a container or a virtual machine",
    )
    return "linux", [nothing, *_outvoted([*marks, *said])]


def _outvoted(signs: Iterable[Evidence]) -> list[Evidence]:
    return [evidence(OUTVOTED, each.source, each.saw) for each in signs]
