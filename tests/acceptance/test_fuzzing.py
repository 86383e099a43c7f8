"""Fuzz targets: their failing inputs, and --wslgo-fuzz.

Fuzzing is limited by a number of runs, not by time: so it ends alike on a slow machine.
"""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from go_project import output
from stage import eventually

from pytest_wslgo.__main__ import main

if TYPE_CHECKING:
    from go_project import GoProject
    from stage import Stage

SEEDS = """
    package parse

    import "testing"

    func FuzzParse(f *testing.F) {
        f.Add(1)
        f.Add(2)
        f.Fuzz(func(t *testing.T, n int) {
            if n == 2 || n == 42 {
                t.Fatalf("cannot parse %d", n)
            }
        })
    }
"""
ANSWER = "go test fuzz v1\nint(42)\n"

GOOD = """
    package good

    import "testing"

    func TestA(t *testing.T) {}

    func FuzzGood(f *testing.F) {
        f.Add(1)
        f.Fuzz(func(t *testing.T, n int) {})
    }

    func FuzzOther(f *testing.F) {
        f.Fuzz(func(t *testing.T, n int) {})
    }
"""

BAD = """
    package bad

    import "testing"

    func FuzzBad(f *testing.F) {
        f.Add(1)
        f.Fuzz(func(t *testing.T, n int) {
            if n != 1 {
                t.Fatalf("not one: %d", n)
            }
        })
    }

    func TestA(t *testing.T) {}
"""


def _corpus(project: GoProject, target: str) -> list[str]:
    return [file.name for file in project.path.glob(f"**/testdata/fuzz/{target}/*")]


def test_failing_seeds_without_fuzzing(project: GoProject) -> None:
    """A failure names its inputs, shows a file's content, and how each is run again."""
    project.write(
        {"parse/p_test.go": SEEDS, "parse/testdata/fuzz/FuzzParse/771e938e4458e983": ANSWER}
    )

    result = project.run()

    result.assert_outcomes(failed=3)  # with the two subtests
    result.stdout.fnmatch_lines(
        [
            "input: seed #1, the second f.Add",
            "input: parse/testdata/fuzz/FuzzParse/771e938e4458e983",
            "    go test fuzz v1",
            "    int(42)",
            "rerun: pytest --wslgo parse/p_test.go::FuzzParse",
            "rerun: go test -run='^FuzzParse$/^seed#1$' ./parse",
            "rerun: go test -run='^FuzzParse$/^771e938e4458e983$' ./parse",
        ],
        consecutive=True,
    )


