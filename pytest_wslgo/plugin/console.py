"""What the terminal shows of the Go run: the header, a live line, the summary."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import State
from pytest_wslgo.outcomes.wording import counted, few
from pytest_wslgo.plugin import private
from pytest_wslgo.plugin.goenviron import described

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pytest

    from pytest_wslgo.environment import Finding
    from pytest_wslgo.plugin.gorun import TestKey
    from pytest_wslgo.plugin.session import GoSession

_INTERVAL = 0.25
_COLOURS = {"error": {"red": True}, "warning": {"yellow": True}}
_NAMES = 3
_LINES = 20
_GOS_OWN = (
    *("goos: ", "goarch: ", "pkg: ", "cpu: ", "exit status ", "-test.shuffle "),
    *("warning: GOCOVERDIR not set", "program not built with -cover", "testing: "),
)


def header(go: GoSession) -> list[str]:
    """One line: which Go and why, the race detector, coverage; more with -v."""
    toolchain = go.toolchain
    race = toolchain.race
    parts = [
        f"{toolchain.version_text} from {toolchain.source} ({toolchain.go})",
        f"race {'on' if go.race else 'off'}: {_race_reason(go)}",
        f"coverage {'on' if go.settings.cover else 'off'}",
    ]
    lines = ["wslgo: " + "; ".join(parts)]
    if not race.ok and race.cure and go.settings.race == "auto":
        lines.append(f"wslgo: the race detector is off; {race.cure}")
    if go.settings.fuzz:
        lines.append(f"wslgo: each selected fuzz target is fuzzed (-fuzztime={go.settings.fuzz})")
    lines += _offline_header(go)
    if go.session.config.get_verbosity() > 0:
        lines += [f"wslgo: {line}" for line in described(go.environ)]
        lines += [f"wslgo: not used: {refusal}" for refusal in toolchain.refused]
        lines.append(f"wslgo: journal: {go.site.directory}")
    return lines


def _race_reason(go: GoSession) -> str:
    return "--wslgo-race=off" if go.settings.race == "off" else go.toolchain.race.reason


def _offline_header(go: GoSession) -> list[str]:
    """What offline means in this session: proved by a namespace, or only asked of `go`."""
    if not go.settings.offline:
        return []
    said = "network namespace with loopback only"
    if go.network:
        said = f"GOPROXY=off; no namespace: {go.network}"
    return [f"wslgo: offline: {said}"]


def summary(
    go: GoSession,
    terminal: pytest.TerminalReporter,
    coverage: str,
    benchmarks: Iterable[str],
) -> None:
    """What concerns the run as a whole: figures, coverage, what was off and why, what was left."""
    lines = [*benchmarks]
    slow = ["the race detector"] * go.race + ["coverage"] * go.settings.cover
    if lines and slow:
        lines.append(
            f"measured with {' and '.join(slow)}, which makes code slow: "
            "--wslgo-race=off --wslgo-cover=off measures without"
        )
    lines += go.index.notes
    if coverage:
        lines.append(coverage)
    if go.settings.race == "auto" and not go.race:
        cure = f"; {go.toolchain.race.cure}" if go.toolchain.race.cure else ""
        lines.append(f"races were not looked for: {go.toolchain.race.reason}{cure}")
    lines += _differently(go)
    lines += _races(go)
    lines += _outside(go)
    lines += _cached(go)
    lines += _artifacts(go)
    lines += _seeds(go)
    lines += _idle(go)
    struck = next(filter(None, (run.struck for run in go.runs)), "")
    if go.stopped and go.runs:
        lines += _stopped(go)
    elif struck:
        lines += _all_said(go, f"the Go run was ended by the deadline of {struck}")
    if lines:
        terminal.section("Go tests (wslgo)", sep="-")
        for line in lines:
            terminal.line(line)


def _differently(go: GoSession) -> list[str]:
    """Which tests ran otherwise than the header says, and why."""
    off: dict[str, set[TestKey]] = {}
    open_to: dict[str, set[TestKey]] = {}
    for invocation in (each for run in go.runs for each in run.invocations):
        tests = {
            (invocation.cwd, path, name)
            for path, names in invocation.selected.items()
            for name in names
        }
        if invocation.race_off:
            off.setdefault(invocation.race_off, set()).update(tests)
        if invocation.reachable:
            open_to.setdefault(invocation.reachable, set()).update(tests)
    lines = [f"race off for {counted(len(tests), 'test')}: {why}" for why, tests in off.items()]
    lines += [
        f"offline: {counted(len(tests), 'test')} ran outside of the network namespace, where what "
        f"a fixture serves on 127.0.0.1 can be reached: {why}"
        for why, tests in open_to.items()
    ]
    return lines


def findings(found: Sequence[Finding], terminal: pytest.TerminalReporter) -> None:
    """What of the machine wants attention: one list, the worst first."""
    if not found:
        return
    terminal.section("machine (wslgo)", sep="-")
    for finding in found:
        colour = _COLOURS.get(finding.severity, {})
        terminal.write(f"{finding.code} {finding.severity}", **colour)
        terminal.line(str(finding).removeprefix(finding.code).replace(" ", ": ", 1))


def stopped(go: GoSession, terminal: pytest.TerminalReporter) -> None:
    """What a stop has struck, where pytest writes no summary: it was told to exit by a signal."""
    if go.stopped and go.runs:
        for line in _stopped(go):
            terminal.line(line)


def _races(go: GoSession) -> list[str]:
    """How many reports the race detector made, and whose."""
    count = sum(end.races for end in go.ends())
    if not count:
        return []
    owners = [name for name, outcome in go.outcomes() if outcome.races]
    owners += [f"{end.import_path}.{end.blamed}" for end in go.ends() if end.blamed]
    names = list(dict.fromkeys(owners))
    whose = f", in {few(names)}" if names else ""
    return [f"data races: {count} report{'s' if count > 1 else ''}{whose}"]


def _outside(go: GoSession) -> list[str]:
    """What failed packages said outside of their tests, where no report has it."""
    lines: list[str] = []
    for end in go.ends():
        said = "".join(line for line in end.output.splitlines(keepends=True) if _says(line))
        said = said.strip("\n")
        if end.state is State.FAILED and said and not end.fault and end.detail is None:
            text = go.texts.shorten(said).split("\n")
            lines.append(f"{end.import_path} said outside of its tests:")
            lines += [f"  {line}" for line in text[:_LINES]]
            if len(text) > _LINES:
                lines.append(f"  … and {len(text) - _LINES} more lines; the journal has them")
    return lines


def _says(line: str) -> bool:
    """Whether a line is a test binary's own, not what Go says of every package."""
    return not line.startswith(_GOS_OWN)


