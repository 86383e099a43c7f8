"""Markers on Python tests, with Go tests beside them and without --wslgo."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from go_project import output
from marked_machine import put

if TYPE_CHECKING:
    from go_project import GoProject

EACH = """
    import pytest

    @pytest.mark.requires_systemd
    def test_systemd(): pass

    @pytest.mark.skip_on_drvfs(reason="renames fail")
    def test_drvfs(): pass

    @pytest.mark.requires_wsl(version=2)
    def test_wsl(): pass

    @pytest.mark.skip_on_wsl(1)
    def test_no_wsl(): pass

    @pytest.mark.requires_kernel(">=5.15")
    def test_kernel(): pass

    @pytest.mark.requires_go(">=1.21")
    def test_go(): pass

    @pytest.mark.requires_cgo
    def test_cgo(): pass

    @pytest.mark.requires_race
    def test_race(): pass

    @pytest.mark.requires_capability("symlink", "flock")
    def test_capability(): pass

    @pytest.mark.requires_interop
    def test_interop(): pass

    @pytest.mark.requires_root
    def test_root(): pass

    @pytest.mark.skip_if_root
    def test_no_root(): pass
"""


def test_met(project: GoProject) -> None:
    """Where its conditions hold, a test runs; without --wslgo just the same."""
    put(project, "booted(kind='wsl2', interop=True, uid=0)")
    project.write({"test_p.py": EACH})

    result = project.run("-rs", off=True)

    result.assert_outcomes(passed=11, skipped=1)
    assert "test_p.py:36: skip_if_root: the user is root (uid 0)" in output(result)


def test_not_met(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they do not, it is skipped; each skip has the test's line, the marker and the fact."""
    monkeypatch.setenv("CGO_ENABLED", "0")
    tmp = os.environ["PYTEST_DEBUG_TEMPROOT"]  # which pytester sets: tmp_path comes from there
    broken = 'prober({"symlink": "EPERM: Operation not permitted"})'
    put(project, "with_drive(config.rootpath)", broken)
    project.write({"test_p.py": EACH.replace(">=5.15", ">=6.99").replace(">=1.21", ">=1.99")})

    result = project.run("-rs", off=True)

    result.assert_outcomes(passed=3, skipped=9)
    said = [line for line in result.outlines if line.startswith("SKIPPED [1] test_p.py:")]
    wanted = [
        "3: requires_systemd: PID 1 is init (",
        f"6: skip_on_drvfs: {project.path} is a Windows drive (9p, aname=drvfs); renames fail",
        '15: requires_kernel(">=6.99"): this is 6.1.0-18-amd64 (',
        '18: requires_go(">=1.99"): this is go1.',
        "21: requires_cgo: CGO_ENABLED=0 in the environment",
        "24: requires_race: race needs cgo: CGO_ENABLED=0 in the environment",
        f'27: requires_capability("symlink"): symlink in {tmp}: EPERM: Operation not permitted',
        "30: requires_interop: Windows programs are not registered to run here (",
        "33: requires_root: the user is not root (uid 7)",
    ]
    assert [line for line in wanted if not any(f"test_p.py:{line}" in each for each in said)] == []


