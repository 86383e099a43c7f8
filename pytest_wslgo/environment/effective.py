"""What is so on a machine, to be held against what WSL was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.finding import Finding

if TYPE_CHECKING:
    from pytest_wslgo.environment.model import Kind
    from pytest_wslgo.environment.mounts import Mount

STALE: Final = "was edited, but the virtual machine was not restarted"
RESTART: Final = "run wsl.exe --shutdown on Windows and open the distribution again"


@dataclass(frozen=True, slots=True)
class Effective:
    """What is so. None is what could not be seen, and is compared with nothing.

    Attributes:
        kind: of the machine.
        mounts: all.
        init: the name of process 1.
        interop: whether Windows programs are registered.
        session: WSL_INTEROP of the environment, which a session with interop has.
        path: PATH of a session that WSL started itself; sudo, ssh and cron make their own.
        cgroup_version: 1, 2 or 0.
        memory: in bytes.
        cpus: of the machine.
        networking: the mode that shows.
    """

    kind: Kind
    mounts: tuple[Mount, ...]
    init: str | None
    interop: bool | None
    session: str
    path: str | None
    cgroup_version: int
    memory: int | None
    cpus: int | None
    networking: str | None


def contradiction(
    code: str, text: str, declared: str, effective: str, remedy: str = RESTART
) -> Finding:
    """A warning with both sides as its evidence."""
    return Finding(code, "warning", text, f"{declared}, {effective}", remedy)
