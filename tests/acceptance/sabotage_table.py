"""Writes docs/cases.md from the sabotage suite: ``python tests/acceptance/sabotage_table.py``.

The page is what the cases claim, so it cannot say more than they prove.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sabotage import Case

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "cases.md"
HEAD = """\
# Ways in which a Go run goes wrong, and what a session says

Each line is a case of the sabotage suite (`tests/acceptance/test_sabotage_*.py`): a small Go module
that is run through a whole pytest session, with every report of the session compared. The page is
written from the suite by `python tests/acceptance/sabotage_table.py`. "Exit" is pytest's exit
status. A bare test name is one of `x_test.go`; `passed error` is a test that passed and an error at
its teardown.
"""


def cases() -> Iterator[tuple[str, list[Case]]]:
    """The titles of the suite's modules, each with its cases."""
    for file in sorted(HERE.glob("test_sabotage_*.py")):
        module = importlib.import_module(file.stem)
        title = (module.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        yield title, sorted(module.CASES, key=_order)


def _order(case: Case) -> tuple[int, str]:
    match = re.match(r"(\d+)(\w*)", case.number)
    assert match is not None
    return int(match[1]), match[2]


def page() -> str:
    """The page as it should be."""
    parts = [HEAD]
    for title, found in cases():
        parts.append(f"\n## {title}\n\n| | case | what a user sees | exit |\n|---|---|---|---|\n")
        parts += [_row(case) for case in found]
    return "".join(parts)


def _row(case: Case) -> str:
    told = "; ".join(f"`{name}` {word}" for name, word in case.outcomes.items()) or "no report"
    said = [*case.lines, *case.terminal][:1]
    text = f"<br>`{_cell(said[0])}`" if said else ""
    since = f" (Go {case.since})" if case.since else ""
    return f"| {case.number} | {_cell(case.claim)}{since} | {_cell(told)}{text} | {case.status} |\n"


def _cell(text: str) -> str:
    text = re.sub(r"(\S{40})\S{40,}", r"\1…", text)
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
