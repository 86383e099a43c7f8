"""Name servers, and the networking mode of WSL2 where it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from pytest_wslgo.environment.model import Evidence
    from pytest_wslgo.environment.settings import Settings
    from pytest_wslgo.environment.tree import Tree

_ABOUT: Final = "networking"
_INTERFACES: Final = "/sys/class/net"
_RESOLV_CONF: Final = "/etc/resolv.conf"
_MOST: Final = 16


def find_dns(tree: Tree) -> tuple[tuple[str, ...], list[Evidence]]:
    """The addresses of name servers in order (resolv.conf(5))."""
    found = []
    for line in (tree.read(_RESOLV_CONF) or "").split("\n"):
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver" and words[1].isprintable():
            found.append(words[1][:64])
    servers = tuple(found[:_MOST])
    return servers, [evidence("dns", _RESOLV_CONF, ", ".join(servers))] if servers else []


def shown_mode(tree: Tree) -> tuple[str | None, list[Evidence]]:
    """The mode that the interfaces show, whatever is configured; None where they do not.

    Mirroring has an interface `loopback0`; virtioproxy has virtio's driver. NAT and bridging share
    Hyper-V's.
    """
    names = tree.names(_INTERFACES)
    if "loopback0" in names:
        return "mirrored", [evidence(_ABOUT, f"{_INTERFACES}/loopback0", "exists")]
    if names == ["lo"]:
        return "none", [evidence(_ABOUT, _INTERFACES, "has lo alone")]
    place = f"{_INTERFACES}/eth0/device/driver"
    driver = (tree.link(place) or "").rpartition("/")[2]
    if driver == "virtio_net":
        return "virtioproxy", [evidence(_ABOUT, place, driver)]
    return None, [evidence(_ABOUT, place, driver)] if driver else []


def find_networking(tree: Tree, wslconfig: Settings | None) -> tuple[str | None, list[Evidence]]:
    """The networking mode of WSL2: what shows, else what is configured if it fits that.

    Without a .wslconfig to read, NAT and bridging cannot be told apart.
    """
    mode, signs = shown_mode(tree)
    if mode is not None or wslconfig is None:
        return mode, signs
    wanted = str(wslconfig.get("wsl2.networkingMode"))
    # Other modes would show, if the interfaces did.
    if not signs or wanted not in ("nat", "bridged"):
        return None, signs
    return wanted, [*signs, evidence(_ABOUT, wslconfig.path, f"networkingMode is {wanted}")]
