from __future__ import annotations

import os
import subprocess
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.plugin.removal import remove_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOBODY = 65534

WRITER = """
import sys
from itertools import count
from pathlib import Path

directory = Path(sys.argv[1])
print("here", flush=True)
for number in count():
    try:
        (directory / str(number)).write_bytes(b"")
    except OSError:
        break
"""


def as_nobody(act: Callable[[], bool]) -> bool:
    """Whether something succeeds without the rights of root, which read-only does not concern."""
    with warnings.catch_warnings():
        # Other threads, such as those of a worker of pytest-xdist, hold nothing that is used below.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 1
        with suppress(BaseException):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            status = 0 if act() else 1
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def module_cache(directory: Path) -> None:
    """A tree as Go's module cache is: files 0444 in directories 0555."""
    (directory / "m@v1.0.0" / "sub").mkdir(parents=True)
    for path in (directory / "m@v1.0.0" / "go.mod", directory / "m@v1.0.0" / "sub" / "a.go"):
        path.write_text("x")
        path.chmod(0o444)
    for path in (directory / "m@v1.0.0" / "sub", directory / "m@v1.0.0"):
        path.chmod(0o555)


def test_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only tree, such as a module cache, is removed by a user without privileges."""
    tree = tmp_path / "tree"
    module_cache(tree)
    (tree / "shut").mkdir(mode=0)
    if os.geteuid() == 0:
        for path in (tmp_path, *tree.rglob("*"), tree):
            os.chown(path, NOBODY, NOBODY)
        # The way here is root's own: nobody works from within.
        monkeypatch.chdir(tmp_path)
        relative = tree.relative_to(tmp_path)
        removed = as_nobody(lambda: remove_tree(relative))
    else:
        removed = remove_tree(tree)

    assert removed
    assert list(tmp_path.iterdir()) == []


def test_writer(tmp_path: Path) -> None:
    """A process that goes on writing finds the directory gone; nothing of it comes back."""
    tree = tmp_path / "tree"
    tree.mkdir()
    argv = [sys.executable, "-c", WRITER, str(tree)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            assert remove_tree(tree)

            assert writer.wait(20) == 0
        finally:
            writer.kill()
    assert not tree.with_name("tree.gone").exists()


def test_links(tmp_path: Path) -> None:
    """What links lead to stays, with its rights."""
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o555)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(outside)

    assert remove_tree(tmp_path / "tree")

    assert outside.stat().st_mode & 0o777 == 0o555


def test_cannot(tmp_path: Path) -> None:
    """What cannot be removed is said, within the limit."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount something that stays")
    tree = tmp_path / "tree"
    (tree / "mounted").mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(tree / "mounted")], check=True)
    try:
        assert not remove_tree(tree, within=0.0)
    finally:
        subprocess.run(["umount", str(tmp_path / "tree.gone" / "mounted")], check=True)
