"""A marker as somebody has used it, checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.plugin.markers.checks import unknown
from pytest_wslgo.plugin.markers.table import MARKERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_wslgo.plugin.markers.table import Marker


@dataclass(frozen=True, slots=True)
class Use:
    """A marker with its arguments; equal for equal questions.

    Attributes:
        marker: which.
        values: of all its parameters, also those that were not given, by name.
    """

    marker: Marker
    values: tuple[tuple[str, Any], ...]

    def __getitem__(self, name: str) -> Any:
        return dict(self.values)[name]

    def label(self, names: Sequence[str] = ()) -> str:
        """How reports name it: ``requires_kernel(">=5.15")``; of `names` instead of all it has."""
        marker, shown = self.marker, []
        if marker.required:
            shown.append(json.dumps(self[marker.required.name]))
        if marker.rest:
            shown += [json.dumps(each) for each in names or self[marker.rest.name]]
        if marker.optional and self[marker.optional.name] is not None:
            shown.append(f"{marker.optional.name}={self[marker.optional.name]}")
        return f"{marker.name}({', '.join(shown)})" if shown else marker.name


def bind(name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> Use:
    """Check what a marker was given.

    Raises:
        ArgumentError: it takes no such thing, lacks one, or one has no such value; the message says
            which, not where, nor what would be right: the caller knows the language.
    """
    marker = MARKERS[name]
    try:
        values = dict(_positional(marker, args))
        for key, value in kwargs.items():
            values[key] = _named(marker, key, value, values)
    except ValueError as error:
        raise ArgumentError(str(error)) from error
    if marker.required and marker.required.name not in values:
        raise ArgumentError(f"the {marker.required.name} is missing")
    for parameter in filter(None, (marker.optional, *marker.keywords)):
        values.setdefault(parameter.name, parameter.default)
    return Use(marker, tuple(sorted(values.items())))


def _positional(marker: Marker, args: Sequence[object]) -> Iterator[tuple[str, object]]:
    if marker.rest:
        if not args:
            raise ValueError("it names nothing")
        yield marker.rest.name, tuple(marker.rest.check(each) for each in args)
        return
    places = [place for place in (marker.required, marker.optional) if place is not None]
    if len(args) > len(places):
        most = "no argument" if not places else "one argument"
        raise ValueError(f"it takes {most} without a name, not {len(args)} ({marker.signature})")
    for place, value in zip(places, args, strict=False):
        yield place.name, place.check(value)


def _named(marker: Marker, key: str, value: object, values: Mapping[str, object]) -> object:
    places = [marker.required, marker.optional, *marker.keywords]
    known = {place.name: place for place in places if place is not None}
    if key not in known:
        raise ValueError(unknown(key, known, f"parameter of {marker.name}"))
    if key in values:
        raise ValueError(f"{key} is given twice")
    unset = value is None and known[key] is not marker.required
    return known[key].default if unset else known[key].check(value)
