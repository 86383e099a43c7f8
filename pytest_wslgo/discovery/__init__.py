"""Which packages and tests are there? Nothing here compiles or runs any of them."""

from __future__ import annotations

from pytest_wslgo.discovery.ahead import scan_until
from pytest_wslgo.discovery.golist import list_packages
from pytest_wslgo.discovery.model import (
    Directive,
    GoPackage,
    Kind,
    ModuleRoot,
    Stray,
    TestFile,
    TestFunction,
)
from pytest_wslgo.discovery.modules import find_module_roots
from pytest_wslgo.discovery.scan import scan, scan_file

__all__ = [
    "Directive",
    "GoPackage",
    "Kind",
    "ModuleRoot",
    "Stray",
    "TestFile",
    "TestFunction",
    "find_module_roots",
    "list_packages",
    "scan",
    "scan_file",
    "scan_until",
]
