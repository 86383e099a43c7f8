"""Cover profiles: read, merged, written."""

from __future__ import annotations

from pytest_wslgo.coverage.profile import Profile, merge, read_profile, write_profile

__all__ = ["Profile", "merge", "read_profile", "write_profile"]
