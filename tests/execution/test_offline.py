from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.execution import offline

if TYPE_CHECKING:
    from collections.abc import Iterator

SOMEBODY = 12345
SHOW = """
import os, socket
print(os.getuid(), os.getgid(), os.stat(".").st_uid, [name for _, name in socket.if_nameindex()])
"""


@pytest.fixture
def readable() -> Iterator[Path]:
    """A copy of the program that every user can read, in a directory of somebody's."""
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    os.chown(directory, SOMEBODY, SOMEBODY)
    yield Path(shutil.copy(offline.__file__, directory))
    shutil.rmtree(directory)


def inside(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command without a network."""
    return subprocess.run(
        offline.command(command), capture_output=True, text=True, check=False, timeout=20
    )


def test_users_without_privileges(readable: Path) -> None:
    """A user without privileges gets a user namespace around it, and stays who they are."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable

    done = subprocess.run(
        [python, "-I", "-S", str(readable), python, "-c", SHOW],
        cwd=readable.parent,
        user=SOMEBODY,
        group=SOMEBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )

    if "EPERM" in done.stderr:
        pytest.skip(f"users may not make user namespaces here: {done.stderr}")
    assert done.stderr == ""
    assert done.stdout == f"{SOMEBODY} {SOMEBODY} {SOMEBODY} ['lo']\n"


@pytest.mark.usefixtures("namespaces")
def test_same_process() -> None:
    """The command has the process ID that was started, and its exit status comes back."""
    done = inside(sys.executable, "-c", "import os; print(os.getpid()); os._exit(7)")
    argv = offline.command((sys.executable, "-c", "import os; print(os.getpid())"))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        said = process.communicate()[0]

    assert done.returncode == 7
    assert int(said) == process.pid


@pytest.mark.usefixtures("namespaces")
def test_signals() -> None:
    """Signals that Python ignores are not ignored by the command."""
    done = inside("/bin/grep", "SigIgn", "/proc/self/status")

    ignored = int(done.stdout.split()[1], 16)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        assert not ignored & 1 << (number - 1)


@pytest.mark.usefixtures("namespaces")
def test_possible() -> None:
    """Where another program can make a network namespace, so can this one."""
    assert offline.why_impossible() == ""


@pytest.mark.usefixtures("namespaces")
def test_missing_command() -> None:
    """A command that does not exist is said in one line."""
    done = inside("/nonexistent/go", "test")

    assert done.returncode != 0
    assert done.stderr == "/nonexistent/go: No such file or directory (ENOENT)\n"


@pytest.mark.usefixtures("namespaces")
def test_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses, what was tried and its answer are one phrase."""
    if os.geteuid() != 0:
        pytest.skip("only root can take a limit back")
    # Of network namespaces none, in a user namespace in which that limit holds.
    script = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"'
    refusing = ("unshare", "-r", "sh", "-c", script, "sh", *offline.command(("--check",)))
    monkeypatch.setattr(offline, "command", lambda _: refusing)

    why = offline.why_impossible()

    assert why == "unshare(CLONE_NEWNET): No space left on device (ENOSPC)"


def test_check_outside() -> None:
    """The check does not pass where there is a network: it looks."""
    if len(Path("/proc/net/dev").read_text().splitlines()) < 4:
        pytest.skip("this machine has no network but loopback")

    with pytest.raises(OSError, match="there is a way out"):
        offline.check()
