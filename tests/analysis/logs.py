"""Logs of violence in the scenario that `clientela new` writes, drawn or by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from clientela.analysis.fitting import Options, past_process
from clientela.engine import draw_block, draw_parameters
from clientela.process import compile_process
from clientela.scenario import Scenario

FIRST, LAST = dt.date(2020, 3, 1), dt.date(2030, 2, 28)
HEADER = "date,until,actor,target,kind,killed,id\n"
# Twenty attacks on the League, two a month, every third by the Guards.
SHORT = HEADER + "".join(
    f"2029-{1 + k // 2:02d}-{1 + 13 * (k % 2):02d},,{'front' if k % 3 else 'guards'},league,attack,{k % 2},\n"
    for k in range(20)
)  # fmt: skip


def drawn(scenario: Scenario, path: Path, seed: int = 4) -> dict[str, float]:
    """Writes a log of one history of ten years of the fitted process; the values it was drawn with."""
    program = compile_process(past_process(scenario, FIRST, LAST, Options()))
    block = draw_block(program, seed, 0, 1)
    rows = []
    for day, label, mark in zip(block.day, block.label, block.mark, strict=True):
        kind, _, pair = program.labels[label].partition(":")
        if kind in ("attack", "clash"):
            actor, _, target = pair.partition(">" if kind == "attack" else "~")
            date = FIRST + dt.timedelta(days=int(day))
            rows.append(f"{date},{date},{actor},{target},{kind},{mark},\n")
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    columns = draw_parameters(program, seed, 0, 1)[0]
    return dict(zip(program.columns, columns.tolist(), strict=True))
