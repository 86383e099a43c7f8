from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.toolchain.goenv import (
    join_command,
    setting,
    split_command,
    without_foreign_goroot,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("gcc", ["gcc"]),
        ("ccache  gcc -m64", ["ccache", "gcc", "-m64"]),
        ("'/with space/zig' cc", ["/with space/zig", "cc"]),
        ('"/it\'s here/zig" cc', ["/it's here/zig", "cc"]),
        ("a'b c", ["a'b", "c"]),
        ("''", [""]),
        ("", []),
    ],
)
def test_split(text: str, fields: list[str]) -> None:
    """A command is split by Go's rules: quotes count around a whole field only."""
    assert split_command(text) == fields


def test_unterminated() -> None:
    """A quote that is not closed is an error, as it is for Go."""
    with pytest.raises(ValueError, match="unterminated quote"):
        split_command("'/with space/zig cc")


def test_join() -> None:
    """A joined command splits into the same fields again."""
    fields = ["/with space/zig", "it's", "it's here", "'x'", "plain", ""]

    assert split_command(join_command(fields)) == fields


def test_not_expressible() -> None:
    """Both kinds of quotes and a space in one field are refused: Go has no escape for them."""
    with pytest.raises(ValueError, match="cannot quote"):
        join_command(["a 'b\" c"])


def test_precedence(tmp_path: Path) -> None:
    """The environment wins over `go env -w`, that over GOROOT/go.env; each is named."""
    written = tmp_path / "env"
    written.write_text("# mine\nCC=clang\nGOFLAGS=-v\n", encoding="utf-8")
    (tmp_path / "go.env").write_text("CC=tcc\nGOTOOLCHAIN=auto\n", encoding="utf-8")
    variables = {"GOENV": str(written), "GOROOT": str(tmp_path)}

    found = {
        name: setting(name, variables=variables, environ={"GOFLAGS": "-x", "CC": ""})
        for name in ("GOFLAGS", "CC", "GOTOOLCHAIN", "GOOS")
    }

    assert found == {
        "GOFLAGS": ("-x", "the environment"),
        "CC": ("clang", f"go env -w ({written})"),
        "GOTOOLCHAIN": ("auto", f"{tmp_path}/go.env"),
        "GOOS": None,
    }


def test_goroot(tmp_path: Path) -> None:
    """GOROOT stays when it names this tree, by whatever path, and goes when it names another."""
    tree, alias = tmp_path / "tree", tmp_path / "alias"
    tree.mkdir()
    alias.symlink_to(tree)

    same = without_foreign_goroot({"GOROOT": str(alias)}, tree)
    other = without_foreign_goroot({"GOROOT": str(tmp_path)}, tree)

    assert same == {"GOROOT": str(alias)}
    assert other == {}
