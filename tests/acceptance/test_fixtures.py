"""Go tests under fixtures: those of pytest, in the order in which pytest promises them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stage import eventually

if TYPE_CHECKING:
    from go_project import GoProject
    from stage import Stage

SERVER = """
    import os, socketserver, threading, pytest
    from stage_side import say

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            say("served " + self.rfile.readline().decode().strip())
            self.wfile.write(b"thanks\\n")

    @pytest.fixture(scope="session")
    def server():
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever).start()
            os.environ["SERVER"] = "127.0.0.1:%d" % server.server_address[1]
            say("server up")
            yield
            say("server down")
            server.shutdown()
"""

CLIENTS = """
    package m

    import (
        "io"
        "net"
        "os"
        "testing"
    )

    func TestMain(m *testing.M) {
        code := m.Run()
        say("package ends")
        os.Exit(code)
    }

    func call(t *testing.T) {
        conn, err := net.Dial("tcp", os.Getenv("SERVER"))
        if err != nil {
            t.Fatal(err)
        }
        conn.Write([]byte(t.Name() + "\\n"))
        io.ReadAll(conn)
    }

    //wslgo:usefixtures server
    func TestOne(t *testing.T) { call(t) }

    //wslgo:usefixtures server
    func TestTwo(t *testing.T) { call(t) }
"""

SAYING = """
    import os, pytest
    from stage_side import say

    @pytest.fixture(scope="session")
    def greeting():
        os.environ["GREETING"] = "hello"
        say("up")
        yield
        say("down")
"""

GREETED = 'if os.Getenv("GREETING") != "hello" { t.Fatal("not under the fixture") }; say(t.Name())'


def test_server_outlives_the_tests(stage: Stage) -> None:
    """A session fixture's server is up before the Go tests start, and until their package ends."""
    stage.go("x")
    stage.write({"conftest.py": SERVER, "a_test.go": CLIENTS})

    result = stage.run()

    result.assert_outcomes(passed=2)
    assert stage.events() == [
        "server up",
        "served TestOne",
        "served TestTwo",
        "package ends",
        "server down",
    ]


@pytest.mark.parametrize("way", ["ini", "function", "file"])
def test_ways_of_asking(stage: Stage, way: str) -> None:
    """The usefixtures ini option, a directive above a function and one above a file all work."""
    body = "say(os.Getenv(`GREETING`))"
    directive = "//wslgo:usefixtures greeting\n"
    above = {"file": directive, "function": "", "ini": ""}[way]
    stage.go("x")
    stage.write(
        {
            "conftest.py": SAYING,
            "pytest.ini": f"[pytest]\nusefixtures = {'greeting' if way == 'ini' else ''}\n",
        }
    )
    (stage.path / "a_test.go").write_text(
        f'{above}\npackage m\n\nimport ("os"; "testing")\n\n'
        f"{directive if way == 'function' else ''}"
        f"func TestA(t *testing.T) {{ {body} }}\n"
    )

    result = stage.run()

    result.assert_outcomes(passed=1)
    assert stage.events() == ["up", "hello", "down"]


def test_unknown_directive(stage: Stage) -> None:
    """A misspelt directive is an error that names the nearest one, and its file is not run."""
    stage.go("a", TestA="//wslgo:usefixture greeting\nsay(`ran`)")

    result = stage.run()

    assert result.ret == 2
    result.stdout.fnmatch_lines(
        ["*a_test.go:5: //wslgo:usefixture is not a directive of pytest-wslgo:*"]
    )
    result.stdout.fnmatch_lines(["*did you mean //wslgo:usefixtures?"])
    assert stage.events() == []


