"""A session's result as JUnit XML, in the form of pytest's own (xunit2)."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING

# Only written here, never parsed.
from xml.etree import ElementTree as ET

from pytest_wslgo.outcomes import State
from pytest_wslgo.reports import words
from pytest_wslgo.reports.escaping import for_line, for_xml
from pytest_wslgo.reports.properties import properties

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.reports.result import Fault, Result, SessionResult


def write(session: SessionResult, file: Path) -> None:
    """Write the XML file whole, or not at all.

    Missing directories are made. What is there and no regular file (``/dev/stdout``, a pipe) is
    written to as it is.

    Raises:
        OSError: The file cannot be written; what was there before is still there.
    """
    content = render(session)
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return
    file = file.resolve()  # a link stays one
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name[:200]}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise


def render(session: SessionResult) -> bytes:
    """The XML document."""
    bodies = words.Bodies(session)
    states = [result.outcome.state for result in session.results]
    errors = states.count(State.ERRORED) + states.count(State.DID_NOT_RUN) + len(session.faults)
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        name="pytest-wslgo",
        errors=str(errors),
        failures=str(states.count(State.FAILED)),
        skipped=str(states.count(State.SKIPPED)),
        tests=str(len(states) + len(session.faults)),
        time=f"{session.seconds:.3f}",
    )
    if session.began:
        began = datetime.fromtimestamp(session.began, tz=timezone.utc)
        suite.set("timestamp", began.isoformat())
    _properties(suite, session)
    for result in session.results:
        _result(suite, result, bodies)
    for fault in session.faults:
        _fault(suite, fault, bodies)
    content: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return content


def address(node_id: str) -> tuple[str, str]:
    """The classname and the name that pytest gives a node (``_pytest.junitxml``)."""
    file, *rest = node_id.split("::")
    names = [file.replace("/", "."), *rest]
    return ".".join(names[:-1]), names[-1]


def _properties(suite: ET.Element, session: SessionResult) -> None:
    known = {
        "go": session.go,
        "rootdir": session.rootdir,
        "interrupted": "; ".join(session.causes),
        "running": "true" if session.running else "",
    }
    properties = ET.SubElement(suite, "properties")
    for name, value in known.items():
        if value:
            ET.SubElement(properties, "property", name=name, value=for_xml(value))


def _case(suite: ET.Element, node_id: str, elapsed: float) -> ET.Element:
    classname, name = map(for_xml, address(node_id))
    return ET.SubElement(suite, "testcase", classname=classname, name=name, time=f"{elapsed:.3f}")


def _result(suite: ET.Element, result: Result, bodies: words.Bodies) -> None:
    outcome = result.outcome
    case = _case(suite, result.node_id, outcome.elapsed)
    more = [("group", result.group), ("reruns", str(result.reruns or ""))]
    told = properties(outcome, cached=result.cached, race_off=result.race_off)
    more += [(name, str(value)) for name, value in told]
    more = [(name, value) for name, value in more if value]
    if more:
        parent = ET.SubElement(case, "properties")
        for name, value in more:
            ET.SubElement(parent, "property", name=for_xml(name), value=for_xml(value))
    message = for_xml(for_line(bodies.shorten(outcome.reason)))
    if outcome.state is State.SKIPPED:
        skipped = ET.SubElement(case, "skipped", type="pytest.skip", message=message)
        skipped.text = for_xml(bodies.shorten(outcome.output))
    elif outcome.state is not State.PASSED:
        tag = "failure" if outcome.state is State.FAILED else "error"
        ET.SubElement(case, tag, message=message).text = for_xml(bodies.of_result(result))


def _fault(suite: ET.Element, fault: Fault, bodies: words.Bodies) -> None:
    message = for_xml(for_line(bodies.shorten(fault.reason)))
    error = ET.SubElement(_case(suite, fault.subject, 0.0), "error", message=message)
    error.text = for_xml(bodies.of_fault(fault))