def _cached(go: GoSession) -> list[str]:
    """How many packages Go's test cache has answered for."""
    ends = [end for end in go.ends() if end.state is not State.SKIPPED]
    count = sum(end.cached for end in ends)
    return [f"cached: {count} of {len(ends)} packages"] if count else []


def _artifacts(go: GoSession) -> list[str]:
    """Where the artifacts of which tests are."""
    return [
        f"artifacts of {name}: {go.texts.short_path(directory)}"
        for name, outcome in go.outcomes()
        for directory in outcome.artifacts
    ]


def _stopped(go: GoSession) -> list[str]:
    """Which tests a stop has struck."""
    struck = [
        name
        for name, outcome in go.outcomes()
        if outcome.interrupted and outcome.reason.startswith("did not run to its end")
    ]
    running = f"; running then: {few(struck)}" if struck else ""
    return _all_said(go, f"the Go run was stopped{running}")


def _all_said(go: GoSession, what: str) -> list[str]:
    """What happened to the runs, and where to read all that Go has said."""
    directory = go.site.directory
    if directory.is_relative_to(go.session.config.invocation_params.dir):
        directory = directory.relative_to(go.session.config.invocation_params.dir)
    return [f"{what}; all that it said:", f"  python -m pytest_wslgo report {directory}"]


def _seeds(go: GoSession) -> list[str]:
    """What brings back the order of packages that failed while they were shuffled."""
    found = []
    for run in go.runs:
        failed = {key[:2] for key in run.failures()}
        for package in sorted(failed):
            output = "".join(end.output for end in run.ends(package) or ())
            seed = re.search(r"^-test\.shuffle (\d+)$", output, re.MULTILINE)
            if seed is not None:
                found.append(f"{package[1]} was shuffled: --wslgo-shuffle={seed[1]} repeats it")
    return found


def _idle(go: GoSession) -> list[str]:
    """Fuzz targets that passed without being fuzzed."""
    return [
        f"{name}: fuzzing came no further than its seeds: too little time, or an input "
        "hangs (Go calls neither a failure)"
        for name, outcome in go.outcomes()
        if outcome.fuzzing is not None and outcome.fuzzing.idle
    ]


class Console:
    """A line at the bottom that lives while pytest waits for Go; only on a terminal."""

    def __init__(self, go: GoSession, terminal: pytest.TerminalReporter) -> None:
        self._go = go
        self._terminal = terminal
        self._writer = go.session.config.get_terminal_writer()
        self._last = 0.0
        self._shown = ""

    def tick(self) -> None:
        """Show how far Go is, if the last time was a while ago."""
        now = time.monotonic()
        if now - self._last < _INTERVAL or not self._lives():
            return
        self._last = now
        text = self._text()
        if text != self._shown:
            self._write(text)

    def clear(self) -> None:
        """Take the line away, before something else is written."""
        if self._shown:
            self._write("")

    def leave_closed(self) -> None:
        """Let pytest end its session in peace where the terminal was closed."""
        if self._lives():
            private.forget_closed_terminal(self._writer)

    def _lives(self) -> bool:
        return bool(self._terminal.isatty and self._writer.hasmarkup)

    def _text(self) -> str:
        ledgers = [ledger for run in self._go.runs for ledger in run.ledgers]
        finished = sum(len(ledger.outcomes) for ledger in ledgers)
        total = sum(ledger.size for ledger in ledgers)
        failed = sum(ledger.failed for ledger in ledgers)
        running = [name for ledger in ledgers for name in ledger.running()]
        names = ", ".join(running[:_NAMES]) + (" …" if len(running) > _NAMES else "")
        parts = [f"{finished} of {total} Go tests finished"]
        if failed:
            parts.append(f"{failed} failed")
        parts.append(f"running: {names}" if names else "building")
        return f"[{'; '.join(parts)}]"

    def _write(self, text: str) -> None:
        """Write below the current line and come back, so that pytest's own progress stays whole."""
        self._shown = text
        column = self._writer.width_of_current_line + 1
        line = text[: self._writer.fullwidth - 1]
        private.write_raw(self._writer, f"\n\x1b[2K{line}\x1b[1A\x1b[{column}G")
