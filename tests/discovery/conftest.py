"""Go itself, for the tests that compare with it or need its answers."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def go() -> Path:
    """The go command on PATH."""
    found = shutil.which("go")
    if found is None:
        pytest.skip("there is no go on PATH")
    return Path(found)


@pytest.fixture(scope="session")
def goroot(go: Path) -> Path:
    """Where go keeps its standard library."""
    done = subprocess.run([go, "env", "GOROOT"], capture_output=True, check=True, text=True)
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def oracle(go: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """What Go's parser finds in a source or a file, as dicts; None where it is not valid Go."""
    binary = tmp_path_factory.mktemp("oracle") / "oracle"
    source = Path(__file__).parent / "oracle" / "main.go"
    environ = {**os.environ, "GOFLAGS": "", "GOWORK": "off"}
    subprocess.run([go, "build", "-o", binary, source], env=environ, check=True)
    process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin
        assert stdout

        def ask(question: bytes | Path) -> Any:
            if isinstance(question, Path):
                message = {"path": str(question)}
            else:
                message = {"source": base64.b64encode(question).decode()}
            stdin.write(json.dumps(message) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield ask
        stdin.close()
