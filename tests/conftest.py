"""What many tests share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from clientela.scenario.starter import starter

# No test is timed: a first example may load or compile something.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def clientela(tmp_path: Path) -> Command:
    """Runs the command line as a user would, in a folder of its own."""

    def run(*arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "clientela", *arguments],
            cwd=tmp_path, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def crisis(tmp_path: Path) -> Path:
    """The scenario that `clientela new` writes, in a file."""
    path = tmp_path / "my-crisis.yaml"
    path.write_text(starter("my-crisis"), encoding="utf-8")
    return path