def test_autouse_scopes(stage: Stage) -> None:
    """Autouse fixtures of session, package and module scope are each set up once, around Go."""
    for package in ("one", "two"):
        stage.go(f"{package}/a")
        for file in ("a", "b"):
            stage.write(
                {
                    f"{package}/{file}_test.go": f"""
                    package {package}

                    import ("os"; "testing")

                    func Test1{file}(t *testing.T) {{ say(t.Name() + os.Getenv("SCOPES")) }}
                    func Test2{file}(t *testing.T) {{ say(t.Name() + os.Getenv("SCOPES")) }}
                    """
                }
            )
        stage.write({f"{package}/conftest.py": _scope("package", f"'{package}'")})
    stage.write({"conftest.py": _scope("session", "'all'") + _scope("module", "request.path.stem")})

    result = stage.run()

    result.assert_outcomes(passed=8)
    expected = ["+session all"]
    for package in ("one", "two"):
        expected.append(f"+package {package}")
        for file in ("a", "b"):
            scopes = f" session:all package:{package} module:{file}_test"
            expected += [
                f"+module {file}_test",
                f"Test1{file}{scopes}",
                f"Test2{file}{scopes}",
                f"-module {file}_test",
            ]
        expected.append(f"-package {package}")
    assert stage.events() == [*expected, "-session all"]
    assert stage.starts() == 4


def _scope(scope: str, value: str) -> str:
    return f"""
    import os, pytest
    from stage_side import say

    @pytest.fixture(scope="{scope}", autouse=True)
    def {scope}_autouse(request):
        value = {value}
        before = os.environ.get("SCOPES", "")
        os.environ["SCOPES"] = before + " {scope}:" + value
        say("+{scope} " + value)
        yield
        os.environ["SCOPES"] = before
        say("-{scope} " + value)
    """


def test_function_autouse_is_left_out(stage: Stage) -> None:
    """Function- and class-scoped autouse fixtures are meant for Python tests alone."""
    stage.go("a", TestA="")
    stage.write(
        {
            "conftest.py": """
                import pytest
                from stage_side import say

                @pytest.fixture(autouse=True)
                def each_function(request):
                    say("function " + request.node.name)

                @pytest.fixture(autouse=True, scope="class")
                def each_class(request):
                    say("class " + request.node.name)
            """,
            "test_p.py": "class TestP:\n    def test_p(self): pass",
        }
    )

    result = stage.run()

    result.assert_outcomes(passed=2)
    assert stage.events() == ["class TestP", "function test_p"]


def test_function_scope_by_name(stage: Stage) -> None:
    """A function-scoped fixture that is asked for gives each Go test a run of its own."""
    stage.write(
        {
            "conftest.py": """
                import os, pytest
                from stage_side import say

                @pytest.fixture
                def fresh(request):
                    os.environ["FRESH"] = request.node.name
                    yield
                    say("down " + request.node.name)
            """
        }
    )
    stage.go("x", TestShared="")
    stage.write(
        {
            "a_test.go": """
                package m

                import ("os"; "testing")

                //wslgo:usefixtures fresh
                func TestA(t *testing.T) { say("in " + os.Getenv("FRESH")) }

                //wslgo:usefixtures fresh
                func TestB(t *testing.T) { say("in " + os.Getenv("FRESH")) }
            """
        }
    )

    result = stage.run()

    result.assert_outcomes(passed=3)
    assert stage.events() == ["in TestA", "down TestA", "in TestB", "down TestB"]
    assert stage.starts() == 3


@pytest.mark.parametrize("word", ["fail", "skip"])
@pytest.mark.parametrize("scope", ["session", "module", "function"])
def test_fixture_that_ends_badly(stage: Stage, word: str, scope: str) -> None:
    """Under a fixture that fails, Go tests are errors; under one that skips, skipped; none runs."""
    stage.go(
        "a",
        TestA="//wslgo:usefixtures broken\nsay(`ran`)",
        TestB="//wslgo:usefixtures broken\nsay(`ran`)",
        TestFree="say(`free`)",
    )
    stage.write(
        {
            "conftest.py": f"""
                import pytest

                @pytest.fixture(scope="{scope}")
                def broken():
                    pytest.{word}("no database here")
            """
        }
    )

    result = stage.run("-rsE")

    result.assert_outcomes(passed=1, **{"errors" if word == "fail" else "skipped": 2})
    assert result.ret == (1 if word == "fail" else 0)
    result.stdout.fnmatch_lines(["*no database here*"])
    assert stage.events() == ["free"]


