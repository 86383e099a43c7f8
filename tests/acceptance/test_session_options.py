"""Options: on the command line, in the configuration file, good and bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from go_project import errors, output

if TYPE_CHECKING:
    from go_project import GoProject

FLAG_TEST = """
    package m

    import (
        "flag"
        "testing"
    )

    var word = flag.String("word", "", "a flag of the test binary")

    func TestWord(t *testing.T) {
        if *word != "hello there" {
            t.Fatalf("word is %q", *word)
        }
    }
"""


def ini(**options: str) -> dict[str, str]:
    """A pytest.ini with these options."""
    return {"pytest.ini": "[pytest]\n" + "".join(f"{k} = {v}\n" for k, v in options.items())}


def test_on_by_ini(project: GoProject) -> None:
    """``wslgo = true`` in the configuration file is --wslgo."""
    project.write_noting("", "TestA")
    project.write(ini(wslgo="true", wslgo_race="off", wslgo_cover="off"))

    result = project.run(off=True)

    result.assert_outcomes(passed=1)
    assert project.executed() == ["m.TestA"]


def test_value_by_ini(project: GoProject) -> None:
    """An option's value stands in the configuration file under its name with underscores."""
    project.write_noting("", "TestA")
    project.write(ini(wslgo_short="true", wslgo_jobs="3", wslgo_parallel="2"))

    project.run("--wslgo-journal=j", "--wslgo-timeout=1h")

    [process] = project.processes(project.path / "j")
    assert {"-short", "-p=3", "-parallel=2", "-timeout=1h"} <= set(process["argv"])


def test_command_line_wins(project: GoProject) -> None:
    """An option on the command line wins over the configuration file."""
    project.write_noting("", "TestA")
    project.write(ini(wslgo_jobs="3"))

    project.run("--wslgo-journal=j", "--wslgo-jobs=5")

    [process] = project.processes(project.path / "j")
    assert "-p=5" in process["argv"]
    assert "-p=3" not in process["argv"]


@pytest.mark.parametrize(
    ("option", "advice"),
    [
        ("race=maybe", "choose one of auto, on, off"),
        ("cover=yes", "choose one of on, off"),
        ("count=0", "give a whole number from 1 up"),
        ("count=two", "give a whole number from 1 up"),
        ("jobs=-1", "give a whole number from 1 up"),
        ("parallel=1.5", "give a whole number from 1 up"),
        ("deadline=10", "give a Go duration such as 90s, 10m or 1h30m; 0 means no limit"),
        ("timeout=10", "give a Go duration such as 90s, 10m or 1h30m; 0 means no limit"),
        ("shuffle=yes", "choose on, off or a whole number as the seed"),
        ("args='-vet", "No closing quotation"),
    ],
)
def test_bad_value(project: GoProject, option: str, advice: str) -> None:
    """A value that cannot be used is one line that names the option and says what fits."""
    project.write_noting("", "TestA")

    result = project.run(f"--wslgo-{option}")

    assert result.ret == 4
    assert errors(result) == [f"--wslgo-{option}: {advice}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("short", "perhaps"),
        ("bench", "perhaps"),
        ("count", "two"),
        ("timeout", "soon"),
        ("deadline", "soon"),
    ],
)
def test_bad_value_in_ini(project: GoProject, name: str, value: str) -> None:
    """A bad value in the configuration file is called by its name there."""
    project.write_noting("", "TestA")
    project.write(ini(**{f"wslgo_{name}": value}))

    result = project.run()

    assert result.ret == 4
    [line] = errors(result)
    assert line.startswith(f"wslgo_{name}")
    assert value in line
    assert ": choose one of true, false" in line or ": give a " in line


def test_empty_value_in_ini(project: GoProject) -> None:
    """An option left empty in the configuration file is as if it were not there."""
    project.write_noting("", "TestA")
    project.write(ini(wslgo_shuffle="", wslgo_timeout="", wslgo_tags=""))

    result = project.run()

    result.assert_outcomes(passed=1)


def test_binary_flags(project: GoProject) -> None:
    """What follows -args reaches the test binary, quoted words whole."""
    project.write({"a_test.go": FLAG_TEST})

    result = project.run("--wslgo-args=-args -word='hello there'")

    result.assert_outcomes(passed=1)


def test_vet_off(project: GoProject) -> None:
    """-vet=off passes down: a package that vet refuses runs."""
    project.write(
        {
            "a_test.go": """
                package m

                import (
                    "fmt"
                    "testing"
                )

                func TestA(t *testing.T) { _ = fmt.Sprintf("%d", "text") }
            """
        }
    )

    refused = project.run()
    result = project.run("--wslgo-args=-vet=off")

    refused.assert_outcomes(errors=1)
    result.assert_outcomes(passed=1)


def test_failfast(project: GoProject) -> None:
    """-failfast passes down; the tests that Go leaves out then did not run, and are not green."""
    project.write_noting("", "TestOneFails", "TestTwo")

    result = project.run("--wslgo-args=-failfast")

    assert project.executed() == ["m.TestOneFails"]
    assert result.ret == 1
    result.assert_outcomes(failed=1, errors=1)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("-json", "it is on"),
        ("-run TestA", "use -k or node IDs"),
        ("-o x", "Go writes it for one package only"),
        ("--count=2", "use --wslgo-count"),
        ("-test.v", "it is on"),
        ("-badflag ./p", "does not know it and would take the next package for its value"),
        ("-vet", "its value is missing"),
        ("./p", "packages are chosen by pytest's own arguments"),
        ("-", "packages are chosen by pytest's own arguments"),
        ("-args -test.v=false", "would break the events"),
        ("-args --test.run=X", "would break the events"),
    ],
)
def test_refused(project: GoProject, words: str, reason: str) -> None:
    """A flag that would break the run is refused with the reason, in one line."""
    project.write_noting("", "TestA")

    result = project.run(f"--wslgo-args={words}")

    assert result.ret == 4
    [line] = errors(result)
    assert line.startswith("--wslgo-args: ")
    assert reason in line
    assert project.executed() == []


def test_refused_while_collecting(project: GoProject) -> None:
    """A bad flag is said before anything is collected, also with --collect-only."""
    project.write_noting("", "TestA")

    result = project.run("--collect-only", "--wslgo-args=-json")

    assert result.ret == 4
    assert "collected" not in output(result)


def test_help(project: GoProject) -> None:
    """--help names each option, and its name in the configuration file."""
    result = project.run("--help", off=True)

    text = result.stdout.str()
    for name in ("race", "cover", "coverprofile", "tags", "args", "journal", "bench", "go"):
        assert f"--wslgo-{name}" in text
        assert f"wslgo_{name}" in text


def test_toml_types(project: GoProject) -> None:
    """In pytest's own TOML table booleans and numbers are written as such."""
    project.write_noting("", "TestA")
    project.write(
        {"pytest.toml": "[pytest]\nwslgo = true\nwslgo_short = true\nwslgo_count = 2\n"}, go_mod=""
    )

    result = project.run(off=True)

    result.assert_outcomes(passed=1)
    assert project.executed() == ["m.TestA", "m.TestA"]
