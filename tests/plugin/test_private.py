"""The guard of the private pytest API: it says what has moved, where sessions would only break."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

import pytest_wslgo.plugin.private as room

SOURCE = Path(inspect.getfile(room))


def private_imports() -> list[tuple[str, str]]:
    """What private.py imports from _pytest: pairs of module and name."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    return [
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("_pytest")
        for alias in node.names
    ]


@pytest.mark.parametrize(("module", "name"), private_imports())
def test_imports(module: str, name: str) -> None:
    """Each private name that is imported is where it was."""
    found = importlib.import_module(module)

    assert hasattr(found, name), f"pytest {pytest.__version__} has no {module}.{name} any more"


@pytest.mark.parametrize("file", sorted(SOURCE.parent.parent.rglob("*.py")), ids=lambda p: p.stem)
def test_only_here(file: Path) -> None:
    """No other module of the package imports from _pytest."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]

    assert file == SOURCE or not [name for name in modules if name.startswith("_pytest")]


def signature(function: Any) -> list[str]:
    """The names of a callable's parameters."""
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("where", "parameters"),
    [
        ("_pytest.fixtures.FixtureManager.getfixtureinfo", ["self", "node", "func", "cls"]),
        ("_pytest.fixtures.TopRequest", ["pyfuncitem", "_ispytest"]),
        ("_pytest.fixtures.FuncFixtureInfo.prune_dependency_tree", ["self"]),
        ("_pytest.fixtures.TopRequest._fillfixtures", ["self"]),
        ("_pytest.runner.SetupState.teardown_exact", ["self", "nextitem"]),
        ("_pytest.skipping.evaluate_skip_marks", ["item"]),
        ("_pytest.skipping.evaluate_xfail_marks", ["item"]),
        ("_pytest.subtests.SubtestContext", ["msg", "kwargs"]),
    ],
)
def test_signatures(where: str, parameters: list[str]) -> None:
    """What is called takes what it took; more parameters may come behind."""
    module, _, path = where.partition(".")
    names = path.split(".")
    module = f"{module}.{names.pop(0)}"
    found: Any = importlib.import_module(module)
    for name in names:
        assert hasattr(found, name), f"pytest {pytest.__version__} has no {where} any more"
        found = getattr(found, name)

    assert signature(found)[: len(parameters)] == parameters, f"{where} takes something else now"


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        ("_pytest.fixtures.FuncFixtureInfo", {"initialnames", "names_closure", "name2fixturedefs"}),
        ("_pytest.skipping.Xfail", {"reason", "run", "strict", "raises"}),
        ("_pytest._code.code.ReprFileLocation", {"path", "lineno", "message"}),
        ("_pytest._code.code.ReprTraceback", {"reprentries", "extraline", "style"}),
        ("_pytest._code.code.ReprExceptionInfo", {"reprtraceback", "reprcrash"}),
    ],
)
def test_fields(where: str, fields: set[str]) -> None:
    """The values that are read and made have the fields that they had."""
    module, _, name = where.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    known = {field.name for field in dataclasses.fields(found)}
    known |= set(getattr(found, "__slots__", ()))

    assert fields - known == set(), f"{where} has other fields in pytest {pytest.__version__}"


@pytest.mark.parametrize("name", ["_setupstate", "_fixturemanager"])
def test_session_state(request: pytest.FixtureRequest, name: str) -> None:
    """A session has the fixture manager and the set-up state under their names."""
    assert hasattr(request.session, name), f"pytest.Session has no {name} any more"


def test_fixture_definition() -> None:
    """A fixture's definition tells scope, name, home and the value that is up."""
    names = {"scope", "cached_result", "argname", "baseid", "params", "func"}
    source = inspect.getsource(room.FixtureDef)

    missing = {name for name in names if name not in source}

    assert not missing, f"_pytest.fixtures.FixtureDef does not mention {missing} any more"


def test_terminal_writer() -> None:
    """The live line needs the terminal writer's file and column."""
    from _pytest._io import TerminalWriter

    writer = TerminalWriter()
    for name in ("_file", "width_of_current_line", "hasmarkup", "fullwidth"):
        assert hasattr(writer, name), f"pytest's TerminalWriter has no {name} any more"


def test_native_failure(pytestconfig: pytest.Config) -> None:
    """A failure shows its text as it is, and its message and place in summaries."""
    failure = room.native_failure(pytestconfig, "some\ntext", "p/a_test.go", 7, "the message")

    assert str(failure).startswith("some\ntext")
    assert failure.reprcrash is not None
    assert (failure.reprcrash.path, failure.reprcrash.lineno) == ("p/a_test.go", 7)
    assert failure.reprcrash.message == "the message"


def test_failure_survives_the_wire(pytestconfig: pytest.Config) -> None:
    """A failure is sent whole between pytest-xdist's processes."""
    report = pytest.TestReport(
        nodeid="p/a_test.go::TestA",
        location=("p/a_test.go", 6, "TestA"),
        keywords={},
        outcome="failed",
        longrepr=room.native_failure(pytestconfig, "some\ntext", "p/a_test.go", 7, "the message"),
        when="call",
    )
    hook = pytestconfig.hook

    data = hook.pytest_report_to_serializable(config=pytestconfig, report=report)
    back = hook.pytest_report_from_serializable(config=pytestconfig, data=data)

    assert back.longreprtext == report.longreprtext
    assert back.longrepr.reprcrash.message == "the message"


def test_subtest_report() -> None:
    """A subtest's report is its parent's neighbour, with its own name and outcome."""
    parent = pytest.TestReport(
        nodeid="p/a_test.go::TestA",
        location=("p/a_test.go", 6, "TestA"),
        keywords={},
        outcome="passed",
        longrepr=None,
        when="call",
    )

    report = room.subtest_report(parent, "deep/er", outcome="skipped", longrepr=("f", 1, "why"))

    assert report.nodeid == parent.nodeid
    assert report.outcome == "skipped"
    assert report.context.msg == "deep/er"


def test_skip_at_item() -> None:
    """A skip whose place is the item's, as pytest's own skip marks make it."""
    with pytest.raises(pytest.skip.Exception, match="why") as caught:
        room.skip_at_item("why")

    assert caught.value._use_item_location
