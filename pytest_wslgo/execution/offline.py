"""Run a command where there is no network but loopback: ``python offline.py COMMAND...``.

A network namespace (network_namespaces(7)) of its own, with its loopback interface up, and the
command in the place of this process: its process ID, its children and signals to them are as
without it. What somebody else serves on 127.0.0.1 is not to be seen from there, nor are their
abstract Unix sockets.

Root makes the namespace as it is. Others, and a root that may not, make a user namespace around it
(user_namespaces(7)) in which they keep their user and group. Files of others then seem to belong to
nobody, and programs such as sudo do not work.

This file is started as a program, without the rest of the package: it must start fast.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import struct
import subprocess
import sys

_CLONE_NEWUSER = 0x10000000  # linux/sched.h
_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS = 0x8913  # linux/sockios.h
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1  # linux/if.h
_IFREQ = struct.Struct("16sh14x")
_ELSEWHERE = ("192.0.2.1", 9)
"""An address of TEST-NET-1 (RFC 5737): nobody's."""
_CHECK = "--check"
_LIMIT = 20.0
"""Seconds that the check may take; it takes a tenth of one."""


def command(argv: tuple[str, ...]) -> list[str]:
    """The command that runs another one without a network."""
    return [sys.executable, "-I", "-S", __file__, *argv]


def why_impossible() -> str:
    """Try it: what is missing for it here, one phrase; empty where it works."""
    try:
        done = subprocess.run(
            command((_CHECK,)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else said[-1] if said else f"exit status {done.returncode}"


def enter() -> None:
    """Bring this process, which must have one thread, into a namespace without a network.

    Raises:
        OSError: The system does not let it; `filename` says what was tried.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        _unshare(_CLONE_NEWNET, "unshare(CLONE_NEWNET)")
    except PermissionError:
        _unshare(_CLONE_NEWUSER | _CLONE_NEWNET, "unshare(CLONE_NEWUSER|CLONE_NEWNET)")
        # Without "deny" the kernel takes no group map from somebody who is not root.
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - starts fast
                file.write(text)
    _raise_loopback()


def _unshare(flags: int, tried: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), tried)


def _raise_loopback() -> None:
    import fcntl  # noqa: PLC0415 - not on Windows, where this module is imported for its names

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            told = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, _IFREQ.pack(b"lo", 0))
            _, flags = _IFREQ.unpack(told)
            fcntl.ioctl(any_socket, _SIOCSIFFLAGS, _IFREQ.pack(b"lo", flags | _IFF_UP))
        except OSError as error:
            raise OSError(error.errno, error.strerror, "bringing up lo") from error


def check() -> None:
    """See that loopback works here and nothing else does.

    Raises:
        OSError: It is otherwise.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), _LIMIT).close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward:
        # Nothing is sent: the kernel looks for a way there, and must have none.
        number = outward.connect_ex(_ELSEWHERE)
    if number != errno.ENETUNREACH:
        raise OSError(number, "there is a way out of the network namespace", _ELSEWHERE[0])


def main(argv: list[str]) -> None:
    """Enter, and become the command."""
    try:
        enter()
        if argv == [_CHECK]:
            check()
            return
        # Python ignores these; the command would inherit that.
        for name in ("SIGPIPE", "SIGXFZ", "SIGXFSZ"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execv(argv[0], argv)  # noqa: S606 - the plan's command
    except OSError as error:
        what = f"{error.filename or argv[0]}: {error.strerror}"
        name = errno.errorcode.get(error.errno or 0, "")
        sys.exit(f"{what} ({name})" if name else what)


if __name__ == "__main__":
    main(sys.argv[1:])
