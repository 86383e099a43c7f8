"""Which Go packages lie below the paths that pytest was given."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_wslgo.discovery import find_module_roots, list_packages, scan_file, scan_until
from pytest_wslgo.errors import WslgoError
from pytest_wslgo.plugin.goflags import list_flags
from pytest_wslgo.toolchain import for_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pytest

    from pytest_wslgo.discovery import GoPackage, ModuleRoot, TestFile
    from pytest_wslgo.plugin.gorun import PackageKey
    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.toolchain import Toolchain

ELLIPSIS = "/..."
_NO_MODULE = (
    "there is no Go module here, so that `go test ./...` fails as well: name a directory without "
    "`...` to have the modules below it tested, or run `go mod init`"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A module or workspace with the toolchain that it gets."""

    root: ModuleRoot
    toolchain: Toolchain


@dataclass(slots=True, eq=False)
class IndexedPackage:
    """A package in the index; its files are scanned when somebody asks."""

    package: GoPackage
    place: Place
    scanned: dict[Path, TestFile]
    """What the scanner has found so far, by file."""
    test_files: dict[str, Path] = field(init=False)
    """The package's test files by name, in Go's order."""

    def __post_init__(self) -> None:
        self.test_files = {path.name: path for path in self.package.test_files}

    @property
    def key(self) -> PackageKey:
        """Where `go` runs for it, and its import path."""
        return str(self.place.root.dir), self.package.import_path

    def file(self, name: str) -> TestFile:
        """What the scanner finds in one of the package's test files."""
        return self.scan(self.test_files[name])

    def scan(self, path: Path) -> TestFile:
        """What the scanner finds in a file of the package, which build constraints may exclude."""
        scanned = self.scanned.get(path)
        if scanned is None:
            scanned = self.scanned[path] = scan_file(path)
        return scanned

    def names(self, files: Iterable[Path] | None = None) -> tuple[str, ...]:
        """All tests that a run without a filter executes, in the order of files and lines.

        Args:
            files: the test files that the package has; those that were collected when None.
        """
        return tuple(
            function.name
            for path in (self.package.test_files if files is None else files)
            for function in self.scan(path).functions
            if function.kind != "benchmark"
        )


