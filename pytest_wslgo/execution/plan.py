"""The fewest `go test` processes that execute exactly the selected tests.

One ``-run`` holds for all packages of a process, so a filter that is right for one package may
select a namesake in another, and thousands of names do not fit into one argument (128 kB,
``MAX_ARG_STRLEN`` of Linux). The plan therefore puts packages together only where one filter is
exact for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_wslgo.execution.selection import PackageSelection

MAX_PATTERN = 100_000
"""Bytes in one filter flag; Linux takes 131,072 for an argument."""
_AROUND = len("-bench=^()$")


@dataclass(frozen=True, slots=True)
class Batch:
    """Packages for one process, with the names for its filters; None means no filter."""

    packages: tuple[PackageSelection, ...]
    run: tuple[str, ...] | None = None
    skip: tuple[str, ...] | None = None
    bench: tuple[str, ...] = ()
    fuzz: str = ""
    """The one target that is fuzzed."""

    def filters(self) -> list[str]:
        """The filter flags of `go test` (``go help testflag``)."""
        flags = []
        if self.run is not None:
            flags.append(f"-run={pattern(self.run)}")
        if self.skip is not None:
            flags.append(f"-skip={pattern(self.skip)}")
        if self.bench:
            flags.append(f"-bench={pattern(self.bench)}")
        if self.fuzz:
            flags.append(f"-fuzz={pattern([self.fuzz])}")
        return flags


def pattern(names: Iterable[str]) -> str:
    """A regular expression that matches exactly these top-level names.

    Names are Go identifiers, so nothing needs quoting, and no ``/`` splits the pattern into levels.
    """
    return f"^({'|'.join(names)})$"


def batches(packages: Sequence[PackageSelection], *, may_skip: bool) -> list[Batch]:
    """Distribute packages over as few processes as exact filters allow.

    Those that fuzz come last, one for each target: Go fuzzes one at a time, and for long.

    Args:
        packages: The selection, in the order in which it shall be run.
        may_skip: Whether ``-skip`` costs nothing: before Go 1.25 a run with it is never answered
            from the test cache, which matters where other flags would allow that.
    """
    found: list[Batch] = []
    others = [package for package in packages if package.names or not package.fuzzed]
    plain = [package for package in others if not package.benchmarks]
    benched = [package for package in others if package.benchmarks]
    for group in (plain, benched):
        found.extend(_batches(group, may_skip=may_skip))
    order = {package.import_path: index for index, package in enumerate(packages)}
    found.sort(key=lambda batch: order[batch.packages[0].import_path])
    return found + [_fuzzing(package, name) for package in packages for name in package.fuzzed]


def _fuzzing(package: PackageSelection, target: str) -> Batch:
    alone = replace(package, wanted=(target,), benchmarks=(), fuzzed=())
    return Batch((alone,), run=(target,), fuzz=target)


def _batches(packages: Sequence[PackageSelection], *, may_skip: bool) -> Iterator[Batch]:
    if not packages:
        return
    bench = tuple(dict.fromkeys(name for package in packages for name in package.benchmarks))
    if bench and not _benches_exactly(packages, bench):
        for package in packages:
            yield from _batches_of_one(package)
        return
    candidates: list[Batch | None] = []
    if all(package.whole for package in packages):
        candidates.append(Batch(tuple(packages), bench=bench))
    else:
        candidates.append(_by_run(packages, bench))
        if may_skip:
            candidates.append(_by_skip(packages, bench))
    fitting = [batch for batch in candidates if batch is not None and _fits(batch)]
    if fitting:
        yield min(fitting, key=lambda batch: len("".join(batch.filters())))
        return
    if len(packages) == 1:
        yield from _batches_of_one(packages[0])
        return
    whole = [package for package in packages if package.whole]
    partial = [package for package in packages if not package.whole]
    if whole and partial:
        yield from _batches(whole, may_skip=may_skip)
        yield from _batches(partial, may_skip=may_skip)
        return
    yield from _packed(partial or whole, may_skip=may_skip)


def _packed(packages: Sequence[PackageSelection], *, may_skip: bool) -> Iterator[Batch]:
    """First fit: each package goes into the first group that one filter can still serve."""
    groups: list[list[PackageSelection]] = []
    for package in packages:
        for group in groups:
            batch = _by_run([*group, package], ())
            if batch is not None and _fits(batch):
                group.append(package)
                break
        else:
            groups.append([package])
    for group in groups:
        yield from _batches(group, may_skip=may_skip)


def _batches_of_one(package: PackageSelection) -> Iterator[Batch]:
    """One package alone, its names in as many processes as the length of an argument needs."""
    bench = package.benchmarks
    if package.whole:
        candidates = [Batch((package,), bench=bench)]
    else:
        candidates = [
            Batch((package,), run=package.wanted, bench=bench),
            Batch((package,), skip=tuple(sorted(package.unwanted)), bench=bench),
        ]
    fitting = next((batch for batch in candidates if _fits(batch)), None)
    if fitting is not None:
        yield fitting
        return
    for names in _split(package.wanted):
        yield Batch((replace(package, wanted=names, benchmarks=()),), run=names)
    for names in _split(bench):
        yield Batch((replace(package, wanted=(), benchmarks=names),), run=(), bench=names)


def _split(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The names in parts of which each fits into one filter."""
    part: list[str] = []
    size = 0
    for name in names:
        more = len(name.encode()) + 1
        if part and size + more > MAX_PATTERN - _AROUND:
            yield tuple(part)
            part, size = [], 0
        part.append(name)
        size += more
    if part:
        yield tuple(part)


def _by_run(packages: Sequence[PackageSelection], bench: tuple[str, ...]) -> Batch | None:
    names = dict.fromkeys(name for package in packages for name in package.wanted)
    if any(name in names for package in packages for name in package.unwanted):
        return None
    # `-run=^()$` matches nothing, which is what benchmarks alone want.
    return Batch(tuple(packages), run=tuple(names), bench=bench)


def _by_skip(packages: Sequence[PackageSelection], bench: tuple[str, ...]) -> Batch | None:
    names = dict.fromkeys(name for package in packages for name in sorted(package.unwanted))
    if any(name in names for package in packages for name in package.wanted):
        return None
    return Batch(tuple(packages), skip=tuple(names), bench=bench)


def _benches_exactly(packages: Sequence[PackageSelection], bench: Sequence[str]) -> bool:
    return all(set(package.benchmarks) == set(bench) for package in packages) or len(packages) == 1


def _fits(batch: Batch) -> bool:
    return all(len(flag.encode()) <= MAX_PATTERN for flag in batch.filters())
