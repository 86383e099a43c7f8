"""Which Go and which C compiler, and what can the two do here?

`locate` finds a Go and tries cgo and race; `for_module` adds what go.mod and GOTOOLCHAIN ask for.
`prove_cgo` and `prove_race` go the whole way, for who asks.
"""

from __future__ import annotations

from pytest_wslgo.toolchain.binary import Binary
from pytest_wslgo.toolchain.builds import Builds
from pytest_wslgo.toolchain.ccompiler import CCompiler
from pytest_wslgo.toolchain.command import GoCommandError
from pytest_wslgo.toolchain.locate import locate
from pytest_wslgo.toolchain.model import Capability, Refusal
from pytest_wslgo.toolchain.module import for_module
from pytest_wslgo.toolchain.places import check_places
from pytest_wslgo.toolchain.proof import prove_cgo, prove_race
from pytest_wslgo.toolchain.toolchain import Toolchain
from pytest_wslgo.toolchain.version import MINIMUM, parse_version

__all__ = [
    "MINIMUM",
    "Binary",
    "Builds",
    "CCompiler",
    "Capability",
    "GoCommandError",
    "Refusal",
    "Toolchain",
    "check_places",
    "for_module",
    "locate",
    "parse_version",
    "prove_cgo",
    "prove_race",
]
