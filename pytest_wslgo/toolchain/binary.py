"""Binary: a program that was built, and what is known of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_wslgo.toolchain import elf

if TYPE_CHECKING:
    from pathlib import Path

# The first bytes of what Go's linker writes (cmd/link/internal/ld).
_FORMATS: Final = {
    elf.MAGIC: "elf",
    b"MZ": "pe",
    b"\xcf\xfa\xed\xfe": "mach-o",
    b"\0asm": "wasm",
}


@dataclass(frozen=True, slots=True)
class Binary:
    """A program that `go build` made. A path to all who want one: ``subprocess.run([binary])``.

    Attributes:
        path: where it is, absolute.
        package: what was asked for.
        platform: what it was built for, as "linux/amd64".
        race: whether it has the race detector.
        cover: whether it writes coverage (to GOCOVERDIR).
        sha256: of its content, 64 hexadecimal digits.
        size: in bytes.
        format: "elf", "pe", "mach-o", "wasm", or empty for another one.
        static: whether it needs neither a dynamic loader nor a shared library; None where the
            format is not ELF and it is not known.
        needed: the shared libraries that it asks for ("libc.so.6"); None likewise.
    """

    path: Path
    package: str
    platform: str
    race: bool
    cover: bool
    sha256: str
    size: int
    format: str
    static: bool | None
    needed: tuple[str, ...] | None

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return str(self.path)


def describe(path: Path, package: str, *, platform: str, race: bool, cover: bool) -> Binary:
    """Read a file that was built; OSError where it cannot be read."""
    content = path.read_bytes()
    form = next((form for magic, form in _FORMATS.items() if content.startswith(magic)), "")
    found: elf.Linkage | None = None
    if form == "elf":
        try:
            found = elf.linkage(content)
        except ValueError:
            form = ""
    return Binary(
        path=path,
        package=package,
        platform=platform,
        race=race,
        cover=cover,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        format=form,
        static=None if found is None else found.static,
        needed=None if found is None else found.needed,
    )