class Index:
    """Packages by directory. Directories are compared with symbolic links resolved."""

    def __init__(
        self, toolchain: Toolchain, settings: Settings, environ: Mapping[str, str]
    ) -> None:
        self._toolchain = toolchain
        self._go_env = environ
        self._settings = settings
        self._packages: dict[str, IndexedPackage] = {}
        self._on_the_way: set[str] = set()
        self._visited: set[str] = set()
        self._linked: list[Path] = []
        self._opened: set[str] = set()
        self.asking = False
        self._real: dict[Path, str] = {}
        self.errors: dict[str, str] = {}
        """What could not be listed: a message by the directory where it shall be shown."""
        self.notes: list[str] = []

    @property
    def packages(self) -> Iterable[IndexedPackage]:
        """All packages, in the order of `go list`."""
        return self._packages.values()

    def add(self, targets: Sequence[tuple[Path, bool]]) -> None:
        """List what lies below some paths.

        Args:
            targets: Absolute paths; with each whether it was spelt ``dir/...``, which means what
                it means to Go: the packages of the enclosing module, nested modules left out.
        """
        patterns: dict[ModuleRoot, list[str]] = {}
        for path, as_go in targets:
            try:
                roots = list(self._roots(path, nested=not as_go))
                if as_go and not roots:
                    self._blame(path, f"{path}/...: {_NO_MODULE}")
                for root in roots:
                    patterns.setdefault(root, []).extend(self._patterns(root, path))
            except WslgoError as error:
                self._blame(path, str(error))
        if targets and not patterns and not self.errors:
            places = ", ".join(str(path) for path, _ in targets)
            self.notes.append(f"no Go module (go.mod) was found in {places}, nor below or above")
        for root, wanted in patterns.items():
            try:
                self._list(root, list(dict.fromkeys(wanted)))
            except WslgoError as error:
                for path, _ in targets:
                    if _touches(path, root.dir):
                        self._blame(path if path.is_relative_to(root.dir) else root.dir, str(error))

    def package(self, directory: Path) -> IndexedPackage | None:
        """The package in a directory."""
        return self._packages.get(self._resolve(directory))

    def package_of(self, file: Path) -> IndexedPackage | None:
        """The package that a test file belongs to on this platform, with these tags."""
        found = self.package(file.parent)
        if found is None or file.name not in found.test_files:
            return None
        linked = any(file.is_relative_to(link) for link in self._linked)
        return None if linked else found

    def scanned(self, file: Path) -> TestFile:
        """What is in one of the test files."""
        found = self.package(file.parent)
        assert found is not None
        return found.file(file.name)

    def excluded(self, file: Path) -> bool:
        """Whether build constraints leave a test file out."""
        found = self.package(file.parent)
        return found is not None and found.package.dir / file.name in found.package.ignored_files

    def knows(self, file: Path) -> bool:
        """Whether a test file belongs to a package, or an error is shown in its place."""
        return self.package_of(file) is not None or self.error(file.parent) is not None

    def why_not(self, file: Path) -> str:
        """Why a test file that somebody named has no tests here."""
        if self.excluded(file):
            return (
                f"{file}: build constraints leave this file out on {self._toolchain.goos}/"
                f"{self._toolchain.goarch} (tags: {self._settings.tags or 'none'}): "
                "set GOOS or GOARCH, or name tags by --wslgo-tags"
            )
        return (
            f"{file}: `go list` names no package with this file: "
            "look whether it lies in a module, outside of testdata, vendor, _* and .*"
        )

    def leads_to_package(self, directory: Path) -> bool:
        """Whether a package lies in a directory or below it."""
        return self._resolve(directory) in self._on_the_way

    @contextmanager
    def ask(self) -> Iterator[None]:
        """Mark that pytest is being asked whether it would leave a folder out, but for its name."""
        self.asking = True
        try:
            yield
        finally:
            self.asking = False

    def open(self, directory: Path) -> None:
        """Note that a folder is entered for its Go packages only."""
        self._opened.add(self._resolve(directory))

    def is_opened(self, directory: Path) -> bool:
        """Whether a folder, or one above it, is entered for its Go packages only."""
        if not self._opened:
            return False
        real = self._resolve(directory)
        return any(real == path or real.startswith(path + os.sep) for path in self._opened)

    def takes(self, path: Path) -> bool:
        """Whether a path leads to Go tests."""
        return self.leads_to_package(path) or path.name.endswith("_test.go")

    def visit(self, directory: Path, *, named: bool) -> None:
        """Note that pytest has come to a directory, and has not been told to ignore it.

        What lies behind a symbolic link is not Go's there, unless somebody named the link.
        """
        if not named and directory.is_symlink():
            self._linked.append(directory)
        else:
            self._visited.add(self._resolve(directory))

    def visited(self, directory: Path) -> bool:
        """Whether pytest has come to a directory."""
        return self._resolve(directory) in self._visited

    def error(self, directory: Path) -> str | None:
        """Why the packages of a directory are not known."""
        return self.errors.get(self._resolve(directory))

    def _roots(self, path: Path, *, nested: bool) -> Iterator[ModuleRoot]:
        start = path if path.is_dir() else path.parent
        yield from find_module_roots(
            Path(self._resolve(start)), self._go_env, nested=nested and path.is_dir()
        )

    def _patterns(self, root: ModuleRoot, path: Path) -> Iterator[str]:
        real = Path(self._resolve(path if path.is_dir() else path.parent))
        for module in root.modules:
            if real == module or module.is_relative_to(real):
                yield _pattern(root.dir, module) + ELLIPSIS
            elif real.is_relative_to(module) and module == _innermost(root, real):
                yield _pattern(root.dir, real) + (ELLIPSIS if path.is_dir() else "")

    def _list(self, root: ModuleRoot, patterns: list[str]) -> None:
        environ = {**self._go_env, **root.environ}
        place = Place(root, for_module(self._toolchain, root.dir, environ))
        if root.note and root.note not in self.notes:
            self.notes.append(root.note)
        with ThreadPoolExecutor(max_workers=1) as pool:
            listing = pool.submit(
                list_packages,
                place.toolchain.go,
                root,
                patterns,
                environ=place.toolchain.environ(environ),
                flags=list_flags(self._settings, place.toolchain, environ),
            )
            scanned = scan_until(listing.done, root.dir)
            packages = listing.result()
        for package in packages:
            self._enter(IndexedPackage(package, place, scanned))

    def _enter(self, entry: IndexedPackage) -> None:
        real = self._resolve(entry.package.dir)
        self._packages.setdefault(real, entry)
        self._lead_to(real)

    def _lead_to(self, real: str) -> None:
        """Note that a directory has to be entered, and all above it."""
        while real not in self._on_the_way:
            self._on_the_way.add(real)
            real = os.path.dirname(real)  # noqa: PTH120 - thousands of them: strings are cheaper

    def _blame(self, path: Path, message: str) -> None:
        real = self._resolve(path if path.is_dir() else path.parent)
        self.errors.setdefault(real, message)
        self._lead_to(real)

    def _resolve(self, directory: Path) -> str:
        real = self._real.get(directory)
        if real is None:
            real = self._real[directory] = os.path.realpath(directory)
        return real


