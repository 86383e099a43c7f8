"""What an ELF file needs to be run: its interpreter and its shared libraries (elf(5))."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"\x7fELF"

_PT_LOAD: Final = 1
_PT_DYNAMIC: Final = 2
_PT_INTERP: Final = 3
_DT_NULL: Final = 0
_DT_NEEDED: Final = 1
_DT_STRTAB: Final = 5


@dataclass(frozen=True, slots=True)
class Linkage:
    """How a program is linked.

    Attributes:
        interpreter: the dynamic loader that the kernel starts it with; empty without one.
        needed: the names of the shared libraries that it asks for itself, in its order.
    """

    interpreter: str
    needed: tuple[str, ...]

    @property
    def static(self) -> bool:
        """Whether it runs without anything beside it, on any C library."""
        return not self.interpreter and not self.needed


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


def linkage(content: bytes) -> Linkage:
    """Read the program headers and the dynamic section of an ELF file of 32 or 64 bits.

    Raises:
        ValueError: It is no ELF file, or a damaged one.
    """
    if content[:4] != MAGIC:
        raise ValueError("no ELF file")
    try:
        wide = {1: False, 2: True}[content[4]]
        order = {1: "<", 2: ">"}[content[5]]
        segments = list(_segments(content, order, wide=wide))
        interpreter = next(
            (_text(content, each.offset) for each in segments if each.kind == _PT_INTERP), ""
        )
        needed = tuple(_needed(content, segments, order, wide=wide))
    except (struct.error, LookupError, UnicodeDecodeError) as error:
        raise ValueError(f"a damaged ELF file: {error}") from error
    return Linkage(interpreter, needed)


def _segments(content: bytes, order: str, *, wide: bool) -> Iterator[_Segment]:
    """The program headers; their fields come in another order where words are wide."""
    (start,) = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", content, 32 if wide else 28)
    size, count = struct.unpack_from(f"{order}HH", content, 54 if wide else 42)
    for index in range(count):
        at = start + index * size
        if wide:
            kind, _, offset, address, _, length = struct.unpack_from(f"{order}IIQQQQ", content, at)
        else:
            kind, offset, address, _, length = struct.unpack_from(f"{order}IIIII", content, at)
        yield _Segment(kind, offset, address, length)


def _needed(content: bytes, segments: list[_Segment], order: str, *, wide: bool) -> Iterator[str]:
    dynamic = next((each for each in segments if each.kind == _PT_DYNAMIC), None)
    if dynamic is None:
        return
    entry = struct.Struct(f"{order}{'qQ' if wide else 'iI'}")
    entries = []
    for at in range(dynamic.offset, dynamic.offset + dynamic.size - entry.size + 1, entry.size):
        tag, value = entry.unpack_from(content, at)
        if tag == _DT_NULL:
            break
        entries.append((tag, value))
    names = [value for tag, value in entries if tag == _DT_NEEDED]
    if names:
        table = next(value for tag, value in entries if tag == _DT_STRTAB)
        start = _in_file(segments, table)
        yield from (_text(content, start + name) for name in names)


def _in_file(segments: list[_Segment], address: int) -> int:
    """Where in the file a place in memory comes from."""
    for each in segments:
        if each.kind == _PT_LOAD and each.address <= address < each.address + each.size:
            return each.offset + address - each.address
    raise LookupError(f"nothing is loaded at {address:#x}")


def _text(content: bytes, start: int) -> str:
    end = content.find(b"\0", start)
    if not 0 < start < end:
        raise LookupError(f"no text at {start}")
    return content[start:end].decode()
