"""Which Go and which C compiler, and what can the two do here?

`locate` finds a Go and tries cgo and race; `for_module` adds what go.mod and GOTOOLCHAIN ask for.
"""

from __future__ import annotations

from .ccompiler import CCompiler
from .command import GoCommandError
from .locate import locate
from .model import Capability, Refusal
from .module import for_module
from .toolchain import Toolchain
from .version import MINIMUM, parse_version

__all__ = [
    "MINIMUM",
    "CCompiler",
    "Capability",
    "GoCommandError",
    "Refusal",
    "Toolchain",
    "for_module",
    "locate",
    "parse_version",
]
