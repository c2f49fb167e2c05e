"""Which exit code an expected fault has."""

from __future__ import annotations

import sys


def exit_code_of(error: Exception) -> int | None:
    """2 bad input, 3 unstable, 4 cannot store; None if the fault is ours.

    Only modules already loaded are asked: a fault's class cannot come from any other.
    """
    for module, name, code in (
        ("clientela.reading.problems", "ReadingError", 2),
        ("clientela.process.process", "ProcessError", 2),
        ("clientela.analysis.questions", "QuestionError", 2),
        ("clientela.inference.record", "RecordError", 2),
        ("clientela.inference.mode", "ImproperError", 2),
        ("clientela.inference.nuts", "SamplerMissingError", 2),
        ("clientela.scenario.starter", "StarterError", 2),
        ("clientela.analysis.checking", "UnstableError", 3),
        ("clientela.engine.store", "StoreError", 4),
        ("clientela.evidence.store", "DocumentStoreError", 4),
    ):
        loaded = sys.modules.get(module)
        if loaded is not None and isinstance(error, getattr(loaded, name)):
            return code
    return None
