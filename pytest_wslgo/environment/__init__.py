"""What is this machine, as far as a Go test can notice?

`read_facts` looks; `fingerprint` makes one word of what it saw, and `cache_mark` a number that
`go test -benchtime` can carry into the key of Go's test cache.
"""

from __future__ import annotations

from pytest_wslgo.environment.cgroups import Quotas
from pytest_wslgo.environment.detect import detect
from pytest_wslgo.environment.facts import Facts, read_facts
from pytest_wslgo.environment.finding import Finding
from pytest_wslgo.environment.fingerprint import cache_mark, differences, fingerprint
from pytest_wslgo.environment.model import Environment, Evidence, Kind
from pytest_wslgo.environment.mounts import Mount
from pytest_wslgo.environment.process import Process, this_process

__all__ = [
    "Environment",
    "Evidence",
    "Facts",
    "Finding",
    "Kind",
    "Mount",
    "Process",
    "Quotas",
    "cache_mark",
    "detect",
    "differences",
    "fingerprint",
    "read_facts",
    "this_process",
]
