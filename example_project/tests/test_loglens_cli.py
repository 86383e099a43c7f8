"""Drive the built command-line tool as a user would."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Loglens, SinkServer

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and pipes")


@pytest.mark.parametrize(
    ("log", "log_format", "records"),
    [("app.logfmt", "logfmt", 6), ("app.jsonl", "json", 5), ("mixed.log", "auto", 3)],
)
def test_reads_each_format(
    loglens: Loglens, testdata: Path, log: str, log_format: str, records: int
) -> None:
    summary = loglens.summary("-format", log_format, testdata / log)

    assert summary["records"] == records
    assert summary["malformed"] == 0
    assert sum(summary["levels"].values()) == records


def test_filter_selects_records(loglens: Loglens, testdata: Path) -> None:
    summary = loglens.summary("-filter", "level>=warn && status>499", testdata / "app.jsonl")

    assert (summary["records"], summary["filtered"]) == (1, 4)
    assert summary["levels"] == {"error": 1}


def test_top_counts_the_values_of_a_field(loglens: Loglens, testdata: Path) -> None:
    files = [testdata / "app.logfmt", testdata / "app.jsonl"]

    summary = loglens.summary("-by", "path", "-top", "2", *files)

    assert summary["top"] == [{"value": "/cart", "count": 4}, {"value": "/", "count": 2}]


def test_prints_a_table(loglens: Loglens, testdata: Path) -> None:
    done = loglens.run("--format", "json", testdata / "app.jsonl")

    assert done.returncode == 0
    rows = [line.rsplit(maxsplit=1) for line in done.stdout.splitlines()]
    assert ["records", "5"] in rows
    assert ["level error", "1"] in rows
    assert ["path /cart", "2"] in rows


def test_reads_standard_input(loglens: Loglens) -> None:
    lines = "level=info msg=grüße\nlevel=warn msg=late\n\nlevel=info msg=bye"

    done = loglens.run("-print", "-filter", 'msg != "late"', stdin=lines)

    assert done.stdout == "level=info msg=grüße\nlevel=info msg=bye\n"
    assert done.returncode == 0


def test_status_1_when_nothing_matches(loglens: Loglens, testdata: Path) -> None:
    done = loglens.run("-filter", "status == 418", testdata / "app.logfmt")

    assert (done.returncode, done.stderr) == (1, "")


def test_malformed_lines_are_status_2(loglens: Loglens, testdata: Path) -> None:
    log = testdata / "broken.logfmt"

    done = loglens.run(log)

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"loglens: {log}: logfmt: line 2, column 42: badly quoted value",
        f'loglens: {log}: logfmt: line 3, column 6: "yesterday" is not a time',
        "loglens: 2 malformed lines",
    ]
    assert loglens.summary("-lenient", log)["malformed"] == 2


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-format", "xml"], 'unknown format "xml"'),
        (["-filter", "level >= loud"], 'column 10: unknown level "loud"'),
        (["no-such-file.log"], "no-such-file.log"),
        (["-no-such-flag"], "-no-such-flag"),
    ],
)
def test_bad_usage_is_status_2(loglens: Loglens, args: list[str], message: str) -> None:
    done = loglens.run(*args)

    assert done.returncode == 2
    assert message in done.stderr


def test_large_file(loglens: Loglens, tmp_path: Path) -> None:
    count = 50_000
    log = tmp_path / "large.log"
    with log.open("w", encoding="utf-8", newline="\n") as file:
        for n in range(1, count + 1):
            file.write(f"level=info path=/{n % 7} status=200 duration={n}us\n")

    summary = loglens.summary("-top", "1", log)

    assert summary["records"] == count
    assert summary["top"] == [{"value": "/1", "count": count // 7 + 1}]
    distribution = summary["distribution"]
    assert distribution["max"] == pytest.approx(50)
    assert distribution["p50"] == pytest.approx(25, rel=0.01)
    assert distribution["p99"] == pytest.approx(49.5, rel=0.01)


def test_posts_the_summary(loglens: Loglens, testdata: Path, sink_server: SinkServer) -> None:
    printed = loglens.summary("--post", sink_server.url, testdata / "mixed.log")

    assert printed in sink_server.summaries


def test_sink_that_refuses_is_status_2(
    loglens: Loglens, testdata: Path, sink_server: SinkServer
) -> None:
    done = loglens.run("--post", sink_server.url + "/elsewhere", testdata / "mixed.log")

    assert done.returncode == 2
    assert "post summary: sink answered 404 Not Found" in done.stderr


@posix
def test_interrupt_ends_following_with_a_summary(loglens: Loglens, tmp_path: Path) -> None:
    log = tmp_path / "growing.log"
    log.write_text("level=info\n", encoding="utf-8")
    with subprocess.Popen(
        [loglens.executable, "-follow", "-print", log], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "level=info\n"
        with log.open("a", encoding="utf-8") as file:
            file.write("level=warn\n")
        assert process.stdout.readline() == "level=warn\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


@posix
def test_interrupt_does_not_wait_for_input(loglens: Loglens) -> None:
    with subprocess.Popen(
        [loglens.executable],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("=\n")
        process.stdin.flush()
        assert "expected a key" in process.stderr.readline()  # now it waits for more
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 2
        assert "interrupted" in process.stderr.read()


@posix
def test_broken_pipe_is_quiet(loglens: Loglens, tmp_path: Path) -> None:
    log = tmp_path / "large.log"
    log.write_text("level=info msg=many\n" * 50_000, encoding="utf-8")
    with subprocess.Popen(
        [loglens.executable, "-print", log],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "level=info msg=many\n"
        process.stdout.close()
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""
