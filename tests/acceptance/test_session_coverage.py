"""--wslgo-coverprofile equals Go's own profile."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from go_project import errors, output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from go_project import GoProject

COVER = "--wslgo-cover=on"


@pytest.fixture
def covered(project: GoProject) -> GoProject:
    """Three packages: one half tested, one tested by its own and another's test, one untested."""
    half = (
        "func Half(b bool) int {\n\tif b {\n\t\tx := 1\n\t\tx++\n\t\treturn x\n\t}\n\treturn 2\n}\n"
    )
    project.write(
        {
            "p/p.go": f"package p\n\n{half}",
            "p/p_test.go": """
                package p

                import "testing"

                func TestTrue(t *testing.T) { Half(true) }

                func TestFalse(t *testing.T) { Half(false) }
            """,
            "q/q.go": f'package q\n\nimport "example.com/m/p"\n\n{half}\nvar Use = p.Half\n',
            "q/q_test.go": """
                package q

                import "testing"

                func TestHalf(t *testing.T) { Half(Use(true) == 1) }
            """,
            "untested/u.go": f"package untested\n\n{half}",
        }
    )
    return project


def go(directory: Path, *arguments: str) -> str:
    """What a go command prints."""
    environ = {name: value for name, value in os.environ.items() if name != "GOFLAGS"}
    return subprocess.run(
        ["go", *arguments], cwd=directory, check=True, capture_output=True, text=True, env=environ
    ).stdout


def functions(directory: Path, profile: str) -> list[str]:
    """What `go tool cover -func` makes of a profile; its last line is the total."""
    return go(directory, "tool", "cover", f"-func={profile}").splitlines()


def blocks(file: Path) -> list[str]:
    """A profile's lines, sorted."""
    return sorted(file.read_text().splitlines()[1:])


@pytest.mark.parametrize(
    ("pytest_arguments", "go_arguments"),
    [
        ([], ["./..."]),
        (["p"], ["./p"]),
        (["p", "q"], ["./p", "./q"]),
        (["p/p_test.go::TestTrue"], ["-run=^TestTrue$", "./p"]),
        (["-k", "TestTrue"], ["-run=^TestTrue$", "./p"]),
        (["--wslgo-args=-coverpkg=./..."], ["-coverpkg=./...", "./..."]),
    ],
)
def test_equal_to_go(
    covered: GoProject, pytest_arguments: Sequence[str], go_arguments: Sequence[str]
) -> None:
    """The profile equals that of `go test`, untested packages and partial selections included."""
    flags = ("-covermode=atomic", "-coverprofile=theirs")
    go(covered.path, "test", *flags, *go_arguments)

    result = covered.run(COVER, "--wslgo-coverprofile=ours", *pytest_arguments)

    assert result.ret == 0
    assert functions(covered.path, "ours") == functions(covered.path, "theirs")
    if not any("coverpkg" in each for each in go_arguments):
        assert blocks(covered.path / "ours") == blocks(covered.path / "theirs")


def test_with_race(covered: GoProject) -> None:
    """With the race detector, too, the total is Go's."""
    result = covered.run(COVER, "--wslgo-race=auto", "--wslgo-coverprofile=ours", "p")
    if "race on" not in output(result):
        pytest.skip("the race detector does not work here")
    go(covered.path, "test", "-covermode=atomic", "-coverprofile=theirs", "./p")

    assert functions(covered.path, "ours") == functions(covered.path, "theirs")


def test_total_in_the_summary(covered: GoProject) -> None:
    """The summary says the total that `go tool cover` says, and the file."""
    result = covered.run(COVER, "--wslgo-coverprofile=ours")

    total = functions(covered.path, "ours")[-1].split()[-1]
    assert f"coverage: {total} of statements ({covered.path / 'ours'})" in output(result)


def test_no_total_without_coverage(covered: GoProject) -> None:
    """With --wslgo-cover=off there is no figure and no profile, and the summary says that."""
    result = covered.run("--wslgo-coverprofile=ours")

    assert f"coverage is off: {covered.path / 'ours'} was not written" in output(result)
    assert "of statements" not in output(result)
    assert not (covered.path / "ours").exists()


