from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest
import toolchain_fakes as fake

from pytest_wslgo.toolchain.elf import Linkage, linkage

BASE = 0x10000
"""Where the only segment is loaded: addresses and offsets must not be taken for one another."""


def elf(*needed: str, interpreter: str = "", wide: bool = True, order: str = "<") -> bytes:
    """A header, segments, strings and a dynamic section, as the format has them."""
    word, head, size = ("Q", 64, 56) if wide else ("I", 52, 32)
    strings = head + 3 * size
    table = b"\0" + b"".join(name.encode() + b"\0" for name in needed)
    loader = interpreter.encode() + b"\0"
    places = [1 + sum(len(name) + 1 for name in needed[:index]) for index in range(len(needed))]
    tags = [(1, place) for place in places] + [(5, BASE + strings), (0, 0), (1, 99999)]
    dynamic = b"".join(struct.pack(f"{order}{word}{word}", *tag) for tag in tags)
    interp_at = strings + len(table)
    dynamic_at = interp_at + len(loader)

    def segment(kind: int, offset: int, address: int, length: int) -> bytes:
        if wide:
            return struct.pack(f"{order}IIQQQQQQ", kind, 0, offset, address, 0, length, length, 1)
        return struct.pack(f"{order}IIIIIIII", kind, offset, address, 0, length, length, 0, 1)

    segments = segment(1, 0, BASE, dynamic_at)
    segments += segment(3 if interpreter else 4, interp_at, 0, len(loader))
    segments += segment(2, dynamic_at, 0, len(dynamic)) if needed else segment(4, 0, 0, 0)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    header = ident + struct.pack(f"{order}HHI{word}{word}{word}", 2, 0, 1, 0, head, 0)
    header += struct.pack(f"{order}IHHHHHH", 0, head, size, 3, 0, 0, 0)
    return header + segments + table + loader + dynamic


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_dynamic(order: str, *, wide: bool) -> None:
    """The loader and the libraries are read from files of both word sizes and byte orders."""
    content = elf("libm.so.6", "libc.so.6", interpreter="/lib/ld.so", wide=wide, order=order)

    found = linkage(content)

    assert found == Linkage("/lib/ld.so", ("libm.so.6", "libc.so.6"))
    assert not found.static


@pytest.mark.parametrize("wide", [False, True])
def test_static(*, wide: bool) -> None:
    """A file without a loader and libraries is static."""
    found = linkage(elf(wide=wide))

    assert found == Linkage("", ())
    assert found.static


def test_this_python() -> None:
    """The running interpreter, as an independent reader has it, is read alike."""
    readelf = fake.real("readelf")
    python = sys.executable
    said = subprocess.run([readelf, "-dl", python], capture_output=True, text=True, check=True)

    found = linkage(Path(python).read_bytes())

    words = said.stdout.replace("[", "]").split("]")
    before = ["(NEEDED)" in word and "Shared library:" in word for word in words]
    libraries = [words[index + 1] for index, is_one in enumerate(before) if is_one]
    assert list(found.needed) == libraries
    assert f"interpreter: {found.interpreter}" in said.stdout


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90",
        b"\x7fELF",
        b"\x7fELF\x09\x01\x01" + bytes(60),
        elf("libc.so.6")[:100],
        elf("libc.so.6").replace(struct.pack("<Q", BASE + 64 + 3 * 56), bytes(8)),
        elf("libc.so.6")[:-120],
        elf("x").replace(struct.pack("<QQ", 1, 1), struct.pack("<QQ", 1, 1 << 40)),
        elf(interpreter="/lib/ld.so").replace(b"ld.so", b"\xff\xfe.so"),
    ],
)
def test_damaged(content: bytes) -> None:
    """What is no ELF file, or a damaged one, is a ValueError and nothing else."""
    with pytest.raises(ValueError, match="ELF file"):
        linkage(content)


def test_each_length() -> None:
    """A file cut anywhere is read or refused: never read past its end, never another error."""
    whole = elf("libc.so.6", interpreter="/lib/ld.so")
    refused = 0

    for length in range(len(whole)):
        try:
            linkage(whole[:length])
        except ValueError:
            refused += 1

    assert refused > 64 + 3 * 56
