"""--wslgo-offline: nothing is downloaded, and Go runs where there is no network but loopback."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from go_project import GoProject
    from stage import Stage

NETWORK = """
    package m

    import (
        "errors"
        "io"
        "net"
        "net/http"
        "net/http/httptest"
        "os/exec"
        "syscall"
        "testing"
    )

    func TestOutside(t *testing.T) {
        conn, err := net.Dial("udp", "192.0.2.1:9")
        if !errors.Is(err, syscall.ENETUNREACH) {
            t.Fatal(conn, err)
        }
    }

    func TestLoopback(t *testing.T) {
        for _, address := range []string{"127.0.0.1:0", "localhost:0"} {
            listener, err := net.Listen("tcp", address)
            if err != nil {
                t.Fatal(err)
            }
            if _, err := net.Dial("tcp", listener.Addr().String()); err != nil {
                t.Fatal(err)
            }
        }
        server := httptest.NewServer(http.NotFoundHandler())
        defer server.Close()
        answer, err := http.Get(server.URL)
        if err != nil {
            t.Fatal(err)
        }
        io.Copy(io.Discard, answer.Body)
    }

    func TestChild(t *testing.T) {
        out, err := exec.Command("sh", "-c", "cat /proc/net/dev | grep -c :").CombinedOutput()
        if string(out) != "1\\n" {
            t.Fatal(err, string(out))
        }
    }
"""

FIXTURE = """
    import os, socketserver, threading, pytest

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"hello")

    @pytest.fixture(scope="session")
    def server(go_env):
        with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,)).start()
            go_env["SERVER"] = "127.0.0.1:%d" % server.server_address[1]
            yield
            server.shutdown()
"""

CLIENT = """
    package m

    import (
        "io"
        "net"
        "os"
        "testing"
    )

    //wslgo:usefixtures server
    func TestServer(t *testing.T) {
        conn, err := net.Dial("tcp", os.Getenv("SERVER"))
        if err != nil {
            t.Fatal(err)
        }
        if text, _ := io.ReadAll(conn); string(text) != "hello" {
            t.Fatal(string(text))
        }
    }
"""

HEADER = "wslgo: offline: network namespace with loopback only"


@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("by", ["flag", "ini"])
def test_loopback_only(project: GoProject, by: str) -> None:
    """Go tests and their children see loopback, which works, and no way out."""
    project.write({"a_test.go": NETWORK})
    if by == "ini":
        project.write({"pytest.ini": "[pytest]\nwslgo_offline = true\n"})

    result = project.run(*(["--wslgo-offline"] if by == "flag" else []))

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines([HEADER])


def test_online(project: GoProject) -> None:
    """Without the option the same tests meet this machine's network: the claim is no accident."""
    project.write({"a_test.go": NETWORK})

    result = project.run("-k", "Loopback or Child")

    here = Path("/proc/net/dev").read_text().count(":")
    result.assert_outcomes(passed=1 if here > 1 else 2, failed=1 if here > 1 else 0)
    assert "offline" not in result.stdout.str()


@pytest.mark.usefixtures("namespaces")
def test_on_workers(project: GoProject) -> None:
    """With pytest-xdist it is so on all workers."""
    project.write({"a_test.go": NETWORK, "b/b_test.go": NETWORK})

    result = project.run("--wslgo-offline", "-n2", alone=True)

    result.assert_outcomes(passed=6)


@pytest.mark.usefixtures("namespaces")
def test_cached_online(project: GoProject) -> None:
    """A result from Go's test cache that came with a network does not count as one without."""
    project.write_noting("", "TestA")

    project.run().assert_outcomes(passed=1)
    project.run().stdout.fnmatch_lines(["cached: 1 of 1 packages"])
    offline = project.run("--wslgo-offline")
    again = project.run("--wslgo-offline")

    offline.stdout.no_fnmatch_line("cached: *")
    again.stdout.fnmatch_lines(["cached: 1 of 1 packages"])


@pytest.mark.usefixtures("namespaces")
def test_fixtures_serve(project: GoProject) -> None:
    """A test under a fixture reaches what that serves on 127.0.0.1; what follows is said."""
    project.write({"a_test.go": NETWORK, "b_test.go": CLIENT, "conftest.py": FIXTURE})

    result = project.run("--wslgo-offline", alone=True)

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        ["offline: 1 test ran outside of the network namespace, where what a fixture *: server"]
    )


