"""What benchmarks measured, in the summary, in JUnit and in the report of a journal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from go_project import output

from pytest_wslgo.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    from go_project import GoProject

SUM = """
    package {name}

    import "testing"

    func TestA(t *testing.T) {{}}

    func BenchmarkSum(b *testing.B) {{
        b.ReportAllocs()
        for i := 0; i < b.N; i++ {{
        }}
    }}

    func BenchmarkTable(b *testing.B) {{
        for _, name := range []string{{"one two", "n-2", "n-2"}} {{
            b.Run(name, func(b *testing.B) {{
                b.SetBytes(8)
                b.ReportMetric(2.5, "items/op")
            }})
        }}
    }}
"""
FIXED = ("--wslgo-bench", "--wslgo-args=-benchtime=10x -cpu=2")
LINE = re.compile(r"(Benchmark\S+) *\t +(\d+)\t.* ns/op")


def _block(lines: list[str]) -> list[str]:
    """The lines of the summary's section up to what is no benchmark's."""
    start = next(i for i, line in enumerate(lines) if "Go tests (wslgo)" in line) + 1
    known = ("goos: ", "goarch: ", "pkg: ", "cpu: ", "Benchmark")
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith(known)), None)
    return lines[start:end]


def _names(lines: list[str]) -> list[str]:
    return [match[1] for line in lines if (match := LINE.match(line)) is not None]


def _properties(file: Path) -> dict[str, list[tuple[str | None, str | None]]]:
    return {
        f"{case.get('classname')}.{case.get('name')}": [
            (each.get("name"), each.get("value")) for each in case.iter("property")
        ]
        for case in ET.parse(file).iter("testcase")
    }


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "workers"])
def test_summary(project: GoProject, workers: tuple[str, ...]) -> None:
    """Without -rA the summary has each package's lines as `go test -bench` prints them."""
    project.write({"p/p_test.go": SUM.format(name="p"), "q/q_test.go": SUM.format(name="q")})

    result = project.run(*FIXED, *workers, alone=bool(workers))

    assert result.ret == 0
    block = _block(result.outlines)
    labels = [line.partition(": ")[0] for line in block if not line.startswith("Benchmark")]
    assert labels in (["goos", "goarch", "pkg"] * 2, ["goos", "goarch", "pkg", "cpu"] * 2)
    assert sorted(line for line in block if line.startswith("pkg")) == [
        "pkg: example.com/m/p",
        "pkg: example.com/m/q",
    ]
    names = [
        "BenchmarkSum-2",
        "BenchmarkTable/one_two-2",
        "BenchmarkTable/n-2-2",
        "BenchmarkTable/n-2#01-2",
    ]
    assert _names(block) == names * 2
    assert len({line.index("\t") for line in block if "\t" in line}) == 1
    # How much is not fixed: the runtime's own goroutines allocate now and then.
    assert any(re.search(r" \d+ B/op\t +\d+ allocs/op$", line) for line in block)


def test_nothing_without_benchmarks(project: GoProject) -> None:
    """Without --wslgo-bench there is no such block."""
    project.write({"p/p_test.go": SUM.format(name="p")})

    result = project.run()

    assert "goos" not in output(result)


def test_junit(project: GoProject) -> None:
    """Each figure is a property, a sub-benchmark's with its name; with --wslgo-count each is."""
    project.write({"p/p_test.go": SUM.format(name="p")})
    project.run(*FIXED, "--wslgo-count=3", "--junitxml=j.xml", "--wslgo-journal=j")

    found = _properties(project.path / "j.xml")

    names = [name for name, _ in found["p.p_test.go.BenchmarkSum"]]
    assert names == ["iterations", "ns/op", "B/op", "allocs/op"] * 3
    table = found["p.p_test.go.BenchmarkTable"]
    assert ("one_two: iterations", "10") in table
    assert ("n-2: items/op", "2.5") in table
    assert ("n-2#01: items/op", "2.5") in table
    assert len(table) == 3 * 3 * len({name for name, _ in table if name and name[:3] == "n-2"}) / 2
    assert found["p.p_test.go.TestA"] == []


def test_report_command(project: GoProject, capsys: pytest.CaptureFixture[str]) -> None:
    """`report` has the same lines, and its JUnit the same properties as pytest's."""
    project.write({"p/p_test.go": SUM.format(name="p")})
    result = project.run(*FIXED, "--junitxml=j.xml", "--wslgo-journal=j")
    capsys.readouterr()

    main(["report", "j", "--junit", "report.xml"])

    text = capsys.readouterr().out
    assert all(line in text for line in _block(result.outlines))
    assert _properties(project.path / "report.xml") == _properties(project.path / "j.xml")


def test_a_rerun_counts_once(project: GoProject) -> None:
    """Of a benchmark that fails at first the summary has the last attempt's figures."""
    project.write(
        {
            "p_test.go": """
                package p

                import (
                    "os"
                    "testing"
                )

                func BenchmarkFlaky(b *testing.B) {
                    b.Run("inner", func(b *testing.B) {})
                    if _, err := os.Stat("was-here"); err != nil {
                        os.WriteFile("was-here", nil, 0o644)
                        b.Fatal("the first time")
                    }
                }
            """
        }
    )

    result = project.run(*FIXED, "--reruns=1", "--junitxml=j.xml", alone=True)

    result.assert_outcomes(passed=1)
    assert _names(_block(result.outlines)) == ["BenchmarkFlaky/inner-2"]
    [found] = _properties(project.path / "j.xml").values()
    assert [name for name, _ in found] == ["inner: iterations", "inner: ns/op"]
