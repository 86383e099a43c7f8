"""The page of cases in the docs."""

from __future__ import annotations

from sabotage_table import PAGE, page


def test_the_page_is_what_the_suite_claims() -> None:
    """docs/cases.md is as ``python tests/acceptance/sabotage_table.py`` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