@pytest.mark.usefixtures("namespaces")
def test_own_fixtures(project: GoProject) -> None:
    """Under fixtures of pytest and of this plugin a test stays without a network."""
    under = "//wslgo:usefixtures isolated_tmpdir cgo_disabled\n    func TestOutside"
    project.write({"a_test.go": NETWORK.replace("func TestOutside", under)})

    result = project.run("--wslgo-offline", alone=True)

    result.assert_outcomes(passed=3)
    assert "outside of the network namespace" not in result.stdout.str()


@pytest.mark.usefixtures("namespaces")
def test_stopped(stage: Stage) -> None:
    """Kills reach the processes in the namespace: a stopped session leaves none."""
    stage.gate("never")
    stage.go("a", TestA='say("runs"); wait("never")')
    session = stage.start("--wslgo-offline")
    stage.hear("runs")

    session.signal(15)
    session.end()

    stage.assert_clean()


@pytest.mark.usefixtures("namespaces")
def test_deadline(stage: Stage) -> None:
    """The deadline finds the test binaries there, and has them say where they are."""
    stage.gate("never")
    stage.go("a", TestA='say("runs"); wait("never")')

    result = stage.run("--wslgo-offline", "--wslgo-deadline=3s")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*goroutine *", "*wait(*"])
    stage.assert_clean()


def test_no_namespace(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no namespace can be made, the header says so and why, and tests run."""
    monkeypatch.setattr(
        "pytest_wslgo.plugin.session.why_impossible",
        lambda: "unshare(CLONE_NEWUSER|CLONE_NEWNET): Operation not permitted (EPERM)",
    )
    project.write_noting("", "TestA")

    result = project.run("--wslgo-offline")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["wslgo: offline: GOPROXY=off; no namespace: unshare(*): Operation not permitted (EPERM)"]
    )


@pytest.mark.parametrize("private", [False, True])
def test_missing_module(
    project: GoProject, monkeypatch: pytest.MonkeyPatch, *, private: bool
) -> None:
    """A module that is not in the cache is Go's error on the item, with what to do about it."""
    monkeypatch.setenv("GOPROXY", "https://proxy.example.invalid")
    if private:
        monkeypatch.setenv("GOPRIVATE", "example.com")
    project.write(
        {
            "go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/none v1.0.0\n",
            "go.sum": """
                example.com/none v1.0.0 h1:hWuDcQbDvRFh7jmFHpZzZ9fYCbNHXSJx2hB1Y2tXXXo=
                example.com/none v1.0.0/go.mod h1:hWuDcQbDvRFh7jmFHpZzZ9fYCbNHXSJx2hB1Y2tXXXo=
            """,
            "a_test.go": """
                package m

                import (
                    "testing"

                    _ "example.com/none"
                )

                func TestA(t *testing.T) {}
            """,
        }
    )

    result = project.run("--wslgo-offline")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["does not build: *: module lookup disabled by GOPROXY=off (run `go mod download` *)"]
    )


def test_vendored(project: GoProject) -> None:
    """A vendored module needs no cache: -mod stays Go's own choice."""
    project.write(
        {
            "go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n",
            "vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit\nexample.com/dep\n",
            "vendor/example.com/dep/dep.go": "package dep\n\nconst Word = 1\n",
            "a_test.go": """
                package m

                import (
                    "testing"

                    "example.com/dep"
                )

                func TestA(t *testing.T) { _ = dep.Word }
            """,
        }
    )

    project.run("--wslgo-offline").assert_outcomes(passed=1)


def test_results_with_a_network_are_no_answer_under_fixtures(project: GoProject) -> None:
    """Also for tests that a fixture takes out of the namespace: offline they are executed anew."""
    fixture = """
        import pytest

        @pytest.fixture(scope="session", autouse=True)
        def served():
            pass
    """
    source = 'package m\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n'
    project.write({"a_test.go": source, "conftest.py": fixture})

    first, second = project.run("-v"), project.run("-v")
    offline = project.run("-v", "--wslgo-offline")

    assert "PASSED (cached)" not in first.stdout.str()
    assert "PASSED (cached)" in second.stdout.str()
    assert "PASSED (cached)" not in offline.stdout.str()
    offline.assert_outcomes(passed=1)
