"""Which distribution this is (os-release(5)), and which C library its programs are linked with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from pytest_wslgo.environment.model import Distribution, Libc
from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from pytest_wslgo.environment.model import Evidence
    from pytest_wslgo.environment.tree import Tree

_OS_RELEASE: Final = ("/etc/os-release", "/usr/lib/os-release")

# The dynamic loaders of Go's Linux ports, as their ABIs name them.
_GLIBC_LOADERS: Final = (
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-linux.so.2",
    "/lib/ld-linux-armhf.so.3",
    "/lib/ld-linux-riscv64-lp64d.so.1",
    "/lib64/ld64.so.2",
    "/lib/ld64.so.1",
    "/lib64/ld-linux-loongarch-lp64d.so.1",
)
_MUSL_LOADERS: Final = tuple(
    f"/lib/ld-musl-{cpu}.so.1"
    for cpu in (
        *("x86_64", "aarch64", "i386", "armhf", "riscv64", "powerpc64le", "s390x"),
        "loongarch64",
    )
)
# Paths of loaders as an ELF file holds them, among its first bytes (PT_INTERP).
_LOADER: Final = re.compile(rb"/[\w./+-]*/ld[\w.+-]*-?[\w.+-]*\.so\.\d\0")
_HEAD: Final = 4096
_LARGEST_LIBC: Final = 1 << 23
_GLIBC_SAYS: Final = re.compile(rb"GNU C Library [^\n]*version (\d+\.\d+(?:\.\d+)?)")
_APK_SAYS: Final = re.compile(r"^P:musl\nV:(\d[\d.]*)", re.MULTILINE)


def find_distribution(tree: Tree) -> tuple[Distribution, list[Evidence]]:
    """Id, version and name, each empty where the distribution does not say."""
    for place in _OS_RELEASE:
        text = tree.read(place)
        if text is None:
            continue
        said = {}
        for line in text.split("\n"):
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith("#"):
                said[name] = _unquoted(value)
        found = Distribution(
            id=said.get("ID", ""),
            version=said.get("VERSION_ID", ""),
            name=said.get("PRETTY_NAME") or said.get("NAME", ""),
        )
        if found != Distribution():
            return found, [evidence("distribution", place, found.name or found.id)]
    return Distribution(), []


def find_libc(tree: Tree) -> tuple[Libc, list[Evidence]]:
    """The C library of /bin/sh; else the only one whose loader is there.

    A distribution can have both (Debian's package `musl`), so a loader alone is no proof.
    """
    head = tree.content("/bin/sh", at_most=_HEAD) or b""
    asked = _LOADER.search(head) if head.startswith(b"\x7fELF") else None
    if asked:
        loader = asked[0].rstrip(b"\0").decode("ascii", "replace")
        source, saw = "/bin/sh", f"is run by {loader}"
    else:
        glibc = [path for path in _GLIBC_LOADERS if tree.exists(path)]
        musl = [path for path in _MUSL_LOADERS if tree.exists(path)]
        if bool(glibc) is bool(musl):
            return Libc(), []
        loader = (glibc or musl)[0]
        source, saw = loader, "exists"
    family: Literal["glibc", "musl"] = "musl" if "/ld-musl-" in loader else "glibc"
    version, said = (_musl if family == "musl" else _glibc)(tree, loader)
    return Libc(family, version), [evidence("libc", source, saw), *said]


def _glibc(tree: Tree, loader: str) -> tuple[str, list[Evidence]]:
    """The version is in the library itself, which lies beside the loader."""
    real = tree.resolved(loader)
    for directory in (real.rpartition("/")[0], "/lib64", "/lib"):
        library = f"{directory}/libc.so.6"
        said = _GLIBC_SAYS.search(tree.content(library, at_most=_LARGEST_LIBC) or b"")
        if said:
            return said[1].decode(), [evidence("libc", library, said[0].decode("ascii", "replace"))]
    return "", []


def _musl(tree: Tree, _loader: str) -> tuple[str, list[Evidence]]:
    """The version is in Alpine's list of packages; elsewhere it does not show."""
    packages = "/lib/apk/db/installed"
    said = _APK_SAYS.search(tree.read(packages) or "")
    if said is None:
        return "", []
    return said[1].rstrip("."), [evidence("libc", packages, said[0])]


def _unquoted(value: str) -> str:
    """A value as a shell would take it."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = re.sub(r"\\([\"$`\\])", r"\1", value[1:-1])
    return value