@pytest.mark.parametrize("go_mod", ["", "module example.com/in\n\ngo 1.21\n"])
def test_the_rerun_commands_do_what_they_say(project: GoProject, go_mod: str) -> None:
    """The `go test` command fails with that input alone, in a nested module, too."""
    files = {"in/parse/p_test.go": SEEDS, "in/parse/testdata/fuzz/FuzzParse/a.b": ANSWER}
    project.write({**files, **({"in/go.mod": go_mod} if go_mod else {})}, go_mod="")
    if not go_mod:
        project.write({"go.mod": "module example.com/m\n\ngo 1.21\n"})

    result = project.run("--rootdir=.")

    commands = [line for line in result.outlines if line.startswith("rerun: go test")]
    done = subprocess.run(
        commands[-1].removeprefix("rerun: ") + " -v",
        shell=True,
        cwd=project.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "--- FAIL: FuzzParse/a.b" in done.stdout
    assert "seed#1" not in done.stdout


def test_a_seed_that_ends_the_test_binary(project: GoProject) -> None:
    """os.Exit in the target: the input is named, though no message is there."""
    project.write(
        {"parse/p_test.go": SEEDS.replace('t.Fatalf("cannot parse %d", n)', "os.Exit(3)")}
    )
    file = project.path / "parse" / "p_test.go"
    file.write_text(file.read_text().replace('import "testing"', 'import (\n"os"\n"testing"\n)'))

    result = project.run()

    result.stdout.fnmatch_lines(["input: seed #1, the second f.Add"])


def test_passed_targets(project: GoProject) -> None:
    """Each target is fuzzed in a process of its own, the rest runs without it; figures are told."""
    project.write({"good/p_test.go": GOOD})

    result = project.run("--wslgo-fuzz=500x", "--wslgo-journal=j", "-rA", "--junitxml=j.xml")

    assert result.ret == 0
    result.assert_outcomes(passed=3)
    processes = project.processes(project.path / "j")
    assert [process["selected"] for process in processes] == [
        {"example.com/m/good": ["TestA"]},
        {"example.com/m/good": ["FuzzGood"]},
        {"example.com/m/good": ["FuzzOther"]},
    ]
    assert [[w for w in p["argv"] if "-fuzz" in w] for p in processes] == [
        [],
        ["-fuzztime=500x", "-fuzz=^(FuzzGood)$"],
        ["-fuzztime=500x", "-fuzz=^(FuzzOther)$"],
    ]
    text = output(result)
    assert "execs: 500 (" in text
    assert "gathering baseline coverage" not in text
    junit = (project.path / "j.xml").read_text()
    assert junit.count('<property name="fuzz execs" value="500" />') == 2
    assert junit.count('<property name="fuzz new interesting" value="') == 2


def test_only_selected_targets_are_fuzzed(project: GoProject) -> None:
    """A node ID selects one target: one process, and nothing else runs."""
    project.write({"good/p_test.go": GOOD})

    result = project.run("--wslgo-fuzz=50x", "--wslgo-journal=j", "good/p_test.go::FuzzGood")

    result.assert_outcomes(passed=1)
    [process] = project.processes(project.path / "j")
    assert process["selected"] == {"example.com/m/good": ["FuzzGood"]}


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "workers"])
def test_a_new_failing_input(project: GoProject, workers: tuple[str, ...]) -> None:
    """The file that Go saved, its content, the headline without progress, the rerun lines."""
    project.write({"bad/p_test.go": BAD, "good/p_test.go": GOOD})

    result = project.run("--wslgo-fuzz=1000x", *workers, alone=bool(workers))

    assert result.ret == 1
    result.assert_outcomes(passed=4, failed=1)
    [name] = _corpus(project, "FuzzBad")
    content = (project.path / "bad/testdata/fuzz/FuzzBad" / name).read_text().splitlines()
    value = content[1].removeprefix("int(").removesuffix(")")
    result.stdout.fnmatch_lines(
        [
            f"    bad/p_test.go:9: not one: {value}",
            f"input: bad/testdata/fuzz/FuzzBad/{name} (new: commit it to keep it as a seed)",
            "    go test fuzz v1",
            f"    int({value})",
            "rerun: pytest --wslgo bad/p_test.go::FuzzBad",
            f"rerun: go test -run='^FuzzBad$/^{name}$' ./bad",
        ],
        consecutive=True,
    )
    result.stdout.fnmatch_lines([f"FAILED bad/p_test.go::FuzzBad - not one: {value}"])
    assert "To re-run" not in output(result)