def test_no_go(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Go a test that requires one is skipped with what was tried."""
    (project.path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(project.path / "bin"))
    put(project)
    project.write({"pytest.ini": "[pytest]\nwslgo_go = /nonexistent/go\n", "test_p.py": EACH})

    result = project.run("-rs", "-k", "test_go or test_cgo or test_race", off=True)

    result.assert_outcomes(skipped=3)
    assert 'test_p.py:18: requires_go(">=1.21"): ' in output(result)
    assert "/nonexistent/go" in output(result)


def test_before_fixtures(project: GoProject) -> None:
    """A test that is skipped has no fixtures set up: they may need what is not there."""
    put(project)
    project.write(
        {
            "test_p.py": """
                import pytest

                @pytest.fixture
                def service():
                    raise RuntimeError("there is no systemd")

                @pytest.mark.requires_systemd
                def test_it(service): pass
            """
        }
    )

    project.run(off=True).assert_outcomes(skipped=1)


def test_module_class_parameter(project: GoProject) -> None:
    """Marks of a module, of a class, of one parameter and of a unittest class count."""
    put(project)
    project.write(
        {
            "test_m.py": """
                import pytest

                pytestmark = pytest.mark.requires_systemd

                def test_it(): pass
            """,
            "test_c.py": """
                import unittest

                import pytest

                @pytest.mark.requires_root
                class TestC:
                    def test_it(self): pass

                @pytest.mark.requires_wsl
                class TestU(unittest.TestCase):
                    def test_it(self): pass

                mark = pytest.mark.requires_interop

                @pytest.mark.parametrize("n", [1, pytest.param(2, marks=mark)])
                def test_it(n): pass
            """,
        }
    )

    result = project.run("-rs", off=True)

    result.assert_outcomes(passed=1, skipped=4)
    for place in ("test_m.py:5: requires_systemd", "test_c.py:7: requires_root"):
        assert place in output(result)
    assert "requires_wsl: " in output(result)
    assert "requires_interop: " in output(result)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ('requires_kernel("5.15")', "'5.15' is no version specifier (as in requires_kernel(\">=5"),
        ("requires_kernel", 'requires_kernel(): the specifier is missing (as in requires_kernel("'),
        ("requires_capability('simlink')", "'simlink' is no capability: did you mean symlink?"),
        ("requires_wsl(3)", "requires_wsl(3): 3 is no version of WSL: it is 1 or 2"),
        ("skip_on_drvfs(raeson='x')", "did you mean reason?"),
        ("requires_sytemd", "'requires_sytemd' is no marker: did you mean requires_systemd?"),
    ],
)
def test_wrong(project: GoProject, mark: str, message: str) -> None:
    """A marker that is used in a wrong way, or misspelt, is an error of its test: one paragraph."""
    put(project)
    body = f"import pytest\n\n@pytest.mark.{mark}\ndef test_it(): pass\n\ndef test_other(): pass\n"
    project.write({"test_p.py": body})

    result = project.run("-W", "ignore", off=True)

    result.assert_outcomes(passed=1, errors=1)
    assert message in output(result)
    assert "settling.py" not in output(result)


@pytest.mark.parametrize("line", ["requires_docker: ours", "requires_sytemd(x): ours too"])
def test_marks_of_others(project: GoProject, line: str) -> None:
    """A mark that somebody has registered is theirs, however much it looks like one of these."""
    put(project)
    name = line.partition(":")[0].partition("(")[0]
    project.write(
        {
            "pytest.ini": f"[pytest]\nmarkers = {line}\n",
            "test_p.py": f"import pytest\n\n@pytest.mark.{name}\ndef test_it(): pass\n",
        }
    )

    project.run("--strict-markers", off=True).assert_outcomes(passed=1)


def test_listed(project: GoProject) -> None:
    """``pytest --markers`` shows each with its signature and a sentence."""
    result = project.run("--markers", off=True)

    text = output(result)
    assert "@pytest.mark.requires_systemd(*, reason=None): skip unless systemd is PID 1" in text
    assert "@pytest.mark.requires_kernel(specifier, *, reason=None): " in text
    assert "@pytest.mark.requires_wsl(version=None, *, reason=None): " in text
    assert '@pytest.mark.requires_capability(*names, directory="tmp", reason=None): ' in text
    assert "@pytest.mark.xfail_on(*where, strict=None, reason=None): " in text


def test_junit(project: GoProject) -> None:
    """JUnit has the reason."""
    put(project)
    project.write({"test_p.py": EACH})

    skipped = project.junit("-k", "test_systemd", off=True)["test_p::test_systemd"].find("skipped")

    assert skipped is not None
    assert skipped.get("message") == "requires_systemd: PID 1 is init (/proc/1/comm)"


def test_xdist(project: GoProject) -> None:
    """With pytest-xdist the outcomes are the same."""
    put(project)
    project.write({"test_p.py": EACH})

    one, two = project.run("-rs", off=True), project.run("-rs", "-n2", off=True)

    outcomes = one.parseoutcomes()
    assert outcomes["skipped"] > 0
    assert two.parseoutcomes() == outcomes
    assert _skips(one) == _skips(two)


def _skips(result: pytest.RunResult) -> list[str]:
    return sorted(line for line in result.outlines if line.startswith("SKIPPED"))


@pytest.mark.parametrize("with_network", [True, False])
def test_network(project: GoProject, with_network: bool) -> None:
    """Where there is no way out, a test that requires the network is skipped; else it runs."""
    if not with_network and (shutil.which("unshare") is None or os.geteuid() != 0):
        pytest.skip("only root can make a network namespace, by `unshare`")
    if with_network and not _has_way_out():
        pytest.skip("this machine has no network")
    put(project)
    text = "import pytest\n\n@pytest.mark.requires_network\ndef test_it(): pass\n"
    project.write({"test_p.py": text})
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider"]

    done = subprocess.run(
        command if with_network else ["unshare", "-n", *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=project.path,
    )

    assert done.returncode == 0
    assert ("1 passed" in done.stdout) is with_network
    assert ("requires_network: there is no route" in done.stdout) is not with_network


def _has_way_out() -> bool:
    from pytest_wslgo.environment.network import way_out

    return way_out().exists


def test_offline(project: GoProject) -> None:
    """In an offline session a test that requires the network is skipped, and says why."""
    put(project, more="    config.option.wslgo_offline = 'true'\n")
    text = "import pytest\n\n@pytest.mark.requires_network\ndef test_it(): pass\n"
    project.write({"test_p.py": text})

    result = project.run("-rs", off=True)

    assert "requires_network: the session is offline (--wslgo-offline)" in output(result)


def test_machine_is_not_asked_for(project: GoProject) -> None:
    """A session without such marks looks at no machine and imports nothing for it."""
    project.write(
        {
            "test_p.py": """
                import sys

                import pytest

                @pytest.mark.parametrize("n", range(3))
                def test_modules(n, pytestconfig):
                    from pytest_wslgo.plugin.keys import ENVIRONMENT, JUDGE

                    assert ENVIRONMENT not in pytestconfig.stash
                    assert JUDGE not in pytestconfig.stash
                    ours = {name for name in sys.modules if name.startswith("pytest_wslgo.plugin.")}
                    assert "pytest_wslgo.plugin.markers.table" in ours
                    assert "pytest_wslgo.plugin.markers.settling" not in ours
                    assert "pytest_wslgo.environment" not in sys.modules
                    assert "packaging.specifiers" not in sys.modules
            """
        }
    )

    result = project.run("-p", "no:xdist", off=True, alone=True)

    result.assert_outcomes(passed=3)
