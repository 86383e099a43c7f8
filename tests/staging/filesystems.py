"""Filesystems that are not as one would like them, each mounted for one process."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from namespaces import Stage, mounting, tool

if TYPE_CHECKING:
    from pathlib import Path


def tmpfs(place: Path, options: str) -> Stage:
    """A tmpfs with these options."""
    place.mkdir(exist_ok=True)
    return Stage(f"mount -t tmpfs -o {options} tmpfs {place}")


def full(place: Path) -> Stage:
    """A tmpfs of a megabyte without a free byte."""
    fill = f"! head -c 2M /dev/zero 2> /dev/null > {place}/filler"
    return tmpfs(place, "size=1m").also(fill)


def ramfs(place: Path) -> Stage:
    """A filesystem that does not say how large it is."""
    place.mkdir(exist_ok=True)
    return Stage(f"mount -t ramfs ramfs {place}")


def windows_like(place: Path, options: str = "ignore_case,windows_names") -> Stage:
    """NTFS as Windows treats it: case is ignored, names are refused, modes are fixed.

    The daemon that serves it ends with the process namespace.
    """
    place.mkdir(exist_ok=True)
    image = place.with_suffix(".ntfs")
    with image.open("wb") as file:
        file.truncate(8 << 20)
    driver, maker = tool("lowntfs-3g"), tool("mkfs.ntfs")
    subprocess.run([maker, "-q", "-F", "-f", str(image)], check=True, capture_output=True)
    flags = (*mounting(), "-p", "-f", "--mount-proc", "--kill-child")
    return Stage(f"{driver} -o {options} {image} {place}", flags)


def coarse(place: Path) -> Stage:
    """ext4 with the small inodes of ext3, which have whole seconds only."""
    place.mkdir(exist_ok=True)
    image = place.with_suffix(".ext")
    with image.open("wb") as file:
        file.truncate(8 << 20)
    command = [tool("mkfs.ext4"), "-q", "-F", "-I", "128", str(image)]
    subprocess.run(command, check=True, capture_output=True)
    return Stage(f"mount -o loop {image} {place}")


def control_groups(place: Path) -> Stage:
    """A filesystem that has directories and no files of anybody's."""
    place.mkdir(exist_ok=True)
    return Stage(f"mount -t cgroup2 cgroup2 {place}")