def test_others_do_not_wait(stage: Stage) -> None:
    """Go tests without fixtures run while a fixture of others is still coming up."""
    stage.gate("fixture")
    stage.go("a", TestA="//wslgo:usefixtures slow\n")
    stage.go("b", TestFree="say(`free`)")
    stage.write(
        {
            "conftest.py": """
                import pytest
                from stage_side import say, wait

                @pytest.fixture(scope="session")
                def slow():
                    say("coming up")
                    wait("fixture")
            """
        }
    )

    session = stage.start()
    stage.hear("coming up")
    stage.hear("free")
    stage.open("fixture")
    result = session.end()

    result.assert_outcomes(passed=2)


def test_changes_of_the_environment(stage: Stage) -> None:
    """What a fixture's MonkeyPatch sets and deletes is so in Go, and undone for what follows."""
    stage.write(
        {
            "conftest.py": """
                import pytest

                @pytest.fixture(scope="module")
                def patched():
                    with pytest.MonkeyPatch.context() as patch:
                        patch.setenv("ADDED", "yes")
                        patch.setenv("CHANGED", "after")
                        patch.delenv("REMOVED")
                        yield
            """,
        }
    )
    stage.go("x")
    show = 'say(os.Getenv("ADDED") + "," + os.Getenv("CHANGED") + "," + os.Getenv("REMOVED"))'
    for name, above in (("a", "//wslgo:usefixtures patched"), ("b", "//wslgo:usefixtures later")):
        stage.write(
            {
                f"{name}_test.go": f"""
                    {above}
                    package m

                    import ("os"; "testing")

                    func Test_{name}(t *testing.T) {{ {show} }}
                """
            }
        )
    with (stage.path / "conftest.py").open("a") as conftest:
        conftest.write('\n@pytest.fixture(scope="module")\ndef later(): pass\n')

    result = stage.run(CHANGED="before", REMOVED="there")

    result.assert_outcomes(passed=2)
    assert stage.events() == ["yes,after,", ",before,there"]


def test_missing_fixture(stage: Stage) -> None:
    """A Go test that asks for a fixture which does not exist is an error; others run."""
    stage.go("a", TestA="//wslgo:usefixtures greting\nsay(`ran`)", TestFree="say(`free`)")

    result = stage.run()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'greting' not found*"])
    assert stage.events() == ["free"]


def test_parametrized_fixture(stage: Stage) -> None:
    """A parametrized fixture cannot multiply Go tests: an error says so and what to do."""
    stage.go("a", TestA="say(`ran`)", TestB="say(`ran`)")
    stage.write(
        {
            "conftest.py": """
                import pytest

                @pytest.fixture(scope="session", autouse=True, params=["mysql", "sqlite"])
                def database(request):
                    return request.param
            """
        }
    )

    result = stage.run()

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["the fixture 'database' is parametrized*override*"])
    assert stage.events() == []


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-only", "--fixtures-per-test"])
def test_nothing_started(stage: Stage, option: str) -> None:
    """The options that show fixtures without running tests start no Go process."""
    stage.write({"conftest.py": SAYING})
    stage.go("a", TestA="//wslgo:usefixtures greeting\nsay(`ran`)", TestB="say(`ran`)")
    stage.write({"test_p.py": "def test_p(greeting): pass"})

    result = stage.run(option)

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*greeting*"])
    assert "ran" not in stage.events()
    assert stage.starts() == 0


def test_setup_show(stage: Stage) -> None:
    """--setup-show shows the fixtures around a Go test, and runs it."""
    stage.write({"conftest.py": SAYING})
    stage.go("a", TestA="//wslgo:usefixtures greeting\nsay(`ran`)")

    result = stage.run("--setup-show")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["SETUP    S greeting", "*a_test.go::TestA*", "TEARDOWN S greeting"]
    )
    assert stage.events() == ["up", "ran", "down"]


FILE_FIXTURE = """
    import os, pytest
    from stage_side import say

    @pytest.fixture(scope="module")
    def per_file(request):
        os.environ["FILE"] = request.path.stem
        say("up " + request.path.stem)
        yield
        say("down " + request.path.stem)
        os.environ["FILE"] = "none"

    def pytest_collection_finish(session):
        session.items.sort(key=lambda item: item.name[-1])
"""


