"""Process 1 and systemd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from pytest_wslgo.environment.facts import Facts
    from pytest_wslgo.environment.model import Evidence

_COMM: Final = "/proc/1/comm"
_BOOTED: Final = "/run/systemd/system"


def find_systemd(facts: Facts) -> tuple[bool, list[Evidence]]:
    """Whether systemd is process 1 and was booted (sd_booted(3)).

    The directory alone can be mounted into a container; the name alone is there while systemd is
    still starting. Where /proc hides the processes of others (hidepid=), the directory decides.
    """
    directory = evidence("systemd", _BOOTED, "exists" if facts.systemd else "does not exist")
    if facts.init is None:
        return facts.systemd, [evidence("systemd", _COMM, "cannot be read"), directory]
    named = facts.init == "systemd"
    return named and facts.systemd, [evidence("systemd", _COMM, facts.init), directory]
