"""Findings about the files that configure WSL themselves: what WSL passes over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.environment.settings import Problem, Settings

_CODES: Final[dict[Problem, tuple[str, str]]] = {
    "unknown": ("WG101", "WSL passes over a key that it does not know"),
    "value": ("WG102", "WSL does not understand a value and goes by the default"),
    "line": ("WG103", "WSL cannot read a line"),
    "twice": ("WG104", "WSL passes over a key that was set before"),
}
# A file that is none of WSL's would fill pages.
_MOST: Final = 20


def misread(settings: Settings | None, *, stops: bool) -> Iterator[Finding]:
    """What of a file has no effect.

    Args:
        settings: of the file; None where there is none.
        stops: whether WSL reads nothing behind a line that it cannot read.
    """
    if settings is None:
        return
    for trouble in settings.troubles[:_MOST]:
        code, text = _CODES[trouble.problem]
        if trouble.problem == "line" and stops:
            text = f"{text}, and reads nothing behind it"
        where = f"{settings.path}, line {trouble.line}: {trouble.what}"
        yield Finding(code, "warning", text, where, trouble.why)
