"""Which modules and workspaces are there? Found as Go finds them, without starting a process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.discovery.model import ModuleRoot
from pytest_wslgo.discovery.modfile import go_setting, ignored_directories, use_directories
from pytest_wslgo.errors import DiscoveryError
from pytest_wslgo.toolchain.goenv import flag_words, join_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def find_module_roots(
    path: Path, environ: Mapping[str, str], *, nested: bool
) -> tuple[ModuleRoot, ...]:
    """The module or workspace that a path belongs to, and those below it.

    Args:
        path: a directory, or a file in one. Symbolic links in it are kept as they are spelled.
        environ: the environment that go will run in (GOWORK, GOENV, HOME and TMPDIR matter).
        nested: also look for modules in all directories below, except those that `./...` ignores:
            `testdata`, names that start with `.` or `_`, a module's `vendor`, what a `go.mod`
            says to `ignore`, and symbolic links.

    Returns:
        The enclosing one first, then the others by directory. Modules that one `go.work` lists
        are one workspace, which is there when one of its modules encloses `path` or lies below
        it. Empty where there is no module.

    Raises:
        DiscoveryError: a directory or a `go.work` cannot be read, or GOWORK is not usable. A
            directory that cannot be read may hold tests, and go refuses `./...` for it as well.
    """
    start = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow symbolic links)
    if not start.is_dir():
        start = start.parent
    workspaces = _Workspaces(environ)
    # A module that a `go.work` beside it does not list has the same directory as the workspace.
    roots: dict[tuple[Path, str], ModuleRoot] = {}
    enclosing = _enclosing_module(start, environ)
    around = workspaces.root_of(enclosing) if enclosing else workspaces.around(start)
    if around is not None:
        roots[around.dir, around.kind] = around
    if nested:
        below = sorted(_nested_modules(start, enclosing))
        for root in (workspaces.root_of(module) for module in below):
            roots.setdefault((root.dir, root.kind), root)
    return tuple(roots.values())


class _Workspaces:
    """Which workspace a directory is in; each `go.work` is read once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._setting = go_setting("GOWORK", environ)
        self._flags = flag_words(go_setting("GOFLAGS", environ))
        self._lists: dict[Path, tuple[Path, ...]] = {}
        if self._setting not in {"", "auto", "off"} and not os.path.isabs(self._setting):  # noqa: PTH117
            raise DiscoveryError(
                f"GOWORK={self._setting} is not an absolute path, which go refuses: "
                "set it to one, to `off`, or not at all"
            )

    def root_of(self, module: Path) -> ModuleRoot:
        """The workspace that lists a module, else the module on its own."""
        work_file = self._file_for(module)
        if work_file is None:
            return ModuleRoot(module, "module", (module,))
        if os.path.realpath(module) in map(os.path.realpath, self._uses(work_file)):
            return self._root(work_file)
        return ModuleRoot(
            module,
            "module",
            (module,),
            {"GOWORK": "off"},
            f"{work_file} does not list {module}: its tests run with GOWORK=off "
            f"(`go work use {os.path.relpath(module, work_file.parent)}` adds it)",
        )

    def around(self, directory: Path) -> ModuleRoot | None:
        """The workspace whose modules lie below a directory that is in no module itself."""
        work_file = self._file_for(directory)
        if work_file is None:
            return None
        below = any(module.is_relative_to(directory) for module in self._uses(work_file))
        return self._root(work_file) if below else None

    def _root(self, work_file: Path) -> ModuleRoot:
        """The workspace; without -mod=mod, which go refuses there ("may only be set to …")."""
        uses = self._uses(work_file)
        bad = [flag for flag in self._flags if flag.lstrip("-") == "mod=mod"]
        if not bad:
            return ModuleRoot(work_file.parent, "workspace", uses)
        # An empty value counts as none, and the one of `go env -w` would be back: a flag that
        # changes nothing fills the place.
        rest = join_command(flag for flag in self._flags if flag not in bad) or "-a=false"
        note = f"GOFLAGS without {bad[0]}, which go refuses in a workspace ({work_file})"
        return ModuleRoot(work_file.parent, "workspace", uses, {"GOFLAGS": rest}, note)

    def _uses(self, work_file: Path) -> tuple[Path, ...]:
        if work_file not in self._lists:
            self._lists[work_file] = use_directories(work_file)
        return self._lists[work_file]

    def _file_for(self, directory: Path) -> Path | None:
        """The `go.work` in force there: cmd/go/internal/modload, FindGoWork."""
        if self._setting == "off":
            return None
        if self._setting not in {"", "auto"}:
            return Path(self._setting)
        files = (parent / "go.work" for parent in (directory, *directory.parents))
        return next((file for file in files if file.is_file()), None)


def _enclosing_module(directory: Path, environ: Mapping[str, str]) -> Path | None:
    """The nearest directory upwards with a `go.mod`."""
    for candidate in (directory, *directory.parents):
        if (candidate / "go.mod").is_file():
            # Go ignores one that was left in the temporary directory itself: go.dev/issue/26708
            temporary = environ.get("TMPDIR") or "/tmp"  # noqa: S108
            stray = os.path.realpath(candidate) == os.path.realpath(temporary)
            return None if stray else candidate
    return None


def _nested_modules(start: Path, enclosing: Path | None) -> Iterator[Path]:
    """Directories below `start` that have a `go.mod`, in no order.

    One pass of `os.scandir`: a directory's list tells both where to go and whether a module
    starts here. The innermost module decides what is ignored below it, as for `./...`.
    """
    stack: list[tuple[str, _Ignored | None]]
    stack = [(str(start), _Ignored(str(enclosing)) if enclosing else None)]
    while stack:
        directory, ignored = stack.pop()
        names, is_module = _subdirectories(directory)
        # Where the search starts is either the enclosing module or one that Go ignores.
        if is_module and directory != str(start):
            ignored = _Ignored(directory)
            yield Path(directory)
        for name in names:
            below = f"{directory}/{name}"
            if ignored is None or not (name == "vendor" or ignored.has(below)):
                stack.append((below, ignored))


def _subdirectories(directory: str) -> tuple[list[str], bool]:
    """The names of the directories to visit, and whether there is a `go.mod`."""
    names = []
    is_module = False
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name[0] not in "._" and name != "testdata":
                        names.append(name)
                elif name == "go.mod":
                    is_module = entry.is_file()
    except FileNotFoundError:
        return [], False  # removed while we looked: there is nothing in it to be missed
    except OSError as error:
        raise DiscoveryError(
            f"cannot look for Go modules in {directory} ({error.strerror}): there may be tests in "
            "it, and go would refuse `./...` for it as well. Make it readable, rename it so that "
            "it starts with `.` or `_`, or name the directories to test"
        ) from error
    return names, is_module


class _Ignored:
    """A module's `ignore` lines: cmd/go/internal/search, IgnorePatterns."""

    def __init__(self, module: str) -> None:
        self._module = module
        patterns = ignored_directories(Path(module) / "go.mod")
        self._rooted = tuple(f"/{p[2:].strip('/')}/" for p in patterns if p.startswith("./"))
        self._anywhere = tuple(f"/{p.strip('/')}/" for p in patterns if not p.startswith("./"))

    def has(self, directory: str) -> bool:
        """Whether a directory of the module is ignored."""
        if not self._rooted and not self._anywhere:
            return False
        inside = f"{directory[len(self._module) :]}/"
        return inside.startswith(self._rooted) or any(p in inside for p in self._anywhere)
