"""What is this machine, as far as a Go test can notice?

`detect` says what the machine is, with the evidence; `describe` and `details` say it to people.
`read_facts` looks at what can change a test's outcome; `fingerprint` makes one word of what it saw,
and `cache_mark` a number that `go test -benchtime` can carry into the key of Go's test cache.
"""

from __future__ import annotations

from pytest_wslgo.environment.cgroups import Quotas
from pytest_wslgo.environment.description import describe, details
from pytest_wslgo.environment.detect import detect
from pytest_wslgo.environment.facts import Facts, read_facts
from pytest_wslgo.environment.finding import Finding
from pytest_wslgo.environment.fingerprint import cache_mark, differences, fingerprint
from pytest_wslgo.environment.model import Environment, Evidence, Kind
from pytest_wslgo.environment.mounts import Mount
from pytest_wslgo.environment.process import Process, this_process
from pytest_wslgo.environment.settings import Settings

__all__ = [
    "Environment",
    "Evidence",
    "Facts",
    "Finding",
    "Kind",
    "Mount",
    "Process",
    "Quotas",
    "Settings",
    "cache_mark",
    "describe",
    "details",
    "detect",
    "differences",
    "fingerprint",
    "read_facts",
    "this_process",
]
