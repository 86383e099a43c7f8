"""Other machines, made of namespaces for one process: a WSL, one with systemd, a container."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import fake_windows
import pytest
from namespaces import LIMIT, Stage, clean_environ, mounting, require, tool

from pytest_wslgo.environment import detect
from pytest_wslgo.environment.mounts import parse_mountinfo

if TYPE_CHECKING:
    from collections.abc import Iterator

CAPTURED = Path(__file__).parent.parent / "environment" / "machines"

DRIVE = r"9p C:\\134 rw,aname=drvfs;path=C:\\134;uid=0;gid=0;symlinkroot=/mnt/,trans=fd,rfd=6,wfd=6"


@cache
def detects() -> bool:
    """Whether there is a `detect` yet."""
    try:
        detect()
    except NotImplementedError:
        return False
    return True


def wsl(tmp_path: Path, name: str = "wsl2-6.6-systemd", conf: str = "") -> Stage:
    """A captured WSL: what the kernel says, its directories, a drive C:, and interop.

    The drive is a tmpfs; the table of mounts says what WSL's says. Its cmd.exe is the fake one.
    """
    folder = CAPTURED / name
    config, table, etc = tmp_path / "wsl.conf", tmp_path / "mountinfo", tmp_path / "etc"
    config.write_text(conf, encoding="utf-8")
    etc.mkdir()
    cmd = fake_windows.cmd_exe(tmp_path)
    return fake_windows.interop(tmp_path).also(
        f"""
        mount --bind {folder}/proc_version /proc/version
        mount --bind {folder}/osrelease /proc/sys/kernel/osrelease
        mount --bind {folder}/pid1_comm /proc/1/comm
        mount -t tmpfs tmpfs /run
        mkdir /run/WSL
        [ "$(cat /proc/1/comm)" != systemd ] || mkdir -p /run/systemd/system
        mount -t tmpfs tmpfs {etc}
        mkdir {etc}/upper {etc}/work
        mount -t overlay -o lowerdir=/etc,upperdir={etc}/upper,workdir={etc}/work overlay /etc
        cp {config} /etc/wsl.conf
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/c
        mount -t tmpfs C: /mnt/c
        mkdir -p /mnt/c/Windows/System32 /mnt/c/work
        cp {cmd} /mnt/c/Windows/System32
        awk '$5 == "/mnt/c" {{ sub(/ - .*/, " - {DRIVE}") }} 1' /proc/$$/mountinfo > {table}
        mount --bind {table} /proc/$$/mountinfo
        """
    )


def container(tmp_path: Path) -> Stage:
    """A root that is an overlay, with Docker's mark in it."""
    place = tmp_path / "container"
    place.mkdir()
    root = f"{place}/root"
    return Stage(
        f"""
        mount -t tmpfs tmpfs {place}
        mkdir {place}/upper {place}/work {root}
        mount -t overlay -o lowerdir=/,upperdir={place}/upper,workdir={place}/work overlay {root}
        for each in proc sys dev; do mount --rbind /$each {root}/$each; done
        touch {root}/.dockerenv
        set -- {tool("chroot")} {root} "$@"
        """,
        mounting(),
    )


def systemd(tmp_path: Path, *argv: str) -> str:
    """What a command prints that a real systemd, as process 1 of its own, executes as a service.

    It is told that it is in a container: then it leaves the kernel's settings alone.
    """
    if os.geteuid() != 0:
        pytest.skip("needs root: systemd is process 1 of a machine of its own")
    program = Path("/lib/systemd/systemd")
    if not program.exists():
        pytest.skip("needs systemd")
    flags = ("-m", "-p", "-f", "-C", "-u", "--kill-child")
    require(*flags)
    output, command = tmp_path / "output", tmp_path / "command"
    quoted = " ".join("'" + each.replace("'", "'\\''") + "'" for each in argv)
    fake_windows.executable(command, f"#!/bin/sh\nexec {quoted}\n")
    boot = f"""
        set -e
        mount -t tmpfs tmpfs /run
        mount -t proc proc /proc
        # What is mounted there shows the groups of the whole machine: systemd mounts its own.
        mount -t tmpfs tmpfs /sys/fs/cgroup
        mkdir -p /run/systemd/system
        cat > /run/systemd/system/only.target <<END
[Unit]
DefaultDependencies=no
Requires=only.service
END
        cat > /run/systemd/system/only.service <<END
[Unit]
DefaultDependencies=no
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart={command}
StandardOutput=file:{output}
StandardError=file:{output}.errors
END
        exec env container=wslgo-test {program} --system --unit=only.target --log-level=warning
    """
    with own_groups() as join:
        done = subprocess.run(
            ["sh", "-c", f'{join}\nexec unshare "$@"', "sh", *flags, "sh", "-c", boot],
            env=clean_environ(),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    if not output.exists():
        pytest.skip(f"cannot boot systemd here: {(done.stdout + done.stderr).strip()[-300:]}")
    errors = Path(f"{output}.errors").read_text(encoding="utf-8")
    assert done.returncode == 0, errors
    return output.read_text(encoding="utf-8")


@contextmanager
def own_groups() -> Iterator[str]:
    """Lines of shell that put it into cgroups of its own, in which systemd makes its groups."""
    lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    own = {name: group for _, name, group in (line.split(":", 2) for line in lines)}
    made = []
    for mount in parse_mountinfo(Path("/proc/self/mountinfo").read_text()):
        named = "name=systemd" if "name=systemd" in mount.super_options else None
        controller = "" if mount.fstype == "cgroup2" else named
        if controller is not None and controller in own:
            group = Path(mount.point, own[controller].lstrip("/"), f"wslgo-test-{os.getpid()}")
            with suppress(OSError):
                group.mkdir()
                made.append(group)
    try:
        yield "\n".join(f"echo $$ > {group}/cgroup.procs" for group in made)
    finally:
        for group in made:
            for directory, _, _ in os.walk(group, topdown=False):
                os.rmdir(directory)  # noqa: PTH106
