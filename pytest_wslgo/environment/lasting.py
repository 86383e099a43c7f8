"""Which mounts stay from run to run, and what of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.mounts import Mount
from pytest_wslgo.environment.reading import number, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

# Mounts that come and go with a session, a process or a container. A name is listed only when it
# is known to: a mount too many costs a run without the cache, one too few a wrong result.
_PASSING_PLACES: Final = re.compile(
    r"""
      /proc/.                       # binfmt_misc appears on first use; masks differ by container
    | (/mnt/wslg)?/run/user/.       # one for each login; WSLg mirrors it
    | /run/credentials/.            # one for each starting systemd service
    | /run/(netns|docker|containerd|containers|k3s)/.     # one for each running container
    | /var/lib/(docker|containerd|containers|kubelet)/.   # the same
    | /mnt/wsl/docker-desktop-bind-mounts/.               # the same, on Docker Desktop
    | (/var/lib/snapd)?/snap/.      # a loop mount for each revision: snaps refresh by themselves
    | /run/snapd/.                  # namespaces of running snaps
    | /sys/kernel/debug/tracing\Z   # tracefs, mounted by the kernel when somebody looks there
    | /dev/console\Z                # in a container: started with a terminal or without
    """,
    re.VERBOSE | re.DOTALL,
)

_PASSING_ANYWHERE: Final = re.compile(
    r"""
      /\.local/share/(docker|containers)/.  # a running container, without root
    | /\.mount_[^/]                         # a running AppImage
    """,
    re.VERBOSE | re.DOTALL,
)

_PASSING_TYPES: Final = frozenset(
    (
        "fuse.gvfsd-fuse",  # belongs to a desktop session
        "fuse.portal",  # the same; older ones live outside /run/user
        "fuse.revokefs-fuse",  # while flatpak installs
        "nsfs",  # a namespace that somebody holds open
    )
)

# Options that say who mounted or where from, not what a program can do there.
_PASSING_OPTIONS: Final = frozenset(
    (
        # Descriptors and process group of the daemon that serves the mount, and its settings.
        *("fd", "rfd", "wfd", "pgrp", "pipe_ino", "timeout"),
        # Directories of an overlay: new ids for each container.
        *("lowerdir", "upperdir", "workdir", "lowerdir+", "datadir+"),
        # SELinux: podman picks two random categories for each container.
        *("context", "fscontext", "defcontext", "rootcontext"),
        # Network filesystems: what DHCP and DNS said this time.
        *("addr", "clientaddr", "mountaddr", "mountport"),
    )
)

# Which letter or number a disk has is the order of its discovery (on WSL2: of the distributions'
# start); 64 hex digits are a container.
_PASSING_SOURCE: Final = re.compile(
    r"(?<=^/dev/)((sd|vd|xvd|hd)[a-z]+\d*|(loop|dm-|md|nbd|nvme|mmcblk|sr|z?ram)\d[\dnp]*)$"
    r"|[0-9a-f]{64}"
)

_AMOUNTS: Final = frozenset(("size", "nr_inodes"))


def lasting(mounts: Iterable[Mount]) -> tuple[Mount, ...]:
    """What is the same in every run on an unchanged machine, sorted by mount point.

    Of several mounts on one point the last counts, as it hides the others. A point that automount
    serves stands for all that it has mounted: that comes with use and goes with time.
    """
    mounts = list(mounts)
    automounts = {mount.point for mount in mounts if mount.fstype == "autofs"}
    kept = {
        mount.point: mount
        for mount in mounts
        if not _passes(mount) and not (automounts and _automounted(mount, automounts))
    }
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    return tuple(_settled(kept[point], known) for point in sorted(kept))


def _passes(mount: Mount) -> bool:
    """Whether it comes and goes."""
    return (
        mount.fstype in _PASSING_TYPES
        or _PASSING_PLACES.match(mount.point) is not None
        or _PASSING_ANYWHERE.search(mount.point) is not None
    )


def _automounted(mount: Mount, automounts: set[str]) -> bool:
    """Whether automount has put it there."""
    itself = mount.fstype != "autofs" and mount.point in automounts
    return itself or not automounts.isdisjoint(_above(mount.point))


def _above(point: str) -> list[str]:
    """The directories above a mount point, without `/`."""
    return [point[: match.start()] for match in re.finditer(r"(?!^)/", point)]


def _settled(mount: Mount, known: dict[tuple[str, ...], tuple[str, ...]]) -> Mount:
    """Without what differs from run to run; `root` too, a bind mount's holds container ids.

    `known` keeps the options of the filesystems, of which few differ.
    """
    if mount.super_options not in known:
        options = (_option(option) for option in mount.super_options)
        lasting = sorted(option for option in options if option is not None)
        known[mount.super_options] = tuple(lasting)
    return Mount(
        point=mount.point,
        fstype=mount.fstype,
        source=_PASSING_SOURCE.sub("*", mount.source),
        options=tuple(sorted(mount.options)),
        super_options=known[mount.super_options],
        root="",
    )


def _option(option: str) -> str | None:
    name, _, value = option.partition("=")
    if name in _PASSING_OPTIONS:
        return None
    if name in _AMOUNTS:
        amount = number(value.removesuffix("k"))
        return option if amount is None else f"{name}={rounded(amount)}"
    return option