def ignored(
    index: Index, session: pytest.Session, path: Path, config: pytest.Config, *, said: bool | None
) -> bool | None:
    """Whether pytest leaves a path out, corrected for folders that only pytest leaves out.

    ``norecursedirs`` holds ``build``, ``dist`` and ``venv``: to Go these are names like any other.
    Only that reason is overruled, and only on the way to a package; what lies in such a folder
    besides Go test files stays left out.
    """
    if not said:
        return said if not index.is_opened(path.parent) or index.takes(path) else True
    if path.suffix == ".go" or not index.leads_to_package(path):
        return said
    proxy = _WithoutNorecurse(config)
    again = session.gethookproxy(path.parent).pytest_ignore_collect
    if index.asking:
        return said
    with index.ask():
        if again(collection_path=path, config=proxy):
            return said
    index.open(path)
    return False


class _WithoutNorecurse:
    """A configuration in which ``norecursedirs`` is empty, and everything else as it is."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def getini(self, name: str) -> Any:
        return [] if name == "norecursedirs" else self._config.getini(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._config, name)


def is_test_file(path: Path) -> bool:
    """Whether Go would take a file for one with tests, if it lay in a package."""
    return path.name.endswith("_test.go") and path.is_file()


def targets(config: pytest.Config) -> list[tuple[Path, bool]]:
    """The paths that pytest was given, and whether each was spelt ``dir/...``.

    ``config.args`` is changed on the way: pytest does not know ``./...``, which Go people type.
    """
    found = []
    for number, argument in enumerate(config.args):
        path, colons, rest = argument.partition("::")
        as_go = path == "..." or path.endswith(ELLIPSIS)
        if as_go:
            path = path[: -len("...")].rstrip("/") or ("/" if path.startswith("/") else ".")
            config.args[number] = path + colons + rest
        whole = Path(os.path.normpath(config.invocation_params.dir / path))
        # A Python file asks for no Go test, and its directory may hold no Go package.
        if whole.is_dir() or (whole.exists() and whole.name.endswith("_test.go")):
            found.append((whole, as_go))
    return found


def _pattern(start: Path, directory: Path) -> str:
    relative = os.path.relpath(directory, start).replace(os.sep, "/")
    return relative if relative == "." or relative.startswith("..") else f"./{relative}"


def _innermost(root: ModuleRoot, path: Path) -> Path:
    return max((m for m in root.modules if path.is_relative_to(m)), key=lambda m: len(m.parts))


def _touches(path: Path, directory: Path) -> bool:
    return path.is_relative_to(directory) or directory.is_relative_to(path)