def test_alternating_groups(stage: Stage) -> None:
    """Where an order splits groups, so that fixtures go up twice, each result is from under one."""
    stage.write({"conftest.py": FILE_FIXTURE})
    stage.go("x")
    for name in ("a", "b"):
        stage.write(
            {
                f"{name}_test.go": f"""
                    //wslgo:usefixtures per_file
                    package m

                    import ("os"; "testing")

                    func Test_{name}1(t *testing.T) {{ say(t.Name() + " in " + os.Getenv("FILE")) }}
                    func Test_{name}2(t *testing.T) {{ say(t.Name() + " in " + os.Getenv("FILE")) }}
                """
            }
        )

    result = stage.run("-v")

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines([f"*::Test_{name} PASSED*" for name in ("a1", "b1", "a2", "b2")])
    up = "none"
    for event in stage.events():
        word, _, where = event.rpartition(" ")
        if word.startswith("Test"):
            assert where == up
        up = {"up": where, "down": "none"}.get(word, up)
    ups = [event for event in stage.events() if event.startswith("up")]
    assert ups == ["up a_test", "up b_test", "up a_test", "up b_test"]


def test_fixture_waits_for_its_run(stage: Stage) -> None:
    """A fixture that goes down between the tests of a run waits until Go has ended under it."""
    stage.gate("end")
    stage.write({"conftest.py": FILE_FIXTURE})
    under = "//wslgo:usefixtures per_file\n"
    stage.go("a", Test_a1=under, Test_a2=under + 'say("a2 runs"); wait("end"); say("a2 ends")')
    stage.go("b", Test_b1=under)

    session = stage.start()
    stage.hear("a2 runs")
    eventually(lambda: "a_test.go::Test_a1" in stage.outcomes())
    stage.open("end")
    eventually(lambda: stage.events().count("a2 runs") == 2)
    stage.open("end")
    result = session.end()

    result.assert_outcomes(passed=3)
    assert stage.events()[:4] == ["up a_test", "a2 runs", "a2 ends", "down a_test"]


def test_group_split_by_failed_first(stage: Stage) -> None:
    """With --ff a group that is split shares one fixture, and each test runs once."""
    stage.write({"conftest.py": SAYING})
    under = "//wslgo:usefixtures greeting\n"
    fails_once = 'if os.Getenv("FIXED") == "" { t.Fail() }'
    stage.go("x", TestFree="")
    for number, body in enumerate(["", fails_once, ""]):
        stage.write(
            {
                f"a{number}_test.go": f"""
                    package m

                    import ("os"; "testing")

                    var _ = os.Args

                    {under.strip()}
                    func TestA{number}(t *testing.T) {{ say(t.Name()); {body} }}
                """
            }
        )
    stage.run().assert_outcomes(passed=3, failed=1)

    result = stage.run("--ff", "-v", FIXED="yes")

    result.assert_outcomes(passed=4)
    second = stage.events()[5:]
    assert second[0] == "up"
    assert second[-1] == "down"
    assert sorted(second[1:-1]) == ["TestA0", "TestA1", "TestA2"]
    result.stdout.fnmatch_lines(["*::TestA1 PASSED*", "*::TestA0 PASSED*"])


def test_package_that_fails_at_its_end(stage: Stage) -> None:
    """The last test under a fixture waits for its package, whose exit status is an error there."""
    stage.gate("a", "end")
    stage.go("x")
    stage.write(
        {
            "conftest.py": SAYING,
            "a_test.go": """
                //wslgo:usefixtures greeting
                package m

                import ("os"; "testing")

                func TestMain(m *testing.M) { m.Run(); wait("end"); os.Exit(3) }

                func TestA(t *testing.T) { t.Parallel(); wait("a") }
                func TestB(t *testing.T) { t.Parallel() }
            """,
        }
    )

    session = stage.start()
    eventually(lambda: "--- PASS: TestB" in stage.journal())
    stage.open("a")
    eventually(lambda: "a_test.go::TestA" in stage.outcomes())
    stage.open("end")
    result = session.end()

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of TestB*"])


def test_two_session_groups_interleaved(stage: Stage) -> None:
    """Two groups under different session fixtures, written in turns, are two runs."""
    stage.write({"conftest.py": SAYING + SAYING.replace("greeting", "other")})
    a, b = "//wslgo:usefixtures greeting\nsay(`a`)", "//wslgo:usefixtures other\nsay(`b`)"
    stage.go("a", Test1=a, Test2=b, Test3=a, Test4=b)

    result = stage.run()

    result.assert_outcomes(passed=4)
    assert stage.starts() == 2
    assert sorted(stage.events()) == ["a", "a", "b", "b", "down", "down", "up", "up"]


