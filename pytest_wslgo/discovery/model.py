"""What discovery finds, as values: modules, packages, test files, test functions, directives."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Kind = Literal["test", "fuzz", "example", "benchmark"]


@dataclass(frozen=True, slots=True)
class Directive:
    """A `//wslgo:NAME ARGUMENTS` comment, verbatim: nothing here knows which names exist."""

    name: str
    """What follows the colon up to the first white space; empty for a bare `//wslgo:`."""
    arguments: str
    """The rest of the line without surrounding white space."""
    line: int
    """1-based."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A comment that looks like a directive and is none of any function or of the file."""

    name: str
    line: int
    is_exact: bool
    """Whether it is spelt as directives are, and only stands elsewhere; `// wslgo:X` is not."""


@dataclass(frozen=True, slots=True)
class TestFunction:
    """A function that `go test` would run, or that makes it refuse the package (`flaw`)."""

    __test__: ClassVar[bool] = False  # the name would make pytest collect the class

    name: str
    kind: Kind
    line: int
    """1-based line of the `func` keyword."""
    directives: tuple[Directive, ...] = ()
    """Those of the doc comment: the comment block that ends on the line above `func`."""
    flaw: str | None = None
    """Why `go test` refuses the whole package because of this function, in Go's words."""


@dataclass(frozen=True, slots=True)
class TestFile:
    """One `_test.go` file as the scanner read it."""

    __test__: ClassVar[bool] = False  # the name would make pytest collect the class

    path: Path
    functions: tuple[TestFunction, ...]
    """In source order."""
    directives: tuple[Directive, ...]
    """Those above the package clause; they are meant for every function of the file."""
    strays: tuple[Stray, ...] = ()
    """In source order."""
    keeps_artifacts: bool = False
    """Whether it asks for ``ArtifactDir`` (testing.TB, Go 1.26)."""


@dataclass(frozen=True, slots=True)
class GoPackage:
    """One entry of `go list -e`: a package, or a named directory that is none (`error`)."""

    import_path: str
    """As `go list` prints it; the pattern itself for a named directory that is no package."""
    dir: Path
    """Absolute."""
    module: str | None
    """The module's path; None for the standard library and where there is no package."""
    test_files: tuple[Path, ...]
    """Absolute: TestGoFiles, then XTestGoFiles, each in the order of `go list`."""
    ignored_files: tuple[Path, ...]
    """Absolute: the test files that build constraints (or their names) exclude here."""
    error: str | None
    """`position: text` or `text`, in Go's words; `go test` fails this package for it."""
    malformed: bool = False
    """Whether its folder cannot be in an import path; Go 1.21 fails all that is named with it."""


@dataclass(frozen=True, slots=True)
class ModuleRoot:
    """A place where one `go list` and one `go test` can run for everything in it."""

    dir: Path
    """The working directory for go: the module's directory, or the one of `go.work`."""
    kind: Literal["module", "workspace"]
    modules: tuple[Path, ...]
    """Absolute module directories: one for a module, the `use` directories of a workspace."""
    environ: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Variables that go needs here, on top of the session's."""
    note: str | None = None
    """Why `environ` is not empty, for the user."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """The package patterns that name everything in it, relative to `dir`.

        In a workspace `./...` alone is not enough: it ends at each `go.mod`, and is an error where
        the workspace's own directory is no module.
        """
        relative = (
            os.path.relpath(module, self.dir).replace(os.sep, "/") for module in self.modules
        )
        return tuple(
            "./..." if path == "." else f"{path}/..." if path.startswith("..") else f"./{path}/..."
            for path in relative
        )
