"""Signs that the kernel, or this very system, is WSL's.

Sources: the WSL source (src/linux/init: main.cpp, config.cpp, drvfs.cpp) and its documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from pytest_wslgo.environment.facts import BINFMT, INTEROP_ENTRIES
from pytest_wslgo.environment.mounts import mount_at
from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_wslgo.environment.model import Evidence
    from pytest_wslgo.environment.mounts import Mount
    from pytest_wslgo.environment.tree import Tree

_KIND: Final = "kind"
_ENOUGH: Final = 4
_OSRELEASE: Final = "/proc/sys/kernel/osrelease"
_MOUNTINFO: Final = "/proc/self/mountinfo"


def kernel_class(tree: Tree, mounts: Sequence[Mount]) -> tuple[Literal[0, 1, 2], list[Evidence]]:
    """Whose kernel this is: 1 and 2 are WSL's, 0 is any other, and WSL2's when built by a user.

    WSL1 writes `Microsoft` with a capital; WSL2 `microsoft`, later with `-WSL2` behind. The name of
    whoever compiled the kernel is in /proc/version as well, and counts for nothing.
    """
    root = mount_at(mounts, "/")
    if root is not None and root.fstype in ("wslfs", "lxfs"):
        return 1, [evidence(_KIND, _MOUNTINFO, f"/ is {root.fstype}")]
    source, release = _OSRELEASE, tree.stripped(_OSRELEASE)
    if not release:
        source = "/proc/version"
        words = (tree.read(source) or "").split()[:3]
        release = words[2] if words[:2] == ["Linux", "version"] and len(words) > 2 else ""
    seen = [evidence(_KIND, source, release)]
    if release.endswith("-Microsoft"):
        return 1, seen
    return (2, seen) if re.search(r"microsoft|WSL2", release) else (0, [])


def machine_signs(tree: Tree, mounts: Sequence[Mount]) -> list[Evidence]:
    """What says that WSL2 runs this kernel, whatever it is called: also seen in a container."""
    signs = []
    if "WSL_ROOT_INIT=1" in (tree.read("proc/cmdline") or "").split():
        signs.append(evidence(_KIND, "/proc/cmdline", "WSL_ROOT_INIT=1"))
    for name in INTEROP_ENTRIES:
        entry = (tree.read(f"{BINFMT}/{name}") or "").split("\n")
        if "interpreter /init" in entry or "interpreter /tools/init" in entry:
            signs.append(evidence(_KIND, f"/{BINFMT}/{name}", "interpreter is WSL's /init"))
    drive = next((mount for mount in mounts if mount.is_windows_drive), None)
    if drive is not None:
        signs.append(evidence(_KIND, _MOUNTINFO, f"{drive.point} is {drive.described}"))
    return signs


def userland_signs(tree: Tree, mounts: Sequence[Mount]) -> list[Evidence]:
    """What WSL gives to its distributions; a container has it only where it was mounted there."""
    parts = [mount for mount in mounts if _is_of_wsl(mount)]
    signs = [
        evidence(_KIND, _MOUNTINFO, f"{part.point} is {part.described}") for part in parts[:_ENOUGH]
    ]
    group = (tree.read("proc/self/cgroup") or "").partition("0::")[2].split("\n")[0]
    if re.match(r"/wsl-user/distro-\d", group):
        signs.append(evidence(_KIND, "/proc/self/cgroup", group))
    return signs


def hints(tree: Tree, environ: Mapping[str, str]) -> Iterator[Evidence]:
    """What fits WSL, and can be made by anyone or be left over."""
    for name in ("WSL_DISTRO_NAME", "WSL_INTEROP"):
        if environ.get(name):
            yield evidence(_KIND, f"{name} in the environment", environ[name])
    for name in ("/run/WSL", "/usr/lib/wsl"):
        if tree.exists(name):
            yield evidence(_KIND, name, "exists")


def _is_of_wsl(mount: Mount) -> bool:
    """The `/init` of WSL, from its own first filesystem; the drivers and libraries of Windows."""
    if mount.point == "/init":
        return mount.fstype == "rootfs" or "aname=tools" in mount.described
    return mount.point.startswith("/usr/lib/wsl/") and mount.fstype in ("9p", "overlay", "virtiofs")
