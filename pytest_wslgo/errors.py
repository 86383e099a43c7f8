"""What can go wrong, as types: each error is also the fitting built-in one.

Every message is one paragraph that says what was tried, what happened and what to do about it.
The plugin turns them into pytest's own kinds of error; the library only raises them.
"""

from __future__ import annotations


class WslgoError(Exception):
    """The base of every error that this package raises on purpose."""


class ToolchainError(WslgoError, LookupError):
    """No usable Go toolchain: none found, or every candidate was refused."""


class DiscoveryError(WslgoError, ValueError):
    """`go list` could not say which packages there are."""


class ArgumentError(WslgoError, ValueError):
    """An option's value cannot be used."""


class JournalError(WslgoError, OSError):
    """A journal cannot be written or read."""


class RunnerError(WslgoError, RuntimeError):
    """The runner process could not be started, or died."""


class ProfileError(WslgoError, ValueError):
    """A cover profile is damaged, truncated or of another kind."""
