"""Signs that this is a container.

Sources: systemd's src/basic/virt.c (container=, /run/systemd/container, /run/host), Docker, podman
and Kubernetes as they mount; container(7) and systemd.io/CONTAINER_INTERFACE.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.mounts import mount_at
from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_wslgo.environment.model import Evidence
    from pytest_wslgo.environment.mounts import Mount
    from pytest_wslgo.environment.tree import Tree

_KIND: Final = "kind"
# Files that a container engine leaves. They also stay behind in an image that was made the root of
# a virtual machine or of a WSL distribution (`docker export`, `wsl --import`).
_FILES: Final = ("/.dockerenv", "/run/.containerenv")

# Where engines keep the layers of images, and the files that they mount into containers.
_STORE: Final = re.compile(
    r"/(?:[^/:,=]+/)*?(?:docker|containerd|containers|desktop-containerd|buildkit|buildah|podman|crio|libpod|kubelet)/"
)
# Of options: there may be hundreds of layers.
_LONGEST: Final = 4096
_MOUNTED_FILES: Final = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
_LAYERED: Final = frozenset(("overlay", "aufs", "fuse.fuse-overlayfs"))

# A group that an engine makes for a container; `docker.service` is not one, nor is WSL's
# `/wsl-user/distro-5`, which keeps distributions apart.
_GROUP: Final = re.compile(
    r"""
      /(docker|lxc|lxc\.payload[^/]*|kubepods[^/]*|ecs|actions_job|buildkit|garden)(/|\Z)
    | [/:](docker|libpod|cri-containerd|crio|containerd|buildah)-[0-9a-f]{12,64}(\.scope)?(/|\Z)
    """,
    re.VERBOSE,
)


def container_signs(
    tree: Tree, mounts: Sequence[Mount], environ: Mapping[str, str]
) -> tuple[list[Evidence], list[Evidence]]:
    """What says that this is a container: proofs, and hints that alone say nothing."""
    files = [evidence(_KIND, name, "exists") for name in _FILES if tree.exists(name)]
    proofs = [*_declared(tree), *_mounted(mounts), *_grouped(tree)]
    hints = [
        evidence(_KIND, f"{name} in the environment", environ[name])
        for name in ("container", "KUBERNETES_SERVICE_HOST")
        if environ.get(name)
    ]
    if proofs or _may_be_layered(mounts):
        return [*files, *proofs], hints
    return [], [*files, *hints]


def _declared(tree: Tree) -> Iterator[Evidence]:
    """What the manager of the container has told."""
    for name in ("/run/systemd/container", "/run/host/container-manager"):
        manager = tree.stripped(name)
        # systemd takes WSL for a container.
        if manager and manager != "wsl":
            yield evidence(_KIND, name, manager)
    for variable in (tree.read("proc/1/environ") or "").split("\0"):
        name, _, manager = variable.partition("=")
        if name == "container" and manager not in ("", "wsl"):
            yield evidence(_KIND, "/proc/1/environ", variable)
    if tree.exists("proc/vz") and not tree.exists("proc/bc"):
        yield evidence(_KIND, "/proc/vz", "exists, and /proc/bc does not: OpenVZ")


def _mounted(mounts: Iterable[Mount]) -> Iterator[Evidence]:
    """What engines mount into containers; one of each sort is enough."""
    found: dict[str, str] = {}
    for mount in mounts:
        if mount.point == "/" and mount.fstype in _LAYERED:
            store = _store(",".join(mount.super_options))
            if store:
                found.setdefault("layers", f"/ is {mount.fstype} of {store}")
        elif mount.point in _MOUNTED_FILES and _store(mount.root):
            found.setdefault("files", f"{mount.point} is {mount.root}")
        elif mount.fstype == "fuse.lxcfs" and mount.point.startswith("/proc/"):
            found.setdefault("lxcfs", f"{mount.point} is {mount.fstype}")
        elif mount.point.endswith("/secrets/kubernetes.io/serviceaccount"):
            found.setdefault("kubernetes", f"{mount.point} is mounted")
    return (evidence(_KIND, "/proc/self/mountinfo", saw) for saw in found.values())


def _store(text: str) -> str:
    """The first directory of an engine in a text; empty without one."""
    found = _STORE.search(text[:_LONGEST])
    return found[0] if found else ""


def _grouped(tree: Tree) -> Iterator[Evidence]:
    for line in (tree.read("proc/self/cgroup") or "").split("\n"):
        if _GROUP.search(line):
            yield evidence(_KIND, "/proc/self/cgroup", line)
            return


def _may_be_layered(mounts: Sequence[Mount]) -> bool:
    """Whether `/` could be a container's: it is layered, or nothing is known of it.

    Where it is a plain filesystem, and no engine has mounted its files into it, a marker file was
    left behind by the image.
    """
    root = mount_at(mounts, "/")
    return root is None or root.fstype in _LAYERED
