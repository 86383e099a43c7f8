"""What a child does for the probe of user namespaces: this file is executed by itself.

It ends with 0, or with 1 after one line: the step that failed and the errno.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Final

# <linux/sched.h>
_NEWNS: Final = 0x20000
_NEWUSER: Final = 0x10000000


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name (unshare(2))."""
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def become_root() -> None:
    """Be root in the user namespace, as user_namespaces(7) wants it written."""
    uid, gid = os.geteuid(), os.getegid()
    unshare(_NEWUSER)
    process = Path("/proc/self")
    (process / "setgroups").write_text("deny", encoding="ascii")
    (process / "uid_map").write_text(f"0 {uid} 1", encoding="ascii")
    (process / "gid_map").write_text(f"0 {gid} 1", encoding="ascii")


def main() -> int:
    """Take the steps, one after the other."""
    step = "unshare(CLONE_NEWUSER)"
    try:
        become_root()
        step = "unshare(CLONE_NEWNS) in it"
        unshare(_NEWNS)
    except OSError as error:
        print(error.filename or step, error.errno)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