def test_several_modules(project: GoProject) -> None:
    """The profiles of several modules are one file."""
    for name in ("one", "two"):
        project.write(
            {
                f"{name}/go.mod": f"module example.com/{name}\n\ngo 1.21\n",
                f"{name}/x.go": f"package {name}\n\nfunc X() int {{ return 1 }}\n",
                f"{name}/x_test.go": f"""
                    package {name}

                    import "testing"

                    func TestX(t *testing.T) {{ X() }}
                """,
            },
            go_mod="",
        )

    result = project.run(COVER, "--wslgo-coverprofile=ours")

    assert result.ret == 0
    assert blocks(project.path / "ours") == [
        "example.com/one/x.go:3.14,3.26 1 1",
        "example.com/two/x.go:3.14,3.26 1 1",
    ]
    assert "coverage: 100.0% of statements" in output(result)


def test_several_processes(covered: GoProject) -> None:
    """Tests of one package under different fixtures are several processes: counts are added up."""
    covered.write(
        {
            "p/p_test.go": """
                package p

                import "testing"

                //wslgo:usefixtures database
                func TestTrue(t *testing.T) { Half(true) }

                func TestFalse(t *testing.T) { Half(false) }
            """,
            "conftest.py": """
                import pytest

                @pytest.fixture(scope="session")
                def database(): pass
            """,
        }
    )
    go(covered.path, "test", "-covermode=atomic", "-coverprofile=theirs", "./p")

    result = covered.run(COVER, "--wslgo-coverprofile=ours", "--wslgo-journal=j", "p")

    result.assert_outcomes(passed=2)
    assert len(covered.processes(covered.path / "j")) == 2
    assert blocks(covered.path / "ours") == blocks(covered.path / "theirs")


def test_new_directory(covered: GoProject) -> None:
    """The directory of the file is made."""
    result = covered.run(COVER, "--wslgo-coverprofile=out/deep/c.out", "p")

    assert result.ret == 0
    assert (covered.path / "out/deep/c.out").exists()


def test_relative_to_the_invocation(covered: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative file is relative to where pytest was started."""
    covered.write({"pytest.ini": "[pytest]\n"})
    monkeypatch.chdir(covered.path / "p")

    covered.run(COVER, "--wslgo-coverprofile=c.out")

    assert (covered.path / "p/c.out").exists()


@pytest.mark.parametrize("file", ["blocked/c.out", "p"])
def test_unwritable(covered: GoProject, file: str) -> None:
    """A file that cannot be written is said in one paragraph, and the session fails."""
    covered.write({"blocked": "a file, not a directory"})

    result = covered.run(COVER, f"--wslgo-coverprofile={file}", "p")

    assert result.ret == 1
    result.assert_outcomes(passed=2, errors=1)
    text = re.sub(r"\s+", " ", output(result))
    assert f"cannot write the merged cover profile {covered.path / file}" in text
    assert "--wslgo-coverprofile" in text
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text


def test_failing_test(covered: GoProject) -> None:
    """A package with a failing test is in the profile all the same, as with Go."""
    covered.write(
        {
            "p/f_test.go": """
                package p

                import "testing"

                func TestFails(t *testing.T) { t.Fail() }
            """
        }
    )

    result = covered.run(COVER, "--wslgo-coverprofile=ours", "p")

    assert result.ret == 1
    assert functions(covered.path, "ours")[-1].split()[-1] == "100.0%"


def test_pytest_cov(covered: GoProject) -> None:
    """Python's own coverage beside it is not disturbed."""
    covered.write({"test_p.py": "def test_python(): pass"})

    result = covered.run(COVER, "--cov=.", "--cov-report=term", alone=True)

    assert result.ret == 0
    assert errors(result) == []
    assert re.search(r"^test_p\.py +\d+ +0 +100%", output(result), re.MULTILINE)