def test_fixture_of_fixtures(stage: Stage) -> None:
    """A fixture may build on pytest's own: a folder made by tmp_path_factory is there in Go."""
    stage.write(
        {
            "conftest.py": """
                import os, pytest

                @pytest.fixture(scope="session", autouse=True)
                def data(tmp_path_factory):
                    folder = tmp_path_factory.mktemp("data")
                    (folder / "file").write_text("content")
                    os.environ["DATA"] = str(folder / "file")
            """,
            "a_test.go": """
                package m

                import ("os"; "testing")

                func TestA(t *testing.T) {
                    text, err := os.ReadFile(os.Getenv("DATA"))
                    if string(text) != "content" { t.Fatal(err) }
                }
            """,
        }
    )

    result = stage.run()

    result.assert_outcomes(passed=1)


def test_request(stage: Stage) -> None:
    """A fixture's request tells of the Go test: its name, its path, its markers and its file."""
    stage.go("a", TestA="//wslgo:usefixtures asking\n")
    stage.write(
        {
            "conftest.py": """
                import pytest
                from stage_side import say

                @pytest.fixture
                def asking(request):
                    node = request.node
                    say(f"{node.name} {node.nodeid} {request.path.name} {request.scope}")
                    say(str([mark.name for mark in node.iter_markers()]))
                    say(f"{request.cls} {request.instance} {request.function} {request.module}")
                    say(str(request.fixturenames))
                    request.addfinalizer(lambda: say("finalized"))
            """
        }
    )

    result = stage.run()

    result.assert_outcomes(passed=1)
    assert stage.events() == [
        "TestA a_test.go::TestA a_test.go function",
        "['usefixtures']",
        "None None <no Python function: a Go test> None",
        "['asking', 'request']",
        "finalized",
    ]


def test_fixtures_of_pytest(stage: Stage) -> None:
    """The fixtures of pytest itself can be asked for by a Go test, and do not break beside one."""
    names = "caplog, capsys, tmp_path, monkeypatch, recwarn, subtests, record_property, request"
    stage.go("a", TestA=f"//wslgo:usefixtures {names}\n", TestB="")
    stage.write(
        {
            "test_p.py": """
                import logging

                def test_p(caplog, subtests, capsys):
                    logging.getLogger().warning("hm")
                    for number in range(2):
                        with subtests.test(number=number):
                            print(number)
                    assert caplog.messages == ["hm"]
            """
        }
    )

    result = stage.run()

    assert set(stage.outcomes().values()) == {"passed"}
    assert result.ret == 0


def test_keyboard_interrupt_in_a_fixture(stage: Stage) -> None:
    """KeyboardInterrupt in a fixture ends the session, and Go that runs meanwhile."""
    stage.gate("never")
    stage.go("b", TestBlocks="say(`blocks`); wait(`never`)")
    stage.go("a", TestA="//wslgo:usefixtures interrupted\nsay(`ran`)")
    stage.write(
        {
            "conftest.py": """
                import pytest
                from stage_side import wait

                @pytest.fixture(scope="session")
                def interrupted():
                    wait("fixture")
                    raise KeyboardInterrupt
            """
        }
    )
    stage.gate("fixture")

    session = stage.start()
    stage.hear("blocks")
    stage.open("fixture")
    result = session.end()

    assert result.ret == 2
    assert stage.outcomes() == {}
    stage.assert_clean()


def test_a_named_fixture_is_no_business_of_the_cache(project: GoProject) -> None:
    """What a fixture starts may have changed: tests that name one run in each session."""
    project.write(
        {
            "conftest.py": """
                import pytest

                @pytest.fixture(scope="session")
                def server(): ...
            """
        }
    )
    project.write_noting("p", "TestServed")
    source = project.path / "p/a_test.go"
    text = source.read_text().replace(
        "func TestServed", "//wslgo:usefixtures server\nfunc TestServed"
    )
    source.write_text(text)

    project.run()
    project.run()

    assert project.executed() == ["p.TestServed"] * 2
