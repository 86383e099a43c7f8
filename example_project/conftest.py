"""Fixtures for the Python tests and for the Go tests that ask for them."""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parent


@dataclass
class SinkServer:
    """A server that keeps the summaries that are posted to it."""

    url: str = ""
    summaries: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def store(self, summary: dict[str, Any]) -> int:
        """Keep a summary and return its number, counted from 1."""
        with self.lock:
            self.summaries.append(summary)
            return len(self.summaries)


class SinkHandler(BaseHTTPRequestHandler):
    """POST a summary to /summaries to keep it, GET to learn how many there are."""

    server: SinkHTTPServer

    def do_GET(self) -> None:
        self.answer(200, {"count": len(self.server.sink.summaries)})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/summaries":
            self.answer(404, {"error": f"no such place: {self.path}"})
            return
        try:
            summary = json.loads(body)
            records = summary["records"]
        except (ValueError, LookupError, TypeError) as error:
            self.answer(400, {"error": f"not a summary: {error!r}"})
            return
        self.answer(201, {"id": self.server.sink.store(summary), "records": records})

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the base class would write to stderr."""


class SinkHTTPServer(ThreadingHTTPServer):
    """An HTTP server that knows its SinkServer."""

    def __init__(self, sink: SinkServer) -> None:
        super().__init__(("127.0.0.1", 0), SinkHandler)
        self.sink = sink


@pytest.fixture(scope="session")
def sink_server() -> Iterator[SinkServer]:
    """A running sink. Its address is in the environment variable LOGLENS_SINK_URL.

    The Go test TestRealSink asks for it with ``//wslgo:usefixtures sink_server``.
    """
    sink = SinkServer()
    with SinkHTTPServer(sink) as server, pytest.MonkeyPatch.context() as patch:
        sink.url = f"http://127.0.0.1:{server.server_port}/summaries"
        patch.setenv("LOGLENS_SINK_URL", sink.url)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="sink_server")
        thread.start()
        yield sink
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Loglens:
    """The command-line tool, built."""

    executable: Path

    def run(self, *args: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run it to its end and return what it printed."""
        return subprocess.run(
            [self.executable, *args],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )

    def summary(self, *args: str | Path, stdin: str = "") -> dict[str, Any]:
        """Run it with ``-json`` and return the summary; it must find something."""
        done = self.run("-json", *args, stdin=stdin)
        assert (done.returncode, done.stderr) == (0, "")
        summary: dict[str, Any] = json.loads(done.stdout)
        return summary


@pytest.fixture(scope="session")
def loglens(go_toolchain: Any) -> Loglens:
    """The command-line tool, built once for all tests, whichever worker asks for it first."""
    return Loglens(go_toolchain.build("./cmd/loglens", cwd=PROJECT).path)


@pytest.fixture
def testdata() -> Path:
    """The folder of sample logs."""
    return PROJECT / "testdata"
