"""What the markers on an item mean for it: it is skipped, expected to fail, or fails.

Settled once for each item: for Go items before the plan, as what is skipped is not executed; for
Python tests when they are set up.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.plugin.keys import JUDGE, SETTLED
from pytest_wslgo.plugin.markers.judging import Verdict, judge
from pytest_wslgo.plugin.markers.scenes import Scenes
from pytest_wslgo.plugin.markers.table import MARKERS, concerns
from pytest_wslgo.plugin.markers.use import bind
from pytest_wslgo.plugin.options import read_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from pytest_wslgo.plugin.goenviron import GoEnv
    from pytest_wslgo.plugin.markers.use import Use
    from pytest_wslgo.toolchain import Toolchain

_OF_CGO: Final = ("requires_race", "requires_cgo")
_CLOSE: Final = 0.9
"""How like one of ours the name of an unknown mark must be to be taken for a misspelt one."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of an item that is not executed.

    Attributes:
        skip: why it is skipped.
        failure: why it fails instead: a marker is used in a wrong way, or ``--wslgo-require`` names
            what is lacking.
    """

    skip: str = ""
    failure: str = ""


_RUNS: Final = Settled()


def settle(item: pytest.Item) -> Settled | None:
    """What the markers of an item make of it; marks it as expected to fail if they say so.

    Returns:
        Why it is not executed; None if it is.
    """
    known = item.stash.get(SETTLED, None)
    if known is None:
        known = item.stash[SETTLED] = _settle(item)
    return None if known == _RUNS else known


def obey(item: pytest.Item) -> None:
    """Skip or fail an item that is being set up, as its markers say."""
    settled = settle(item)
    if settled is None:
        return
    if settled.failure:
        pytest.fail(settled.failure, pytrace=False)
    _private().skip_at_item(settled.skip)


def obey_under_fixtures(item: pytest.Item, toolchain: Toolchain, environ: GoEnv) -> None:
    """Skip or fail a Go item whose fixtures have taken what its markers ask for.

    Markers are judged before fixtures come up; a fixture may turn cgo off afterwards.
    """
    settled = taken(item, toolchain, environ)
    if settled is not None and settled.failure:
        pytest.fail(settled.failure, pytrace=False)
    if settled is not None:
        _private().skip_at_item(settled.skip)


def taken(item: pytest.Item, toolchain: Toolchain, environ: GoEnv) -> Settled | None:
    """What an item's fixtures have taken of what its markers ask for; None if nothing."""
    names = [name for name in _OF_CGO if item.get_closest_marker(name) is not None]
    off = toolchain.cgo_off(environ) if names else ""
    if not off:
        return None
    verdict = Verdict(met=False, reason=f"{names[0]}: {off} under this test's fixtures")
    if names[0] in read_option(item.config, "require"):
        return Settled(failure=_demand(verdict, names[0]))
    return Settled(skip=verdict.reason)


def _private() -> ModuleType:
    # Off means off: not imported before something is lacking.
    from pytest_wslgo.plugin import private  # noqa: PLC0415

    return private


def _settle(item: pytest.Item) -> Settled:
    marks = [mark for mark in item.iter_markers() if concerns(mark.name)]
    if not marks:
        return _RUNS
    found = item.config.stash.get(JUDGE, None)
    if found is None:
        found = item.config.stash[JUDGE] = Judge(item.config)
    return found.settle(item, marks)


class Judge:
    """Judges the marks of a session, each question once."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._scenes = Scenes(config)
        self._required = frozenset(read_option(config, "require"))
        self._verdicts: dict[tuple[Use, object], Verdict] = {}
        self._uses: dict[object, Use] = {}

    def settle(self, item: pytest.Item, marks: list[pytest.Mark]) -> Settled:
        """See the function of this name."""
        try:
            uses = dict.fromkeys(self._checked(marks))
        except ArgumentError as error:
            return Settled(failure=str(error))
        reasons = []
        for use in uses:
            verdict = self._verdict(use, item)
            if verdict.met:
                continue
            if not use.marker.skips:
                xfail = pytest.mark.xfail(reason=verdict.reason, strict=use["strict"])
                item.add_marker(xfail)
                continue
            required = self._required.intersection(verdict.names)
            # What pytest's own marks skip was not lost with the machine.
            if required and not _private().will_be_skipped(item):
                return Settled(failure=_demand(verdict, min(required)))
            reasons.append(verdict.reason)
        return Settled(skip="; and ".join(reasons))

    def _checked(self, marks: list[pytest.Mark]) -> Iterator[Use]:
        for mark in marks:
            if mark.name in MARKERS:
                yield self._use(mark)
            else:
                self._refuse_misspelt(mark.name)

    def _use(self, mark: pytest.Mark) -> Use:
        key = (mark.name, repr(mark.args), repr(mark.kwargs))
        if key not in self._uses:
            try:
                self._uses[key] = bind(mark.name, mark.args, mark.kwargs)
            except ArgumentError as error:
                right = MARKERS[mark.name].in_python()
                raise ArgumentError(f"{_spelt(mark)}: {error} (as in {right})") from error
        return self._uses[key]

    def _refuse_misspelt(self, name: str) -> None:
        """A mark that nobody has registered, and that looks like one of ours.

        Without a word it would be a mark that nobody obeys. Others' own marks look like ours
        (requires_docker): those are theirs.
        """
        lines = self._config.getini("markers")
        known = {line.partition(":")[0].partition("(")[0].strip() for line in lines}
        if name in known:
            return
        for near in difflib.get_close_matches(name, MARKERS, n=1, cutoff=_CLOSE):
            raise ArgumentError(
                f"{name!r} is no marker: did you mean {near}? "
                "A mark of your own must be registered (markers in the configuration file)"
            )

    def _verdict(self, use: Use, item: pytest.Item) -> Verdict:
        scene, key = self._scenes.of(item, local=use.marker.local)
        if (use, key) not in self._verdicts:
            self._verdicts[use, key] = judge(use, scene)
        return self._verdicts[use, key]


def _demand(verdict: Verdict, name: str) -> str:
    cure = verdict.cure or "provide it on this machine"
    return (
        f"{verdict.reason}. As --wslgo-require (or wslgo_require) names {name} this is no skip but "
        f"a failure, and the test was not executed: {cure}, or take {name} out of it"
    )


def _spelt(mark: pytest.Mark) -> str:
    given: list[Any] = [repr(each) for each in mark.args]
    given += [f"{name}={value!r}" for name, value in mark.kwargs.items()]
    return f"{mark.name}({', '.join(given)})"
