"""What Go is told because of the machine, and what is said of it."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_wslgo.environment import Environment, Mount, detect
from pytest_wslgo.environment.cgroups import Quotas
from pytest_wslgo.environment.model import Limits
from pytest_wslgo.environment.probes import Probe, Prober
from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain import Refusal, Toolchain, locate
from pytest_wslgo.toolchain.adapting import Adaptation, adapt

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_LIMITS = Limits(processes=None, pid_max=None, open_files=None)


class Noexec(Prober):
    """Nothing can be executed in some directories, nor below them."""

    def __init__(self, *directories: Path) -> None:
        super().__init__(ROOMY)
        self.directories = directories

    def probe(self, name: str, directory: str | os.PathLike[str] | None = None) -> Probe:
        """Only exec is asked for here."""
        assert name == "exec"
        assert directory is not None
        tried = f"execve(2) in {os.fspath(directory)}"
        if any(Path(directory).is_relative_to(each) for each in self.directories):
            return Probe(name, works=False, tried=tried, error="EACCES: Permission denied")
        return Probe(name, works=True, tried=tried)


def _roomy() -> Environment:
    """This machine with 4 CPUs and no limits."""
    here = detect()
    groups = replace(here.cgroups, quotas=Quotas())
    return replace(
        here, cpus=4, memory=64 << 30, limits=NO_LIMITS, cgroups=groups, root=False, mounts=()
    )


ROOMY = _roomy()


@pytest.fixture(scope="module")
def go() -> Toolchain:
    """The Go that the tests run with, as if nobody had set anything."""
    found = locate(environ=os.environ)
    return replace(found, refused=(), variables={**found.variables, "GOENV": "off"})


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with directories of its own."""
    (tmp_path / "tmp").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


def told(
    go: Toolchain,
    environ: dict[str, str],
    *,
    on: Environment = ROOMY,
    prober: Prober | None = None,
    **more: Any,
) -> Adaptation:
    """What Go is told."""
    variables = {**go.variables, "GOCACHE": str(Path(environ["HOME"], "go-build"))}
    variables.update(more.pop("variables", {}))
    more.setdefault("race", True)
    toolchain = replace(go, variables=variables)
    return adapt(on, prober or Noexec(), toolchain, environ=environ, **more)


def codes(found: Adaptation) -> list[str]:
    """The codes of what was found."""
    return [finding.code for finding in found.findings]


def drive(point: Path) -> tuple[Mount, ...]:
    """A table of mounts with a Windows drive somewhere."""
    root = Mount("/", "ext4", "/dev/sdc", ("rw",), (), "/")
    options = ("rw", "aname=drvfs", "path=C:\\")
    return root, Mount(str(point), "9p", "C:\\", ("rw", "noatime"), options, "/")


def test_nothing_to_adapt(go: Toolchain, environ: dict[str, str]) -> None:
    """On a roomy machine Go is told nothing, and nothing is found."""
    assert told(go, environ) == Adaptation()


# Temp.


