"""Listing packages with the real go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.discovery import GoPackage, ModuleRoot, find_module_roots, list_packages
from pytest_wslgo.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Nothing here may need the network, another toolchain or the user's settings.
ENVIRON = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GO")},
    **{name: os.environ[name] for name in ("GOROOT", "GOCACHE") if name in os.environ},
    "GOENV": "off",
    "GOFLAGS": "",
    "GOTOOLCHAIN": "local",
    "GOPROXY": "off",
}


def tree(directory: Path, files: Mapping[str, str]) -> ModuleRoot:
    """Makes a module with these files (a `go.mod` is added) and gives its root."""
    for name, text in {"go.mod": "module example.com/m\n\ngo 1.21\n", **files}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root,) = find_module_roots(directory, ENVIRON, nested=False)
    return root


def errors(packages: tuple[GoPackage, ...]) -> dict[str, str | None]:
    """Import path to error."""
    return {package.import_path: package.error for package in packages}


def test_a_package_comes_with_its_test_files(go: Path, tmp_path: Path) -> None:
    """Internal ones, external ones, and those that build constraints exclude here."""
    root = tree(
        tmp_path,
        {
            "p/p.go": "package p\n",
            "p/b_test.go": "package p_test\n",
            "p/c_test.go": "package p\n",
            "p/d_plan9_test.go": "package p\n",
            "p/e_test.go": "//go:build never\n\npackage p\n",
            "p/f_plan9.go": "package p\n",
        },
    )

    packages = list_packages(go, root, ["./..."], environ=ENVIRON)

    p = tmp_path / "p"
    assert packages == (
        GoPackage(
            import_path="example.com/m/p",
            dir=p,
            module="example.com/m",
            test_files=(p / "c_test.go", p / "b_test.go"),
            ignored_files=(p / "d_plan9_test.go", p / "e_test.go"),
            error=None,
        ),
    )


def test_build_tags_are_heeded(go: Path, tmp_path: Path) -> None:
    """A file behind a tag is there when the tag is given."""
    root = tree(tmp_path, {"x_test.go": "//go:build integration && slow\n\npackage m\n"})

    (package,) = list_packages(go, root, ["."], environ=ENVIRON, flags=["-tags=integration,slow"])

    assert package.test_files == (tmp_path / "x_test.go",)


def test_the_environment_is_the_one_given(go: Path, tmp_path: Path) -> None:
    """Another GOOS has other files."""
    root = tree(tmp_path, {"x_windows_test.go": "package m\n"})

    (package,) = list_packages(go, root, ["."], environ={**ENVIRON, "GOOS": "windows"})

    assert package.test_files == (tmp_path / "x_windows_test.go",)


def test_paths_are_spelled_as_the_root_is(go: Path, tmp_path: Path) -> None:
    """Also where a symbolic link leads to the module."""
    tree(tmp_path / "real", {"x_test.go": "package m\n"})
    (tmp_path / "link").symlink_to("real")
    link = tmp_path / "link"

    (package,) = list_packages(go, ModuleRoot(link, "module", (link,)), ["./..."], environ=ENVIRON)

    assert package.test_files == (link / "x_test.go",)


def test_what_is_wrong_with_a_package_is_in_its_error(go: Path, tmp_path: Path) -> None:
    """Go's words with their position; the other packages are listed all the same."""
    root = tree(
        tmp_path,
        {
            "good/x_test.go": "package good\n",
            "header/x_test.go": 'package header\nimport (\n\t"testing\n)\n',
            "names/a.go": "package a\n",
            "names/b_test.go": "package b\n",
            "empty/x_test.go": "",
        },
    )

    found = errors(list_packages(go, root, ["./..."], environ=ENVIRON))

    assert found == {
        "example.com/m/empty": "empty/x_test.go:1:1: expected 'package', found 'EOF'",
        "example.com/m/good": None,
        "example.com/m/header": "header/x_test.go:3:2: string literal not terminated",
        "example.com/m/names": f"found packages a (a.go) and b (b_test.go) in {tmp_path}/names",
    }


