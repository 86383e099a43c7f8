from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.__main__ import main
from pytest_wslgo.outcomes import Outcome, State
from pytest_wslgo.reports import Fault, Result, SessionResult, junit, read_session

if TYPE_CHECKING:
    from tests.reports.conftest import Desk

PACKAGE = "ex.com/m/a"

# Surrogates, too: file names that are no UTF-8 come so.
TEXTS = st.text(st.characters(codec=None))


def test_cases(desk: Desk) -> None:
    """One suite with a case for each test: Go's time, and what became of it."""
    journal = desk.journal("TestA", "TestB", "TestC", "TestD")
    desk.test(journal, "TestA")
    desk.test(journal, "TestB", "fail", "    a_test.go:4: boom\n")
    desk.test(journal, "TestC", "skip", "    a_test.go:5: not here\n")

    suite = ET.fromstring(junit.render(read_session(desk.root)))[0]

    cases = {case.get("name"): [each.tag for each in case] for case in suite.iter("testcase")}
    assert cases == {"TestA": [], "TestB": ["failure"], "TestC": ["skipped"], "TestD": ["error"]}
    assert {case.get("classname") for case in suite.iter("testcase")} == {"a.a_test.go"}
    assert [case.get("time") for case in suite.iter("testcase")] == ["0.250"] * 3 + ["0.000"]
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}


def test_what_a_test_noted(desk: Desk) -> None:
    """What a test noted of itself, and that Go's test cache answered, are properties."""
    journal = desk.journal("TestA")
    attribute = {"Package": PACKAGE, "Test": "TestA", "Action": "attr", "Key": "a", "Value": "b"}
    desk.write(journal, attribute)
    desk.test(journal, "TestA")
    cached = f"ok  \t{PACKAGE}\t(cached)\n"
    desk.write(journal, {"Action": "output", "Package": PACKAGE, "Output": cached})
    desk.package(journal)
    desk.end(journal)

    (case,) = ET.fromstring(junit.render(read_session(desk.root))).iter("testcase")

    properties = [(each.get("name"), each.get("value")) for each in case.iter("property")]
    assert properties == [("cached", "true"), ("a", "b")]


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(State))
def test_any_text(name: str, output: str, reason: str, state: State) -> None:
    """Whatever is in names, reasons and output, the document is XML."""
    result = Result(f"a_test.go::{name}", name, Outcome(state, output=output, reason=reason))
    session = SessionResult(
        Path("journal"), (result,), (Fault(name, reason, output),), causes=(reason,), go=name
    )

    document = junit.render(session)

    assert len(list(ET.fromstring(document).iter("testcase"))) == 2


@pytest.mark.parametrize(
    "node_id",
    ["fail/f_test.go::TestX", "f_test.go::TestX", "a/f_test.go::TestX[linux/386]"],
)
def test_address(node_id: str) -> None:
    """Class and name are those that pytest's own JUnit has for a node."""
    from _pytest.junitxml import mangle_test_address

    expected = mangle_test_address(node_id)

    assert junit.address(node_id) == (".".join(expected[:-1]), expected[-1])


def test_file(desk: Desk, tmp_path: Path) -> None:
    """The file is written in a directory that is made, and nothing else is left there."""
    desk.journal("TestA")
    file = tmp_path / "new" / "j.xml"

    main(["report", str(desk.root / "session"), "--junit", str(file)])

    assert ET.parse(file).getroot().tag == "testsuites"
    assert [each.name for each in file.parent.iterdir()] == ["j.xml"]


def test_cannot_write(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be written: one line, exit status 2."""
    desk.journal("TestA")
    (tmp_path / "file").touch()

    status = main(["report", str(desk.root / "session"), "--junit", str(tmp_path / "file" / "x")])

    caught = capsys.readouterr()
    assert (status, caught.err.count("\n")) == (2, 1)
    assert "cannot write the JUnit file" in caught.err


def test_failed_write(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file cannot take its place, the old one stays and no half of the new one does."""
    desk.journal("TestA")
    session = read_session(desk.root / "session")
    target = tmp_path / "reports" / "j.xml"
    target.parent.mkdir()
    target.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(OSError, match="No space left"):
        junit.write(session, target)

    assert [(each.name, each.read_text()) for each in target.parent.iterdir()] == [("j.xml", "old")]


def test_link_stays(desk: Desk, tmp_path: Path) -> None:
    """A link to a file is written through."""
    desk.journal("TestA")
    (tmp_path / "real.xml").touch()
    (tmp_path / "link.xml").symlink_to(tmp_path / "real.xml")

    junit.write(read_session(desk.root / "session"), tmp_path / "link.xml")

    assert (tmp_path / "link.xml").is_symlink()
    assert ET.parse(tmp_path / "real.xml").getroot().tag == "testsuites"


def test_pipe(desk: Desk, tmp_path: Path) -> None:
    """What is no regular file is written to and not replaced."""
    desk.journal("TestA")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)

    junit.write(read_session(desk.root / "session"), fifo)

    content = os.read(reader, 1 << 16)
    os.close(reader)
    assert fifo.is_fifo()
    assert ET.fromstring(content).tag == "testsuites"


def test_properties() -> None:
    """Attempts and groups are properties of a case, Go and the interruption those of the suite."""
    result = Result("a_test.go::TestA", "TestA", Outcome(State.PASSED), group="0a1b2c3d", reruns=2)
    session = SessionResult(Path("journal"), (result,), causes=("it was stopped",), go="go1.26.0")

    root = ET.fromstring(junit.render(session))

    found = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert found == {
        "go": "go1.26.0",
        "interrupted": "it was stopped",
        "group": "0a1b2c3d",
        "reruns": "2",
    }
