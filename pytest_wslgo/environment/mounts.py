"""The mounts of a machine (proc_pid_mountinfo(5)), and which of them a path is on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_wslgo.environment import drives
from pytest_wslgo.environment.reading import number

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of mountinfo, without its device and propagation tags.

    Attributes:
        point: where it is.
        fstype: "ext4", "9p", "fuse.portal".
        source: a device, a server, or any word.
        options: of this mount ("ro", "noexec").
        super_options: of the filesystem, for all of its mounts.
        root: which directory of the filesystem is mounted.
        id: of this mount, for as long as it is there.
        parent: the id of the mount that it is mounted on.
    """

    point: str
    fstype: str
    source: str
    options: tuple[str, ...]
    super_options: tuple[str, ...]
    root: str
    # Numbers of the moment: they make no difference between two mounts.
    id: int = field(default=0, compare=False, repr=False)
    parent: int = field(default=0, compare=False, repr=False)

    @property
    def is_windows_drive(self) -> bool:
        """Whether Windows serves it through WSL: judged by type, source and options alone."""
        return drives.is_windows_drive(self)

    @property
    def windows_path(self) -> str:
        r"""What of Windows is mounted (`C:\`, `C:\Users\x`); empty where that does not show."""
        return drives.windows_path(self)

    @property
    def described(self) -> str:
        r"""What it is, in a phrase: `9p, aname=drvfs, C:\` or `ext4, /dev/sda2`."""
        return drives.described(self)


def parse_mountinfo(text: str) -> list[Mount]:
    """The mounts in the kernel's order; lines that are none are passed over."""
    # Not splitlines() and split(): names may hold what only Unicode calls a line end or a space.
    known: dict[str, tuple[str, ...]] = {}
    return [mount for line in text.split("\n") if (mount := _parse(line, known)) is not None]


def _parse(line: str, known: dict[str, tuple[str, ...]]) -> Mount | None:
    """One line; `known` keeps options, of which few differ."""
    left, separator, right = line.partition(" - ")
    # id, parent, device, root, point, options, then any number of propagation tags ("shared:5").
    fields = left.split(" ")
    if not separator or len(fields) < 6:
        return None
    # Docker Desktop's super options hold a space as it is (`path=C:\Program Files`).
    fstype, _, rest = right.partition(" ")
    source, _, super_options = rest.partition(" ")
    for options in (fields[5], super_options):
        if options not in known:
            known[options] = _split(options)
    return Mount(
        point=_unescaped(fields[4]),
        fstype=_unescaped(fstype),
        source=_unescaped(source),
        options=known[fields[5]],
        super_options=known[super_options],
        root=_unescaped(fields[3]),
        id=number(fields[0]) or 0,
        parent=number(fields[1]) or 0,
    )


def _unescaped(text: str) -> str:
    r"""Octal escapes as characters: the kernel writes blanks, `#` and `\` so."""
    if "\\" not in text:
        return text
    return re.sub(r"\\([0-3][0-7]{2})", lambda match: chr(int(match[1], 8)), text)


def _split(options: str) -> tuple[str, ...]:
    # SELinux puts a context with a comma in quotes.
    parts = re.findall(r'(?:[^,"]|"[^"]*")+', options) if '"' in options else options.split(",")
    return tuple(_unescaped(part) for part in parts if part)


def mount_at(mounts: Iterable[Mount], path: str) -> Mount | None:
    """The mount that a path is on, as the kernel would walk there; None if the table has none.

    From directory to directory, what is mounted there on the mount so far is entered, and what is
    mounted on that again. So a mount that a later one on a directory above it has hidden is not
    found. The order of the lines alone does not tell: in a namespace made from another one, as
    WSL's are, it is not that of mounting.

    Args:
        mounts: in the kernel's order.
        path: absolute, without symbolic links.
    """
    names = [name for name in path.split("/") if name]
    prefixes = ["/" + "/".join(names[:count]) for count in range(len(names) + 1)]
    wanted = frozenset(prefixes)
    candidates = [mount for mount in mounts if mount.point in wanted]
    ids = {mount.id for mount in candidates}
    on: dict[tuple[str, int | None], list[int]] = {}
    for index, mount in enumerate(candidates):
        # Outside of the table lies the parent of the first mount of a container; and a table that
        # was shortened or damaged has more such. They belong wherever they say.
        known = mount.parent in ids and mount.parent != mount.id
        on.setdefault((mount.point, mount.parent if known else None), []).append(index)
    found: int | None = None
    for prefix in prefixes:
        while (above := _entered(on, candidates, prefix, found)) is not None:
            found = above
    return None if found is None else candidates[found]


def _entered(
    on: dict[tuple[str, int | None], list[int]],
    candidates: list[Mount],
    prefix: str,
    found: int | None,
) -> int | None:
    """What is mounted at a directory on the mount found so far; each mount is given once."""
    children = [] if found is None else on.get((prefix, candidates[found].id), [])
    if children:
        # Of several the last hides the others.
        last = children[-1]
        children.clear()
        return last
    strays = on.pop((prefix, None), [])
    later = found is None or candidates[found].point == "/" or strays[-1:] > [found]
    return strays[-1] if strays and later else None