def test_an_import_that_is_missing_is_left_to_the_build(go: Path, tmp_path: Path) -> None:
    """Listing needs neither the network nor a module cache."""
    root = tree(
        tmp_path, {"x_test.go": 'package m\nimport _ "example.com/nowhere"\nimport _ "nowhere"\n'}
    )

    assert errors(list_packages(go, root, ["./..."], environ=ENVIRON)) == {"example.com/m": None}


def test_an_excluded_package_is_an_error_only_where_it_is_named(go: Path, tmp_path: Path) -> None:
    """As with `go test`: `./...` leaves it out, `./p` fails."""
    root = tree(tmp_path, {"p/x_test.go": "//go:build never\n\npackage p\n"})

    (named,) = list_packages(go, root, ["./p"], environ=ENVIRON)

    assert list_packages(go, root, ["./..."], environ=ENVIRON) == ()
    assert named.import_path == "example.com/m/p"
    assert named.ignored_files == (tmp_path / "p" / "x_test.go",)
    assert named.error == f"build constraints exclude all Go files in {tmp_path}/p"


@pytest.mark.parametrize(
    ("name", "error"),
    [("docs", "no Go files in {}/docs"), ("gone", "stat {}/gone: directory not found")],
)
def test_a_named_directory_without_a_package_is_an_error(
    go: Path, tmp_path: Path, name: str, error: str
) -> None:
    """It stays visible beside the packages that are there."""
    root = tree(tmp_path, {"x_test.go": "package m\n", "docs/README": ""})

    packages = list_packages(go, root, [".", f"./{name}"], environ=ENVIRON)

    assert errors(packages) == {"example.com/m": None, f"./{name}": error.format(tmp_path)}
    assert packages[1].dir == tmp_path / name


def test_a_module_without_packages_is_an_empty_list(go: Path, tmp_path: Path) -> None:
    """Go warns about a pattern that matches none, and so does not fail."""
    assert list_packages(go, tree(tmp_path, {}), ["./..."], environ=ENVIRON) == ()


def test_a_workspace_is_listed_at_once(go: Path, tmp_path: Path) -> None:
    """With the patterns of its root, also for modules outside of its directory."""
    for name in ("w/a", "outside"):
        tree(
            tmp_path / name, {"go.mod": f"module example.com/{name}\n", "x_test.go": "package m\n"}
        )
    (tmp_path / "w" / "go.work").write_text("go 1.21\nuse ./a\nuse ../outside\n")
    (root,) = find_module_roots(tmp_path / "w", ENVIRON, nested=False)

    packages = list_packages(go, root, root.patterns, environ=ENVIRON)

    assert [(package.module, package.dir) for package in packages] == [
        ("example.com/w/a", tmp_path / "w" / "a"),
        ("example.com/outside", tmp_path / "outside"),
    ]


def test_a_module_that_its_workspace_does_not_list_can_be_listed(go: Path, tmp_path: Path) -> None:
    """The root's own variables are put on top of the session's."""
    (tmp_path / "go.work").write_text("go 1.21\n")
    root = tree(tmp_path / "b", {"x_test.go": "package m\n"})

    packages = list_packages(go, root, root.patterns, environ=ENVIRON)

    assert [package.import_path for package in packages] == ["example.com/m"]


