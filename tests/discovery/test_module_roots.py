"""Finding modules and workspaces."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.discovery import ModuleRoot, find_module_roots
from pytest_wslgo.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRON = {"GOENV": "off"}


def module(directory: Path, extra: str = "") -> Path:
    """Makes a module of a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "go.mod").write_text(f"module example.com/{directory.name}\n\ngo 1.21\n{extra}")
    return directory


def workspace(directory: Path, uses: str) -> Path:
    """Makes a workspace of a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "go.work").write_text(f"go 1.21\n\n{uses}\n")
    return directory


def directories(path: Path) -> list[str]:
    """The directories of all roots from a path on, relative to it."""
    roots = find_module_roots(path, ENVIRON, nested=True)
    return [os.path.relpath(root.dir, path) for root in roots]


def test_the_nearest_module_upwards_encloses_a_path(tmp_path: Path) -> None:
    """A file or directory belongs to the innermost module around it."""
    inner = module(module(tmp_path / "m") / "inner")
    file = inner / "p" / "x_test.go"
    file.parent.mkdir()
    file.touch()

    roots = find_module_roots(file, ENVIRON, nested=False)

    assert roots == (ModuleRoot(inner, "module", (inner,)),)
    assert roots[0].patterns == ("./...",)


def test_without_a_module_there_is_no_root(tmp_path: Path) -> None:
    """A Python project alone has nothing to test with Go."""
    assert find_module_roots(tmp_path, ENVIRON, nested=True) == ()


def test_nested_modules_come_only_when_asked_for(tmp_path: Path) -> None:
    """The enclosing module is first, the others follow by directory."""
    module(tmp_path)
    for name in ("z", "a/b", "build"):
        module(tmp_path / name)

    assert directories(tmp_path) == [".", "a/b", "build", "z"]
    assert len(find_module_roots(tmp_path, ENVIRON, nested=False)) == 1


@pytest.mark.parametrize("name", ["testdata", "_old", ".cache", "vendor"])
def test_what_go_ignores_is_ignored(tmp_path: Path, name: str) -> None:
    """Inside a module, `./...` does not match these."""
    module(module(tmp_path) / "p" / name / "x")

    assert directories(tmp_path) == ["."]


@pytest.mark.parametrize("name", ["node_modules", "build", "dist", "venv"])
def test_nothing_else_is_ignored(tmp_path: Path, name: str) -> None:
    """What Go would find must be found, whatever Python tools think of such directories."""
    module(module(tmp_path) / name / "x")

    assert directories(tmp_path) == [".", f"{name}/x"]


def test_vendor_outside_of_a_module_is_a_directory_like_others(tmp_path: Path) -> None:
    """Its meaning comes from the module that it is in."""
    module(tmp_path / "vendor" / "x")

    assert directories(tmp_path) == ["vendor/x"]


def test_the_ignore_lines_of_a_module_are_heeded(tmp_path: Path) -> None:
    """`./x` is ignored at the module's root only, `x` everywhere (Go 1.25)."""
    module(tmp_path, "ignore ./static\nignore (\n\tnode_modules\n)\n")
    for name in ("static/a", "web/static/b", "web/node_modules/c", "node_modules_too/d"):
        module(tmp_path / name)

    assert directories(tmp_path) == [".", "node_modules_too/d", "web/static/b"]


def test_links_to_directories_are_not_followed(tmp_path: Path) -> None:
    """Go does not follow them, and a loop would have no end."""
    module(tmp_path / "m")
    (tmp_path / "m" / "loop").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "m")

    assert directories(tmp_path) == ["m"]


