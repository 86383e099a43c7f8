from __future__ import annotations

import pytest
from packaging.version import Version

from pytest_wslgo.toolchain import MINIMUM, parse_version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("go1.21", "1.21"),
        ("go1.22.5", "1.22.5"),
        ("1.22.5", "1.22.5"),
        ("go1.23rc2", "1.23rc2"),
        ("go1.24beta1", "1.24b1"),
        ("devel go1.27-abc123 Tue Jan 6 10:00:00 2026 +0000", "1.27.dev0"),
        ("go1.26-devel_0123abc", "1.26.dev0"),
        ("go1.22.5 X:boringcrypto", "1.22.5"),
        ("go1.26.8-X:jsonv2", "1.26.8"),
        ("go1.21.0-google", "1.21.0"),
        ("go1.24.3 (Red Hat 1.24.3-1.el9)", "1.24.3"),
        ("go1.20.14b7", "1.20.14"),
        ("go1.9rc1b4", "1.9rc1"),
        ("go version go1.22.5 linux/amd64", "1.22.5"),
        ("go version devel go1.27-abc123 Tue Jan 6 linux/amd64", "1.27.dev0"),
    ],
)
def test_spellings(text: str, expected: str) -> None:
    """Every spelling that Go and its vendors use is understood."""
    version = parse_version(text)

    assert version == Version(expected)


def test_order() -> None:
    """A development build sorts below the betas, candidates and releases that it leads to."""
    texts = ["go1.26.8", "devel go1.27-abc Tue", "go1.27beta1", "go1.27rc1", "go1.27", "go1.27.1"]

    versions = [parse_version(text) for text in texts]

    assert versions == sorted(versions)
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize("text", ["", "devel +abc123 Tue", "gopher", "go", "go1.22x", "go1.2.3.4"])
def test_nonsense(text: str) -> None:
    """What is no version raises a ValueError that names it."""
    with pytest.raises(ValueError, match="not a Go version") as caught:
        parse_version(text)

    assert repr(text) in str(caught.value)


def test_minimum() -> None:
    """Go 1.21 is the oldest one accepted."""
    assert parse_version("go1.21.0") >= MINIMUM > parse_version("go1.20.14")
