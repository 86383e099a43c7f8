"""Go's test cache: used where it is right, shown where it was used."""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from go_project import GoProject

ONE = 'package p\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n'
LOOKS_OUTSIDE = """
    package p

    import (
        "os"
        "testing"
    )

    func TestOutside(t *testing.T) {{
        if _, err := os.Stat("{file}"); err != nil {{
            t.Skip("no such service")
        }}
    }}
"""


def verbose(project: GoProject, *arguments: str) -> str:
    """The word behind the only Go test in a verbose session."""
    result = project.run("-v", "-p", "no:cacheprovider", *arguments)
    line = next(line for line in result.outlines if "_test.go::" in line)
    return line.partition(" ")[2].partition("  ")[0]


@pytest.fixture
def skipped(project: GoProject) -> str:
    """A file outside of the module for want of which a test was skipped; it exists since."""
    outside = project.path.parent / f"{project.path.name}.service"
    project.write({"p_test.go": LOOKS_OUTSIDE.format(file=outside)})
    assert verbose(project).startswith("SKIPPED")
    outside.touch()
    return str(outside)


def test_a_fact_of_the_environment_ends_a_stale_skip(project: GoProject, skipped: str) -> None:
    """A skip that Go would repeat from its cache does not outlive a changed limit."""
    assert skipped
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert verbose(project).startswith("SKIPPED"), "Go sees no change, and nothing has changed"

    resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
    try:
        changed = verbose(project), verbose(project)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert changed == ("PASSED", "PASSED (cached)")


def test_a_new_mount_ends_a_stale_skip(project: GoProject, skipped: str) -> None:
    """What was mounted since is a fact as well."""
    assert skipped
    inside = ["unshare", "--mount", "sh", "-c"]
    mount = "mount -t tmpfs none /mnt && exec "
    if subprocess.run([*inside, mount + "true"], check=False, capture_output=True).returncode:
        pytest.skip("no new mount namespace can be made here (unshare --mount)")
    pytest_here = f'"{sys.executable}" -m pytest --wslgo --wslgo-race=off --wslgo-cover=off'

    argv = [*inside, mount + pytest_here]
    done = subprocess.run(argv, cwd=project.path, check=False, capture_output=True, text=True)

    assert "1 passed" in done.stdout


@pytest.mark.parametrize("timeout", ["0", "5m", ""])
def test_one_environment_stays_cached(project: GoProject, timeout: str) -> None:
    """Without a change the second session is answered from the cache, whatever the limit."""
    project.write({"p_test.go": ONE})
    words = [verbose(project, f"--wslgo-timeout={timeout}") for _ in range(2)]

    assert words == ["PASSED", "PASSED (cached)"]


def test_workers_share_the_cache(project: GoProject) -> None:
    """With pytest-xdist the environment is the same one, and so is the cached result."""
    project.write({"p_test.go": ONE})
    project.run(alone=True)

    result = project.run("-n2", "-v", alone=True)

    result.stdout.fnmatch_lines(["*PASSED (cached)* p_test.go::TestA*", "cached: 1 of 1 packages"])


def test_zero_is_still_no_limit(project: GoProject) -> None:
    """With --wslgo-timeout=0 the limit is none, cached or not."""
    project.write(
        {
            "p_test.go": """
                package p

                import "testing"

                func TestDeadline(t *testing.T) {
                    if end, ok := t.Deadline(); ok {
                        t.Fatal("a limit:", end)
                    }
                }
            """
        }
    )

    assert verbose(project, "--wslgo-timeout=0") == "PASSED"


def test_goflags_keep_their_limit(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A -timeout in GOFLAGS holds, and is named as it was written."""
    monkeypatch.setenv("GOFLAGS", "-timeout=1s")
    project.write({"p_test.go": ONE.replace("{}", "{ select {} }")})

    result = project.run("--wslgo-race=off")

    result.stdout.fnmatch_lines(
        [
            "panic: test timed out after 1s",
            "FAILED p_test.go::TestA - the timeout of 1s struck while TestA ran, at *",
        ]
    )


def test_uncached(project: GoProject) -> None:
    """A test that says //wslgo:uncached runs in each session; another package stays cached."""
    project.write_noting("fine", "TestFine")
    project.write_noting("anew", "TestAnew")
    source = project.path / "anew/a_test.go"
    text = source.read_text().replace("func TestAnew", "//wslgo:uncached\nfunc TestAnew")
    source.write_text(text)
    project.run()

    result = project.run("-v")

    assert project.executed() == ["anew.TestAnew", "anew.TestAnew", "fine.TestFine"]
    result.stdout.fnmatch_lines(
        [
            "anew/a_test.go::TestAnew PASSED *",
            "fine/a_test.go::TestFine PASSED (cached) *",
            "cached: 1 of 2 packages",
        ]
    )


def test_cached_in_junit(project: GoProject) -> None:
    """The XML says which results came from the cache."""
    project.write({"p_test.go": ONE})
    first = project.junit()["p_test.go::TestA"]

    second = project.junit()["p_test.go::TestA"]

    assert first.find("properties") is None
    assert [each.attrib for each in second.iter("property")] == [
        {"name": "cached", "value": "true"}
    ]


def test_benchmarks_inside_tests(project: GoProject) -> None:
    """A test that calls testing.Benchmark takes the second that it takes with `go test`."""
    text = ONE.replace("{}", "{ testing.Benchmark(func(b *testing.B) { for b.Loop() {} }) }")
    text = text.replace("b.Loop()", "i := 0; i < b.N; i++")
    project.write({"p_test.go": text})

    assert verbose(project, "--wslgo-timeout=20s") == "PASSED"


def test_a_benchtime_of_ones_own(project: GoProject) -> None:
    """Where -benchtime is set, nothing tells environments apart: nothing is cached."""
    project.write({"p_test.go": ONE})

    assert [verbose(project, "--wslgo-args=-benchtime=5x") for _ in range(2)] == ["PASSED"] * 2