def test_the_report_of_a_journal(project: GoProject, capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m pytest_wslgo report` names the input as well."""
    project.write({"bad/p_test.go": BAD})
    project.run("--wslgo-fuzz=1000x", "--wslgo-journal=j")
    [name] = _corpus(project, "FuzzBad")
    capsys.readouterr()

    main(["report", str(project.path / "j")])

    assert f"input: bad/testdata/fuzz/FuzzBad/{name} (new" in capsys.readouterr().out


def test_a_failing_seed_while_fuzzing(project: GoProject) -> None:
    """Fuzzing does not begin; the failure names the seed, and a panic its place."""
    project.write(
        {
            "parse/p_test.go": SEEDS.replace('t.Fatalf("cannot parse %d", n)', 'panic("two")'),
        }
    )

    result = project.run("--wslgo-fuzz=1000x")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "input: seed #1, the second f.Add",
            "rerun: pytest --wslgo parse/p_test.go::FuzzParse",
            "FAILED parse/p_test.go::FuzzParse - panic: two",
        ]
    )
    assert not _corpus(project, "FuzzParse")


def test_an_input_that_ends_the_worker(project: GoProject) -> None:
    """os.Exit in a worker: Go's words are the headline, and the input is saved."""
    text = BAD.replace('t.Fatalf("not one: %d", n)', "os.Exit(1)")
    project.write({"bad/p_test.go": text.replace('import "testing"', 'import ("os"; "testing")')})

    result = project.run("--wslgo-fuzz=1000x", "-k", "FuzzBad")

    result.assert_outcomes(failed=1)
    text = output(result)
    assert "FuzzBad - fuzzing process hung or terminated unexpected" in text
    assert f"input: bad/testdata/fuzz/FuzzBad/{_corpus(project, 'FuzzBad')[0]}" in text


def test_a_fault_of_the_fuzzing_process(project: GoProject) -> None:
    """TestMain ends each of the package's processes with 3: what two of them tell is told once."""
    project.write(
        {
            "good/p_test.go": GOOD,
            "good/main_test.go": """
                package good

                import (
                    "os"
                    "testing"
                )

                func TestMain(m *testing.M) { m.Run(); os.Exit(3) }
            """,
        }
    )

    result = project.run("--wslgo-fuzz=50x")

    assert result.ret == 1
    result.assert_outcomes(passed=3, errors=1)
    assert output(result).count("with exit status 3 after its tests (os.Exit in TestMain?)\n") == 1


def test_under_a_function_scoped_fixture(project: GoProject) -> None:
    """A target with a run of its own is fuzzed in that."""
    project.write(
        {
            "good/p_test.go": GOOD.replace(
                "func FuzzGood", "//wslgo:usefixtures up\nfunc FuzzGood"
            ),
            "conftest.py": """
                import pytest

                @pytest.fixture
                def up(): return 1
            """,
        }
    )

    result = project.run("--wslgo-fuzz=50x", "--wslgo-journal=j", "-rA")

    result.assert_outcomes(passed=3)
    fuzzed = [
        names
        for process in project.processes(project.path / "j")
        if any(word.startswith("-fuzz=") for word in process["argv"])
        for names in process["selected"].values()
    ]
    assert sorted(fuzzed) == [["FuzzGood"], ["FuzzOther"]]


def test_with_coverage_and_count(project: GoProject) -> None:
    """Go refuses a profile while fuzzing: the other tests have theirs; -count repeats only them."""
    project.write(
        {
            "good/g.go": "package good\n\nfunc One() int { return 1 }\n",
            "good/p_test.go": GOOD.replace("func TestA(t *testing.T) {}", TWICE),
        }
    )

    result = project.run(
        "--wslgo-fuzz=50x",
        "--wslgo-cover=on",
        "--wslgo-count=2",
        "--wslgo-args=-coverpkg=./...",
        "-rA",
    )

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["coverage: 100.0% of statements"])
    assert output(result).count("execs: 50 (") == 2


TWICE = "func TestA(t *testing.T) { One() }"


def test_a_target_that_is_not_fuzzed(project: GoProject) -> None:
    """Go passes a target that came no further than its seeds: the summary says so."""
    project.write({"good/p_test.go": GOOD})

    result = project.run("--wslgo-fuzz=1x", "-k", "FuzzGood")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["example.com/m/good.FuzzGood: fuzzing came no further than its*"])


def test_signal_while_fuzzing(stage: Stage) -> None:
    """Ctrl-C while a target is fuzzed without end: what was finished is told, nothing is left."""
    stage.go("a", TestA="")
    stage.write(
        {
            "b_test.go": """
                package m

                import "testing"

                func FuzzLong(f *testing.F) {
                    f.Add(1)
                    f.Fuzz(func(t *testing.T, n int) {})
                }
            """
        }
    )
    session = stage.start("--wslgo-fuzz=1h")
    eventually(lambda: "now fuzzing with" in stage.journal())
    eventually(lambda: stage.outcomes() == {"a_test.go::TestA": "passed"})
    session.signal(signal.SIGINT)

    result = session.end()

    assert result.ret == 2
    assert stage.outcomes() == {"a_test.go::TestA": "passed"}
    stage.assert_clean()


def test_exitfirst_before_fuzzing(stage: Stage) -> None:
    """-x and a test that fails: a target that is being fuzzed is ended."""
    stage.gate("fuzzing")
    stage.write(
        {
            "b_test.go": """
                package m

                import "testing"

                func FuzzLong(f *testing.F) {
                    f.Fuzz(func(t *testing.T, n int) {})
                }
            """,
            "test_0.py": """
                from stage_side import wait

                def test_python():
                    wait("fuzzing")
                    assert False
            """,
        }
    )
    session = stage.start("--wslgo-fuzz=1h", "-x", "test_0.py", "b_test.go")
    eventually(lambda: "fuzz: elapsed: " in stage.journal())
    stage.open("fuzzing")

    assert session.end().ret == 1
    assert stage.outcomes() == {"test_0.py::test_python": "failed"}
    stage.assert_clean()


@pytest.mark.parametrize("value", ["0", "0x", "10", "soon", "-1s"])
def test_values_that_cannot_be_used(project: GoProject, value: str) -> None:
    """What Go would refuse is refused at once, and what it takes is said."""
    project.write_noting("", "TestA")

    result = project.run(f"--wslgo-fuzz={value}")

    assert result.ret == 4
    assert f"--wslgo-fuzz={value}: give a Go duration such as 30s" in output(result)
    assert project.executed() == []


def test_the_flag_of_go(project: GoProject) -> None:
    """-fuzz in --wslgo-args points to the option."""
    project.write_noting("", "TestA")

    result = project.run("--wslgo-args=-fuzz=FuzzX")

    assert result.ret == 4
    assert "use --wslgo-fuzz=DURATION" in output(result)