@pytest.mark.parametrize(
    ("files", "environ", "said", "remedy"),
    [
        pytest.param(
            {"go.mod": "modul x\n"}, {}, "unknown directive: modul", "correct go.mod", id="go.mod"
        ),
        pytest.param(
            {"go.work": "go 1.21\nuse ./gone\n", "p/go.mod": "module p\n"},
            {},
            "gone",
            "correct go.work",
            id="go.work",
        ),
        pytest.param(
            {"go.mod": "module x\ngo 1.999\n"},
            {},
            "requires go >= 1.999",
            "install that Go",
            id="toolchain",
        ),
        pytest.param(
            {}, {"GOFLAGS": "-nonsense"}, "unknown flag -nonsense", "correct GOFLAGS", id="flags"
        ),
        pytest.param(
            {
                "go.mod": "module x\ngo 1.21\nrequire example.com/y v1.0.0\n",
                "vendor/modules.txt": "",
            },
            {},
            "inconsistent vendoring",
            "run `go mod vendor`",
            id="vendor",
        ),
        pytest.param(
            {}, {"GO111MODULE": "x"}, "environment setting GO111MODULE", "run that", id="other"
        ),
    ],
)
def test_a_failure_of_go_says_what_was_run_what_happened_and_what_to_do(
    go: Path,
    tmp_path: Path,
    files: dict[str, str],
    environ: dict[str, str],
    said: str,
    remedy: str,
) -> None:
    """One paragraph, with go's own words in it."""
    files = {"go.mod": "module x\n\ngo 1.21\n", "x_test.go": "package m\n", **files}
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    root = ModuleRoot(tmp_path, "module", (tmp_path,))

    with pytest.raises(DiscoveryError) as caught:
        list_packages(go, root, ["./..."], environ={**ENVIRON, **environ})

    message = str(caught.value)
    assert message.startswith(f"cannot list the packages in {tmp_path}: ")
    assert "list -e -find" in message
    assert said in message
    assert f"What to do: {remedy}" in message
    assert message.count("\n") == len(["what to do", "what was tried"])


def test_a_pattern_that_go_gives_up_on_is_a_failure(go: Path, tmp_path: Path) -> None:
    """`go list -e` exits with 0 then, but what it left out is unknown."""
    root = tree(tmp_path / "m", {"x_test.go": "package m\n"})

    with pytest.raises(DiscoveryError, match=r"lstat ./gone/: no such file"):
        list_packages(go, root, ["./...", "./gone/..."], environ=ENVIRON)


def test_a_directory_without_a_module_is_a_failure(go: Path, tmp_path: Path) -> None:
    """Go says so as an error of the pattern."""
    root = ModuleRoot(tmp_path, "module", (tmp_path,))

    with pytest.raises(DiscoveryError, match=r"(?s)does not contain main module.*go mod init"):
        list_packages(go, root, ["./..."], environ=ENVIRON)


def test_a_module_that_the_workspace_does_not_list_is_a_failure(go: Path, tmp_path: Path) -> None:
    """Where nobody set GOWORK=off for it."""
    tree(tmp_path / "b", {"x_test.go": "package m\n"})
    (tmp_path / "go.work").write_text("go 1.21\n")
    root = ModuleRoot(tmp_path / "b", "module", (tmp_path / "b",))

    with pytest.raises(DiscoveryError, match=r"(?s)modules listed in go.work.*go work use DIR"):
        list_packages(go, root, ["./..."], environ=ENVIRON)


def test_a_go_that_cannot_be_started_is_a_failure(tmp_path: Path) -> None:
    """The path that was tried is in the message."""
    root = ModuleRoot(tmp_path, "module", (tmp_path,))

    with pytest.raises(DiscoveryError, match=r"(?s)could not be started.*Tried: /nowhere/go list "):
        list_packages(Path("/nowhere/go"), root, ["./..."], environ=ENVIRON)


def test_a_go_that_prints_nonsense_is_a_failure(tmp_path: Path) -> None:
    """A wrapper script that prints a greeting, for example."""
    wrapper = tmp_path / "go"
    wrapper.write_text("#!/bin/sh\necho Hello\n")
    wrapper.chmod(0o755)
    root = ModuleRoot(tmp_path, "module", (tmp_path,))

    with pytest.raises(DiscoveryError, match="printed no valid JSON"):
        list_packages(wrapper, root, ["./..."], environ=ENVIRON)
