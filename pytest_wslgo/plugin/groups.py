"""Which Go items may share a run: those that run under the same fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.plugin import private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_wslgo.plugin.nodes import GoItem

Key = tuple[str, ...]
SHARED: Key = ()
"""The key of items without fixtures: one run for all of them, started when collection ends."""


def group_key(item: GoItem, unit: str) -> Key:
    """What an item's run depends on.

    Equal keys mean the same fixtures with the same lifetime. A fixture of function scope gives its
    item a run of its own; so does one that does not exist, which its item will fail of.

    Args:
        item: The item.
        unit: What else keeps items apart: with pytest-xdist each worker has its own fixtures, and
            only items of one unit stay on one worker.
    """
    definitions = private.fixture_definitions(item.fixtureinfo)
    scopes = {definition.scope for definition in definitions}
    if scopes & {"function", "class"} or private.missing_fixtures(item.fixtureinfo):
        return ("item", item.nodeid)
    if not definitions:
        return SHARED
    key: list[str] = ["group"]
    for definition in definitions:
        key += (definition.argname, definition.baseid or "", _home(item, definition.scope))
    return (*key, unit)


def fixture_values(item: GoItem) -> list[object]:
    """What identifies the fixtures that are up now: pytest's cached results, by identity.

    The objects themselves are kept, not their ids: a freed object's id may be given again.
    """
    return [
        definition.cached_result for definition in private.fixture_definitions(item.fixtureinfo)
    ]


def same_values(left: Sequence[object], right: Sequence[object]) -> bool:
    """Whether two lists of ``fixture_values`` are of the same set-up."""
    return len(left) == len(right) and all(a is b for a, b in zip(left, right, strict=True))


def deepest_node(item: GoItem) -> pytest.Item | pytest.Collector:
    """The node with whose teardown the first of the item's fixtures goes down."""
    scopes = {definition.scope for definition in private.fixture_definitions(item.fixtureinfo)}
    if scopes & {"function", "class"}:
        return item
    if "module" in scopes:
        return item.getparent(pytest.Module) or item
    if "package" in scopes:
        return item.getparent(pytest.Package) or item.session
    return item.session


def adjacent(items: list[pytest.Item], keys: dict[GoItem, Key]) -> list[pytest.Item]:
    """Bring the Go items of each group together, at the place of the group's first.

    pytest orders items by fixtures only where these have parameters; without this a package-scoped
    fixture between others would go up and down several times. Python tests keep their places.
    """
    first: dict[Key, int] = {}
    order: list[tuple[int, int]] = []
    for index, item in enumerate(items):
        key = keys.get(item)  # type: ignore[call-overload]  # other items have no key
        if key:
            order.append((first.setdefault(key, index), index))
        else:
            order.append((index, index))
    return [items[index] for _, index in sorted(order)]


def _home(item: GoItem, scope: str) -> str:
    if scope == "module":
        return str(item.path)
    if scope == "package":
        package = item.getparent(pytest.Package)
        return package.nodeid if package else ""
    return ""
