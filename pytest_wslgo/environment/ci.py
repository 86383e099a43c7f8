"""Which CI provider runs this, by the variables that each documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment.model import Evidence

# Gitea and Forgejo set GitHub's as well, and come first; CI is set by nearly all, and comes last.
_PROVIDERS: Final = {
    "GITEA_ACTIONS": "Gitea Actions",
    "FORGEJO_ACTIONS": "Forgejo Actions",
    "GITHUB_ACTIONS": "GitHub Actions",
    "GITLAB_CI": "GitLab CI",
    "TF_BUILD": "Azure Pipelines",
    "CIRCLECI": "CircleCI",
    "BUILDKITE": "Buildkite",
    "TRAVIS": "Travis CI",
    "CIRRUS_CI": "Cirrus CI",
    "DRONE": "Drone",
    "APPVEYOR": "AppVeyor",
    "SEMAPHORE": "Semaphore",
    "TEAMCITY_VERSION": "TeamCity",
    "JENKINS_URL": "Jenkins",
    "BITBUCKET_BUILD_NUMBER": "Bitbucket Pipelines",
    "CODEBUILD_BUILD_ID": "AWS CodeBuild",
    "CI": "CI",
}
_OFF: Final = frozenset(("", "0", "false", "no", "off"))


def find_ci(environ: Mapping[str, str]) -> tuple[str | None, list[Evidence]]:
    """The provider; "CI" where a job says no more than that it is one."""
    for name, provider in _PROVIDERS.items():
        value = environ.get(name, "")
        if value.lower() in _OFF:
            continue
        if name == "CI" and value == "woodpecker":
            provider = "Woodpecker"  # noqa: PLW2901 - it says so in CI itself
        return provider, [evidence("ci", f"{name} in the environment", value)]
    return None, []
