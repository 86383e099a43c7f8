"""What becomes of the cover profiles when the runs have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.coverage import merge, read_profile, write_profile
from pytest_wslgo.errors import WslgoError
from pytest_wslgo.outcomes.wording import few

if TYPE_CHECKING:
    from pytest_wslgo.coverage import Profile
    from pytest_wslgo.plugin.session import GoSession


def conclude(go: GoSession) -> str:
    """Merge the profiles of all runs, write the merged one if asked, and say the total."""
    if not go.settings.cover:
        asked = go.settings.coverprofile
        return f"coverage is off: {asked} was not written" if asked else ""
    files = [
        journal.cover_profile(index) for journal, count in go.journals() for index in range(count)
    ]
    try:
        profile = merge(read_profile(file) for file in files if file.exists())
        if go.settings.coverprofile is not None:
            write_profile(profile, go.settings.coverprofile)
    except WslgoError as error:
        go.problems.append(str(error))
        return "coverage: not known, see the error"
    if not profile.blocks:
        return ""
    written = f" ({go.settings.coverprofile})" if go.settings.coverprofile else ""
    return f"coverage: {profile.percent:.1f}% of statements{_without(go, profile)}{written}"


def _without(go: GoSession, profile: Profile) -> str:
    """The packages that left no profile, as they did not come to their end."""
    missing = [
        end.import_path
        for end in go.ends()
        if not (end.state.green or end.measured or end.import_path in profile.packages)
    ]
    names = list(dict.fromkeys(missing))
    return f", without {few(names)}" if names else ""
