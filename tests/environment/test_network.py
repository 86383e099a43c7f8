"""Routes and addresses: is there a way from this machine to another?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from environment_machines import write

from pytest_wslgo.environment.network import way_out

if TYPE_CHECKING:
    from pathlib import Path

HEADING = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
DEFAULT = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
LOCAL = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
REJECTING = "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
# What Linux shows where IPv6 has no default route, and where it has one.
NO_DEFAULT_6 = (
    f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} ffffffff 00000001 00000000 00200200       lo\n"
)
DEFAULT_6 = (
    f"{'0' * 32} 00 {'0' * 32} 00 fe80{'0' * 27}1 00000400 00000002 00000000 00450003     eth0\n"
)


def nobody() -> list[tuple[str, str]]:
    """Nobody need be asked for addresses."""
    pytest.fail("the routes say enough")


def machine(root: Path, route: str, route_6: str = "") -> Path:
    """A machine with these tables of routes."""
    return write(root, {"proc/net/route": route, "proc/net/ipv6_route": route_6})


def test_default_route(tmp_path: Path) -> None:
    """A default route is a way out."""
    found = way_out(machine(tmp_path, HEADING + LOCAL + DEFAULT), nobody)

    assert found.exists
    assert found.evidence == "default route over eth0 (/proc/net/route)"


def test_default_route_of_version_6(tmp_path: Path) -> None:
    """One of IPv6 as well."""
    found = way_out(machine(tmp_path, HEADING, NO_DEFAULT_6 + DEFAULT_6), nobody)

    assert found.exists
    assert found.evidence == "default route over eth0 (/proc/net/ipv6_route)"


@pytest.mark.parametrize("more", ["", REJECTING], ids=["none", "rejecting"])
def test_routes_without_a_default(tmp_path: Path, more: str) -> None:
    """Routes to neighbours alone lead nowhere else; nor does a default route that rejects."""
    found = way_out(machine(tmp_path, HEADING + LOCAL + more, NO_DEFAULT_6), nobody)

    assert not found.exists
    assert "no default route" in found.evidence


def test_address_where_no_route_shows(tmp_path: Path) -> None:
    """WSL1 shows no routes: there an address other than the machine's own says that it is on."""
    found = way_out(
        machine(tmp_path, HEADING), lambda: [("lo", "127.0.0.1"), ("eth0", "192.168.1.7")]
    )

    assert found.exists
    assert found.evidence == "eth0 has the address 192.168.1.7"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "fe80::1", "169.254.7.7", "00:15:5d:00"])
def test_own_addresses(tmp_path: Path, address: str) -> None:
    """Loopback, link-local and hardware addresses lead nowhere."""
    assert not way_out(tmp_path, lambda: [("x", address)]).exists


@pytest.mark.parametrize(
    "junk", ["\0\xff junk", "a b c d e f g h i j k", HEADING + "eth0\t0\n" * 3]
)
def test_junk(tmp_path: Path, junk: str) -> None:
    """A damaged table is no way out and no error."""
    assert not way_out(machine(tmp_path, junk, junk), list).exists


def test_this_machine() -> None:
    """It can be asked of the machine that tests run on, and says what it rests on."""
    assert way_out().evidence
