"""The C loop that the engine is measured against draws the very same histories."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def speed(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import speed

    yield speed
    del sys.modules["speed"]


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_the_c_loop_and_the_engine_agree_event_for_event(speed, tmp_path: Path):
    program = speed.program_of("iraq-2021")
    (work, *_) = speed.works(program, 400)
    library = speed.c_library(str(tmp_path))
    ours = speed.histories(speed.engine(program), work)
    theirs = speed.histories(speed.c_loop(program, library), work)
    assert len(ours[0]) > 1000
    for mine, other in zip(ours, theirs, strict=True):
        # A compiler may fuse a multiplication and an addition: days agree but for the last bits.
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=0)
