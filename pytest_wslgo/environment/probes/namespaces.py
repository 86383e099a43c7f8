"""The probe of user namespaces, which rootless containers and sandboxes are made of."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes import namespace_child
from pytest_wslgo.environment.probes.trial import WORKS, Result, failed, kernel_setting, untried
from pytest_wslgo.environment.running import run

if TYPE_CHECKING:
    from pytest_wslgo.environment.probes.trial import Place

# What may forbid it, with the value that does. The second is Debian's, the third Ubuntu's own.
_SWITCHES: Final = (
    ("user/max_user_namespaces", "0"),
    ("kernel/unprivileged_userns_clone", "0"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1"),
)


def user_namespaces(place: Place) -> Result:
    """A process makes a user namespace, is root in it, and has root's rights there.

    The last is tried by making a mount namespace: Ubuntu 24.04's AppArmor lets everybody make user
    namespaces and takes the rights in them away.
    """
    if not sys.executable:
        return untried("there is no Python to start: sys.executable is empty")
    command = [sys.executable, "-I", "-S", namespace_child.__file__]
    try:
        done = run(command, cwd="/", environ=os.environ, timeout=place.patience)
    except subprocess.TimeoutExpired:
        return failed(f"the child had not ended after {place.patience:g} s")
    if done.returncode == 0:
        return WORKS
    step, _, number = done.stdout.strip().rpartition(" ")
    if not number.isdecimal():
        return untried(f"the child ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    name = errno.errorcode.get(int(number), number)
    return failed(f"{step}: {name}: {os.strerror(int(number))}{_explanation()}")


def _explanation() -> str:
    said = [(name, value) for name, value in _SWITCHES if kernel_setting(name) == value]
    found = [f"/proc/sys/{name} is {value}" for name, value in said]
    return f" ({', '.join(found)})" if found else ""