def test_noexec(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """From a temporary directory without exec GOTMPDIR moves to the user's cache directory."""
    found = told(go, environ, prober=Noexec(tmp_path / "tmp"))

    place = tmp_path / "cache/pytest-wslgo/tmp"
    assert found.environ == {"GOTMPDIR": str(place)}
    assert codes(found) == ["WG301"]
    assert "EACCES: Permission denied" in found.findings[0].evidence
    assert found.told[0].startswith(f"GOTMPDIR={place}: ")
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_the_place_stays(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """The place is the same in the next session: another would defeat Go's test cache."""
    prober = Noexec(tmp_path / "tmp")

    assert told(go, environ, prober=prober) == told(go, environ, prober=prober)


def test_noexec_with_evidence(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """The mount that says noexec is named."""
    mounts = (Mount(str(tmp_path / "tmp"), "tmpfs", "tmpfs", ("rw", "noexec"), (), "/"),)

    found = told(go, environ, on=replace(ROOMY, mounts=mounts), prober=Noexec(tmp_path / "tmp"))

    assert f"{tmp_path / 'tmp'} is mounted noexec" in found.findings[0].evidence


def test_windows_drive(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """A temporary directory on a Windows drive is left, though everything can be executed there."""
    found = told(go, environ, on=replace(ROOMY, mounts=drive(tmp_path / "tmp")))

    assert found.environ == {"GOTMPDIR": str(tmp_path / "cache/pytest-wslgo/tmp")}
    assert "a Windows drive (9p on " in found.findings[0].evidence


def test_gotmpdir_counts(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """GOTMPDIR is what is tried where it is set: TMPDIR does not matter then."""
    environ["GOTMPDIR"] = str(tmp_path)

    assert told(go, environ, prober=Noexec(tmp_path / "tmp")) == Adaptation()


def test_next_best(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """Where the cache directory is no better the next place is taken."""
    environ["XDG_RUNTIME_DIR"] = str(tmp_path / "run")
    bad = Noexec(tmp_path / "tmp", tmp_path / "cache", Path("/var/tmp"))

    assert told(go, environ, prober=bad).environ == {"GOTMPDIR": str(tmp_path / "run/pytest-wslgo")}


def test_nowhere(go: Toolchain, environ: dict[str, str]) -> None:
    """Where nothing can be executed anywhere the error lists what was tried, and the cure."""
    with pytest.raises(ToolchainError, match="can be executed nowhere") as error:
        told(go, environ, prober=Noexec(Path("/")))

    assert environ["TMPDIR"] in str(error.value)
    assert "/var/tmp" in str(error.value)
    assert "set GOTMPDIR" in str(error.value)


def test_a_strangers_directory(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """A directory that others can write to is passed over: they could change what is executed."""
    place = tmp_path / "cache/pytest-wslgo/tmp"
    place.mkdir(parents=True)
    place.chmod(0o777)

    found = told(go, environ, prober=Noexec(tmp_path / "tmp"))

    assert found.environ["GOTMPDIR"] != str(place)


def test_leavings(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """What a killed run has left there goes after a week, and what is younger stays."""
    place = tmp_path / "cache/pytest-wslgo/tmp"
    old, young = place / "go-build1", place / "go-build2"
    for directory in (old, young):
        (directory / "b001").mkdir(parents=True)
    place.chmod(0o700)
    eight_days = time.time() - 8 * 24 * 3600
    os.utime(old, (eight_days, eight_days))

    told(go, environ, prober=Noexec(tmp_path / "tmp"))

    assert not old.exists()
    assert young.exists()


def test_windows_binaries_stay(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """Binaries for Windows want a Windows drive."""
    on = replace(ROOMY, mounts=drive(tmp_path / "tmp"))

    assert told(replace(go, goos="windows"), environ, on=on).environ == {}


# Caches.


def test_build_cache_elsewhere(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """Where Go's default build cache cannot be made it is put beside the temporary files."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    default = str(tmp_path / "file/go-build")

    found = told(go, environ, variables={"GOCACHE": default})

    assert codes(found) == ["WG302"]
    assert found.findings[0].evidence == f"{default}: Not a directory"
    assert found.environ["GOCACHE"].endswith(f"pytest-wslgo-{os.geteuid()}/go-build")


def test_no_home(go: Toolchain, environ: dict[str, str]) -> None:
    """Without HOME Go knows no place for its build cache: it is given one."""
    found = told(go, environ, variables={"GOCACHE": ""})

    assert codes(found) == ["WG302"]
    assert found.findings[0].evidence == "there is no HOME"


def test_chosen_build_cache_stays(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """A build cache that somebody has chosen is left where it is."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    environ["GOCACHE"] = str(tmp_path / "file/go-build")

    assert told(go, environ, variables={"GOCACHE": environ["GOCACHE"]}) == Adaptation()


@pytest.mark.parametrize(
    ("name", "code", "severity"),
    [("GOCACHE", "WG303", "warning"), ("GOMODCACHE", "WG304", "error")],
)
def test_caches_on_a_windows_drive(
    go: Toolchain, environ: dict[str, str], tmp_path: Path, name: str, code: str, severity: str
) -> None:
    """A cache on a Windows drive is told, and not moved: it may be full of good things."""
    on = replace(ROOMY, mounts=drive(tmp_path / "c"))

    found = told(go, environ, on=on, variables={name: str(tmp_path / "c/cache")})

    assert codes(found) == [code]
    assert found.findings[0].severity == severity
    assert f"{name} is {tmp_path / 'c/cache'}" in found.findings[0].evidence
    assert found.environ == {}


def test_a_strangers_cache(go: Toolchain, environ: dict[str, str], tmp_path: Path) -> None:
    """A build cache is never put below a directory that others can write to: it is executed."""
    environ["TMPDIR"] = str(tmp_path)
    ours = f"pytest-wslgo-{os.geteuid()}"
    (tmp_path / ours).mkdir()
    (tmp_path / ours).chmod(0o777)
    places = [Path("/var/tmp", ours, "go-build"), tmp_path / ours / "go-build"]

    found = told(go, environ, variables={"GOCACHE": ""})

    assert found.environ.get("GOCACHE") != str(places[1])
    assert not places[1].exists()


# Variables.


@pytest.mark.parametrize(
    "flag",
    [
        "'-run=TestX'",
        "-count=0",
        "-run=TestX",
        "--run=TestX",
        "-skip=A",
        "-n",
        "-c",
        "-list=.",
    ],
)
def test_flags(go: Toolchain, environ: dict[str, str], flag: str) -> None:
    """What keeps selected tests from running is taken out of GOFLAGS; the rest stays."""
    environ["GOFLAGS"] = f"-mod=readonly {flag} -tags=x"

    found = told(go, environ)

    assert found.environ == {"GOFLAGS": "-mod=readonly -tags=x"}
    assert codes(found) == ["WG403"]
    assert "from the environment" in found.findings[0].evidence


def test_only_bad_flags(go: Toolchain, environ: dict[str, str]) -> None:
    """GOFLAGS is never empty afterwards: Go would read the file of `go env -w` instead."""
    environ["GOFLAGS"] = "-run=X"

    assert told(go, environ).environ == {"GOFLAGS": "-a=false"}


def test_good_flags(go: Toolchain, environ: dict[str, str]) -> None:
    """Flags that do no harm are left alone."""
    environ["GOFLAGS"] = "-mod=mod -short -count=2 -json -v"

    assert told(go, environ) == Adaptation()


@pytest.mark.parametrize("value", ["asyncpreemptoff=1", "netdns=go,asyncpreemptoff=1"])
def test_preemption(go: Toolchain, environ: dict[str, str], value: str) -> None:
    """GODEBUG=asyncpreemptoff=1 is told."""
    environ["GODEBUG"] = value

    assert codes(told(go, environ)) == ["WG401"]


def test_preemption_on(go: Toolchain, environ: dict[str, str]) -> None:
    """asyncpreemptoff=0 is Go's default."""
    environ["GODEBUG"] = "asyncpreemptoff=0"

    assert codes(told(go, environ)) == []


def test_windows_go(go: Toolchain, environ: dict[str, str]) -> None:
    """A go.exe that came first on PATH is told with the reason for passing it over."""
    refusal = Refusal("/mnt/c/Go/bin/go.exe", "a Windows program, which tests Windows")

    [finding] = told(replace(go, refused=(refusal,)), environ).findings

    assert finding.code == "WG402"
    assert "/mnt/c/Go/bin/go.exe" in finding.evidence


# Limits.


def limited(**quotas: int) -> Environment:
    """A machine with limits on its control group."""
    return replace(ROOMY, cgroups=replace(ROOMY.cgroups, quotas=Quotas(**quotas)))


@pytest.mark.parametrize(
    ("memory", "race", "jobs"),
    [(1 << 30, True, 2), (1 << 30, False, None), (600 << 20, False, 2), (100 << 20, True, 1)],
)
def test_memory(
    go: Toolchain, environ: dict[str, str], memory: int, jobs: int | None, *, race: bool
) -> None:
    """With little memory for its CPUs fewer packages run at once, but always one."""
    found = told(go, environ, on=limited(memory=memory), race=race)

    assert found.jobs == jobs
    assert codes(found) == ([] if jobs is None else ["WG902"])


def test_tasks(go: Toolchain, environ: dict[str, str]) -> None:
    """With few tasks likewise; the limit is named."""
    found = told(go, environ, on=limited(pids=80))

    assert found.jobs == 2
    assert "80 tasks (the cgroup's pids limit) for 4 CPUs" in found.told[0]


def test_the_tightest(go: Toolchain, environ: dict[str, str]) -> None:
    """Of two limits the tighter one decides, and both are told."""
    found = told(go, environ, on=limited(pids=80, memory=100 << 20))

    assert found.jobs == 1
    assert codes(found) == ["WG902", "WG901"]


def test_root_has_no_ulimit(go: Toolchain, environ: dict[str, str]) -> None:
    """RLIMIT_NPROC holds for everybody but root."""
    few = replace(ROOMY, limits=replace(NO_LIMITS, processes=60))

    assert told(go, environ, on=few).jobs == 1
    assert told(go, environ, on=replace(few, root=True)).jobs is None


def test_chosen_jobs(go: Toolchain, environ: dict[str, str]) -> None:
    """A number that somebody has chosen stays."""
    assert told(go, environ, on=limited(pids=80), jobs_asked=True) == Adaptation()


def test_sum() -> None:
    """Adaptations add up in the order of their judgements."""
    parts: Iterable[Adaptation] = (
        Adaptation({"A": "1"}, jobs=3, told=("a",)),
        Adaptation({"B": "2"}, told=("b",)),
        Adaptation(jobs=2),
    )
    whole = Adaptation()
    for part in parts:
        whole += part

    assert whole == Adaptation({"A": "1", "B": "2"}, jobs=2, told=("a", "b"))
