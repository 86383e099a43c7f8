"""The private pytest API that Go items need, in one place; a test fails when it moves.

pytest offers no public way to give fixtures to an item that is not a Python function, to send a
subtest's report or to evaluate marks before an item is set up. What is used here is what pytest's
own doctest plugin and skipping plugin use (pytest 9.0 to 9.2).
"""

from __future__ import annotations

import dataclasses
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from _pytest._code.code import (
    ReprEntryNative,
    ReprExceptionInfo,
    ReprFileLocation,
    ReprTraceback,
    filter_traceback,
)
from _pytest.fixtures import FixtureDef, FuncFixtureInfo, TopRequest
from _pytest.junitxml import LogXML
from _pytest.outcomes import Failed
from _pytest.skipping import evaluate_skip_marks, evaluate_xfail_marks
from _pytest.subtests import SubtestContext, SubtestReport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _pytest._io import TerminalWriter

__all__ = [
    "Failed",
    "FixtureDef",
    "FuncFixtureInfo",
    "counts_by_item",
    "fill_fixtures",
    "fixture_definitions",
    "fixture_info",
    "foreign_fixtures",
    "forget_closed_terminal",
    "may_be_forgiven",
    "missing_fixtures",
    "native_failure",
    "new_request",
    "short_traceback",
    "skip_at_item",
    "subtest_report",
    "teardown_to",
    "will_be_skipped",
    "write_raw",
]


def fixture_info(item: pytest.Item) -> FuncFixtureInfo:
    """The fixtures that a Go item runs under.

    Autouse fixtures of function or class scope are meant for Python tests and are left out; one
    that the item asks for by name is kept.
    """
    info = item.session._fixturemanager.getfixtureinfo(node=item, func=None, cls=None)
    named = {name for mark in item.iter_markers("usefixtures") for name in mark.args}

    def keeps(name: str) -> bool:
        definitions = info.name2fixturedefs.get(name)
        return (
            name in named or not definitions or definitions[-1].scope not in ("function", "class")
        )

    kept = tuple(name for name in info.initialnames if keeps(name))
    info = dataclasses.replace(info, initialnames=kept, names_closure=list(info.names_closure))
    info.prune_dependency_tree()
    return info


def fixture_definitions(info: FuncFixtureInfo) -> list[FixtureDef[Any]]:
    """The definitions that will be set up, in the order of the closure."""
    return [
        definitions[-1]
        for name in info.names_closure
        if (definitions := info.name2fixturedefs.get(name))
    ]


def foreign_fixtures(info: FuncFixtureInfo) -> list[str]:
    """The fixtures that neither pytest nor this plugin brings."""
    own = ("_pytest.", "pytest_wslgo.")
    return [
        definition.argname
        for definition in fixture_definitions(info)
        if not getattr(definition.func, "__module__", "").startswith(own)
    ]


def missing_fixtures(info: FuncFixtureInfo) -> list[str]:
    """The fixtures that are asked for and do not exist."""
    known = {"request", *info.name2fixturedefs}
    return [name for name in info.names_closure if name not in known]


def short_traceback(excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
    """A traceback without the frames of pytest and pluggy, nor those that hide themselves."""
    shown = excinfo.traceback.filter(filter_traceback).filter(excinfo)
    return shown or excinfo.traceback


def new_request(item: pytest.Item) -> Any:
    """A fixture request for an item; a new one for each attempt to run it."""
    return TopRequest(item, _ispytest=True)  # type: ignore[arg-type]  # as doctest does


def fill_fixtures(request: Any) -> None:
    """Set up the fixtures of the request's item."""
    __tracebackhide__ = True
    request._fillfixtures()


def will_be_skipped(item: pytest.Item) -> bool:
    """Whether marks say that the item will not be executed (skip, skipif, xfail(run=False))."""
    if not item.config.pluginmanager.hasplugin("skipping"):
        return False
    if evaluate_skip_marks(item):
        return True
    xfail = evaluate_xfail_marks(item)
    return bool(xfail and not xfail.run and not item.config.option.runxfail)


def skip_at_item(reason: str) -> NoReturn:
    """Skip the item that is being set up; the place of the skip is the item's, as of a skip mark.

    A skip mark itself would be shown without a line: pytest folds those of a file into one.
    """
    raise pytest.skip.Exception(reason, _use_item_location=True)


def may_be_forgiven(item: pytest.Item) -> bool:
    """Whether a failure of the item may not count: it is expected, or the item may run again."""
    if item.config.getoption("reruns", None) or item.get_closest_marker("flaky"):
        return True
    if not item.config.pluginmanager.hasplugin("skipping"):
        return False
    return not item.config.option.runxfail and evaluate_xfail_marks(item) is not None


def teardown_to(session: pytest.Session, nextitem: pytest.Item | None) -> None:
    """Tear down what ``nextitem`` does not share; everything where it is None."""
    session._setupstate.teardown_exact(nextitem)


def counts_by_item(plugin: object) -> bool:
    """Whether a plugin is the session or the JUnit writer: both count all reports of an item."""
    return isinstance(plugin, pytest.Session | LogXML)


def write_raw(writer: TerminalWriter, text: str) -> None:
    """Write to the terminal past the writer's own account of the current line."""
    with suppress(OSError):  # the terminal was closed: the signal that says so is on its way
        writer._file.write(text)
        writer._file.flush()


def forget_closed_terminal(writer: TerminalWriter) -> None:
    """Where the terminal was closed, write to nowhere: each write to it would be an error."""
    number = writer._file.fileno()
    if stat.S_ISCHR(os.fstat(number).st_mode) and not os.isatty(number):
        writer._file = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def native_failure(
    config: pytest.Config, text: str, path: str, line: int, message: str
) -> ReprExceptionInfo:
    """A failure that shows ``text`` as it is, and ``message`` in summaries.

    Of this form because pytest-xdist sends it whole, and JUnit and the short summary take
    ``message`` from it. With ``--tb=line`` pytest writes a line of place and message itself, after
    the text: there is none then.
    """
    entries: Sequence[ReprEntryNative] = []
    if config.getoption("tbstyle", "auto") != "line":
        entries = [ReprEntryNative([text if text.endswith("\n") else text + "\n"])]
    traceback = ReprTraceback(entries, extraline=None, style="native")
    return ReprExceptionInfo(
        reprtraceback=traceback, reprcrash=ReprFileLocation(path, line, message)
    )


def subtest_report(parent: pytest.TestReport, name: str, **changes: Any) -> SubtestReport:
    """A subtest's report beside its parent's: the same node, phase and place."""
    arguments: dict[str, Any] = {
        "nodeid": parent.nodeid,
        "location": parent.location,
        "keywords": parent.keywords,
        "outcome": "passed",
        "longrepr": None,
        "when": "call",
        **changes,
    }
    report = SubtestReport(**arguments)
    report.context = SubtestContext(msg=name, kwargs={})
    return report
