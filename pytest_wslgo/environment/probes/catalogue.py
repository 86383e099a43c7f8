"""All probes by name. To add one: an entry here, and a line in docs/probes.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes import (
    filenames,
    files,
    interop,
    links,
    locks,
    namespaces,
    network,
    sockets,
    times,
    watching,
)
from pytest_wslgo.environment.probes.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Mapping

TRIALS: Final[Mapping[str, Trial]] = {
    "case-sensitive": Trial(
        "files called a and A", lambda at: filenames.case_sensitive(at.directory)
    ),
    "chmod": Trial("chmod(2) and stat(2)", lambda at: links.chmod(at.directory)),
    "exec": Trial(
        "a script and a binary executed", lambda at: files.execute(at.directory, at.patience)
    ),
    "fifo": Trial("mkfifo(3), written and read", lambda at: sockets.fifo(at.directory)),
    "flock": Trial("flock(2) of two descriptors", lambda at: locks.flock(at.directory)),
    "free-space": Trial("statvfs(3)", lambda at: files.free_space(at.directory), scope="directory"),
    "hard-link": Trial("link(2)", lambda at: links.hard_link(at.directory)),
    "inotify": Trial("inotify(7) and a file written", lambda at: watching.inotify(at.directory)),
    "inotify-from-windows": Trial(
        "inotify(7) and a file written by cmd.exe", watching.inotify_from_windows
    ),
    "interop": Trial("cmd.exe /c exit 42", interop.interop, scope="machine"),
    "loopback-ipv4": Trial(
        "a connection to 127.0.0.1", lambda _: network.loopback_ipv4(), scope="machine"
    ),
    "loopback-ipv6": Trial(
        "a connection to ::1", lambda _: network.loopback_ipv6(), scope="machine"
    ),
    "mmap": Trial(
        "a shared mapping, written and read", lambda at: files.shared_mapping(at.directory)
    ),
    "mtime-granularity": Trial(
        "utimensat(2) and stat(2)", lambda at: times.mtime_granularity(at.directory)
    ),
    "rename-open": Trial("rename(2) over an open file", lambda at: files.rename_open(at.directory)),
    "symlink": Trial("symlink(2)", lambda at: links.symlink(at.directory)),
    "unix-socket": Trial(
        "a Unix socket, bound and connected to", lambda at: sockets.unix_socket(at.directory)
    ),
    "user-namespaces": Trial(
        "a user namespace made by a child", namespaces.user_namespaces, scope="machine"
    ),
    "wildcard-ipv4": Trial(
        "listening at 0.0.0.0", lambda _: network.wildcard_ipv4(), scope="machine"
    ),
    "wildcard-ipv6": Trial("listening at ::", lambda _: network.wildcard_ipv6(), scope="machine"),
    "windows-names": Trial(
        "files with names that Windows refuses", lambda at: filenames.windows_names(at.directory)
    ),
    "writable": Trial(
        "a file written and read", lambda at: files.writable(at.directory), scope="directory"
    ),
}
"""`names` explains those whose meaning the name does not give."""