def test_a_linked_path_stays_as_it_is_spelled(tmp_path: Path) -> None:
    """Node IDs come from these paths."""
    module(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")

    (root,) = find_module_roots(tmp_path / "link", ENVIRON, nested=True)

    assert root.dir == tmp_path / "link"


def test_a_directory_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be tests in it (simulated: permissions do not stop root)."""
    (module(tmp_path) / "locked").mkdir()
    scandir = os.scandir

    def refusing(path: str) -> Iterator[os.DirEntry[str]]:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)

    with pytest.raises(DiscoveryError, match=r"locked \(Permission denied\).*Make it readable"):
        find_module_roots(tmp_path, ENVIRON, nested=True)


def test_a_module_file_in_the_temporary_directory_itself_is_ignored(tmp_path: Path) -> None:
    """Go ignores it too: it is a leftover of somebody's experiment."""
    module(tmp_path)

    assert find_module_roots(tmp_path, {**ENVIRON, "TMPDIR": str(tmp_path)}, nested=True) == ()


def test_a_workspace_is_one_root_for_its_modules(tmp_path: Path) -> None:
    """One `go test` can run all of them, from any of them or from above."""
    workspace(tmp_path, "use (\n\t./a // the first\n\t// not this\n\n\t./c/d\n)\nuse .")
    modules = (module(tmp_path / "a"), module(tmp_path / "c" / "d"), module(tmp_path))
    expected = (ModuleRoot(tmp_path, "workspace", modules),)

    assert find_module_roots(tmp_path / "a", ENVIRON, nested=True) == expected
    assert find_module_roots(tmp_path, ENVIRON, nested=True) == expected
    assert expected[0].patterns == ("./a/...", "./c/d/...", "./...")


def test_a_workspace_above_its_modules_is_found_without_one_around_it(tmp_path: Path) -> None:
    """The usual layout: `go.work` at the top, no `go.mod` beside it."""
    workspace(tmp_path / "w", "use ./a\nuse ../outside")
    modules = (module(tmp_path / "w" / "a"), module(tmp_path / "outside"))

    (root,) = find_module_roots(tmp_path / "w", ENVIRON, nested=False)

    assert root == ModuleRoot(tmp_path / "w", "workspace", modules)
    assert root.patterns == ("./a/...", "../outside/...")


def test_a_workspace_elsewhere_is_none_of_our_business(tmp_path: Path) -> None:
    """A `go.work` in the home directory does not make every project below it a Go project."""
    module(workspace(tmp_path, "use ./a") / "a")
    (tmp_path / "python").mkdir()

    assert find_module_roots(tmp_path / "python", ENVIRON, nested=True) == ()


def test_a_module_that_its_workspace_does_not_list_runs_without_it(tmp_path: Path) -> None:
    """Go refuses it otherwise; the user is told."""
    workspace(tmp_path, "use ./a")
    listed, other = module(tmp_path / "a"), module(tmp_path / "b")

    around, alone = find_module_roots(tmp_path, ENVIRON, nested=True)

    assert around.modules == (listed,)
    assert (alone.dir, alone.kind, alone.environ) == (other, "module", {"GOWORK": "off"})
    assert alone.note
    assert "go.work does not list" in alone.note
    assert "`go work use b`" in alone.note


def test_gowork_off_leaves_workspaces_out(tmp_path: Path) -> None:
    """Each module is then its own."""
    module(workspace(tmp_path, "use ./a") / "a")

    roots = find_module_roots(tmp_path, {**ENVIRON, "GOWORK": "off"}, nested=True)

    assert [(root.dir, root.kind, root.environ) for root in roots] == [
        (tmp_path / "a", "module", {})
    ]


@pytest.mark.parametrize(
    ("flags", "rest"),
    [("-mod=mod", "-a=false"), ("-tags=x --mod=mod", "-tags=x"), ("-mod=readonly", None)],
)
def test_mod_mod_is_left_out_in_a_workspace(tmp_path: Path, flags: str, rest: str | None) -> None:
    """GOFLAGS=-mod=mod, which go refuses in a workspace, is left out there, and that is said."""
    module(tmp_path / "a")
    workspace(tmp_path, "use ./a")

    [root] = find_module_roots(tmp_path, {**ENVIRON, "GOFLAGS": flags}, nested=True)

    assert root.environ == ({} if rest is None else {"GOFLAGS": rest})
    assert (root.note is None) == (rest is None)


def test_mod_mod_stays_outside_of_a_workspace(tmp_path: Path) -> None:
    """A module of its own may have -mod=mod."""
    module(tmp_path)

    [root] = find_module_roots(tmp_path, {**ENVIRON, "GOFLAGS": "-mod=mod"}, nested=True)

    assert root.environ == {}


def test_gowork_may_name_a_file(tmp_path: Path) -> None:
    """It wins over what lies above the module."""
    workspace(tmp_path, "use ./a")
    other = workspace(tmp_path / "elsewhere", "use ../a")
    listed = module(tmp_path / "a")

    roots = find_module_roots(listed, {**ENVIRON, "GOWORK": str(other / "go.work")}, nested=False)

    assert roots == (ModuleRoot(other, "workspace", (listed,)),)


def test_what_go_env_w_wrote_counts(tmp_path: Path) -> None:
    """Go reads its settings file for variables that the environment does not have."""
    module(workspace(tmp_path, "use ./a") / "a")
    settings = tmp_path / ".config" / "go" / "env"
    settings.parent.mkdir(parents=True)
    settings.write_text("GOPROXY=direct\nGOWORK=off\n")

    (root,) = find_module_roots(tmp_path / "a", {"HOME": str(tmp_path)}, nested=False)

    assert root.kind == "module"


def test_a_relative_gowork_is_refused(tmp_path: Path) -> None:
    """As go does, which would otherwise say so for each module."""
    with pytest.raises(DiscoveryError, match=r"GOWORK=go\.work is not an absolute path"):
        find_module_roots(tmp_path, {**ENVIRON, "GOWORK": "go.work"}, nested=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('use "./with space"', ["with space"]),
        ("use ./a//comment", ["a"]),
        ("use(\n./a\n)", ["a"]),
        ("use ( // block\n\t./a\n) // end", ["a"]),
        ("use ()\nuse ./a", ["a"]),
        ("use ./a\r\nuse ./b/\r", ["a", "b"]),
        ("toolchain go1.22.0\nreplace (\n\tx => ./y\n)\nuse ./a", ["a"]),
    ],
)
def test_use_lines_are_read_as_go_reads_them(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    """Blocks, comments, quotes and other lines around them."""
    workspace(tmp_path, text)

    (root,) = find_module_roots(module(tmp_path / expected[0]), ENVIRON, nested=False)

    assert root.modules == tuple(tmp_path / name for name in expected)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("use (\n\t./a\n", ":3: the block that starts here has no end"),
        ('use "./a', ":3: a quoted string has no end"),
        ("use `./a`", ":3: `./a`: only double quotes can quote"),
        ("use ./a ./b", ":3: a `use` line names exactly one directory"),
    ],
)
def test_a_broken_workspace_file_is_an_error(tmp_path: Path, text: str, why: str) -> None:
    """Guessing would set GOWORK=off for a module and so hide what go says of the file."""
    workspace(tmp_path, text)

    with pytest.raises(DiscoveryError, match=rf"go\.work{why}"):
        find_module_roots(module(tmp_path / "a"), ENVIRON, nested=False)


def test_a_large_tree_is_searched_quickly(goroot: Path) -> None:
    """About 2,000 directories: the fastest of a few passes takes well under 100 ms."""
    passes = []
    for _ in range(5):
        start = time.perf_counter()
        roots = find_module_roots(goroot / "src", ENVIRON, nested=True)
        passes.append(time.perf_counter() - start)

    assert [root.dir.name for root in roots] == ["src", "cmd"]
    assert min(passes) < 0.1
