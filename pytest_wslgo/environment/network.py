"""Is there a way from this machine to another? Looked up, not tried: no packet is sent."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_UP: Final = 0x1
_REJECT: Final = 0x200
"""Flags of a route (linux/route.h, linux/ipv6_route.h)."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Whether there is one, and what that rests on, one phrase."""

    exists: bool
    evidence: str


def addresses() -> Iterator[tuple[str, str]]:
    """The interfaces that are up and their addresses."""
    states = psutil.net_if_stats()
    for name, entries in psutil.net_if_addrs().items():
        if name in states and states[name].isup:
            yield from ((name, entry.address.partition("%")[0]) for entry in entries)


def way_out(
    root: Path = Path("/"), ask: Callable[[], Iterable[tuple[str, str]]] = addresses
) -> WayOut:
    """Look for a default route; where no route is shown at all (WSL1), for an address.

    An address alone would say little: the bridge of a container engine has one on a machine
    without a cable.

    Args:
        root: the machine's root directory.
        ask: gives interfaces and addresses.
    """
    old, new = (_read(root / "proc/net" / name) for name in ("route", "ipv6_route"))
    for source, found in (("route", _default_4(old)), ("ipv6_route", _default_6(new))):
        if found:
            return WayOut(exists=True, evidence=f"default route over {found} (/proc/net/{source})")
    if len(old.strip().split("\n")) > 1:  # below the heading
        return WayOut(exists=False, evidence="there is no default route (/proc/net/route)")
    for interface, address in ask():
        if _leads_away(address):
            return WayOut(exists=True, evidence=f"{interface} has the address {address}")
    return WayOut(
        exists=False,
        evidence="there is no route (/proc/net/route) and no address but those of this machine",
    )


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""


def _default_4(table: str) -> str:
    """Interface, destination, gateway, flags, three counters, mask, ….

    Source: net/ipv4/fib_trie.c, fib_route_seq_show.
    """
    for fields in (line.split() for line in table.split("\n")[1:]):
        if len(fields) > 7 and (fields[1], fields[7]) == ("0" * 8, "0" * 8) and _usable(fields[3]):
            return fields[0]
    return ""


def _default_6(table: str) -> str:
    """Destination, its length, four fields, two counters, flags, interface.

    Source: net/ipv6/route.c, rt6_info_route. Where there is none, lo has one that rejects.
    """
    for fields in (line.split() for line in table.split("\n")):
        default = len(fields) > 9 and fields[:2] == ["0" * 32, "00"]
        if default and fields[9] != "lo" and _usable(fields[8]):
            return fields[9]
    return ""


def _usable(flags: str) -> bool:
    try:
        number = int(flags, 16)
    except ValueError:
        return False
    return bool(number & _UP) and not number & _REJECT


def _leads_away(address: str) -> bool:
    try:
        value = ipaddress.ip_address(address)
    except ValueError:  # of another family: a hardware address
        return False
    return not (value.is_loopback or value.is_link_local or value.is_unspecified)
