"""What the fitted process would have drawn: counts of events, beside those observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientela.engine import Record, draw_recorded
from clientela.process import Program

WEEK = 7.0


@dataclass(frozen=True)
class Predicted:
    """Counts of what is watched: observed, and in one history for each draw from the posterior.

    `observed` by type, shape (types,), `drawn` (draws, types); `weeks` observed in each whole week,
    `drawn_weeks` (draws, weeks).
    """

    types: tuple[str, ...]
    observed: np.ndarray
    drawn: np.ndarray
    weeks: np.ndarray
    drawn_weeks: np.ndarray

    def tails(self) -> dict[str, tuple[float, float, float, float]]:
        """Of some figures: observed, the predicted median, 5 and 95 %."""
        figures = {
            "events in all": lambda w, c: c.sum(axis=-1),
            "most in a week": lambda w, c: w.max(axis=-1),
            "weeks without any, share": lambda w, c: (w == 0).mean(axis=-1),
            "variance over mean of weeks": lambda w, c: w.var(axis=-1) / np.maximum(w.mean(axis=-1), 1e-9),
        }  # fmt: skip
        found = {}
        for name, of in figures.items():
            middle, low, high = np.quantile(of(self.drawn_weeks, self.drawn), [0.5, 0.05, 0.95])
            seen = float(of(self.weeks, self.observed))
            found[name] = (seen, float(middle), float(low), float(high))
        return found

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "types": [
                {"event": name, "observed": int(seen), "low": low, "high": high}
                for name, seen, low, high in zip(
                    self.types, self.observed, *np.quantile(self.drawn, [0.05, 0.95], axis=0).tolist(),
                    strict=True,
                )
            ],
            "figures": {
                name: dict(zip(("observed", "median", "low", "high"), row, strict=True))
                for name, row in self.tails().items()
            },
        }  # fmt: skip


def predicted_counts(
    program: Program,
    record: Record,
    columns: np.ndarray,
    watched: Sequence[str],
    given: Sequence[str],
    seed: int,
) -> Predicted:
    """Histories of the process with columns from the posterior, in which what is given, and what is
    held not to happen, is as in the record."""
    number = [program.event_names.index(name) for name in watched]
    kinds = record.kind[record.kind_lo[:-1]]
    inside = record.start <= program.horizon
    loose = record._replace(watched=record.watched.copy(), weighed=np.zeros_like(record.weighed))
    loose.watched[number] = False
    keep = np.isin(kinds, [program.event_names.index(name) for name in given]) & inside
    block, _, _ = draw_recorded(
        program, seed, columns, np.arange(len(columns)), _rows(loose, keep), program.horizon
    )
    labels = np.array([program.labels.index(name) for name in watched])
    place = np.full(len(program.labels), -1)
    place[labels] = np.arange(len(labels))
    rows = place[block.label] >= 0
    draw, which, day = block.draw[rows], place[block.label[rows]], block.day[rows]
    weeks = int(program.horizon // WEEK)
    drawn = np.zeros((len(columns), len(watched)), dtype=np.int64)
    np.add.at(drawn, (draw, which), 1)
    drawn_weeks = np.zeros((len(columns), max(weeks, 1)), dtype=np.int64)
    whole = day < weeks * WEEK
    np.add.at(drawn_weeks, (draw[whole], (day[whole] // WEEK).astype(int)), 1)
    seen = inside & np.isin(kinds, number)
    days = record.start[seen & (record.start < weeks * WEEK)]
    return Predicted(
        tuple(watched),
        np.array([(kinds[inside] == e).sum() for e in number]),
        drawn,
        np.bincount((days // WEEK).astype(int), minlength=max(weeks, 1)),
        drawn_weeks,
    )


def _rows(record: Record, keep: np.ndarray) -> Record:
    """The record with some of its rows, none of which may be of several types."""
    at = np.flatnonzero(keep)
    lengths = np.diff(record.branch_lo)[at]
    branch = np.concatenate(
        [record.branch[record.branch_lo[k] : record.branch_lo[k + 1]] for k in at] or [record.branch[:0]]
    )  # fmt: skip
    return record._replace(
        kind_lo=np.arange(len(at) + 1), kind=record.kind[record.kind_lo[at]], start=record.start[at],
        span=record.span[at], key=record.key[at], mark=record.mark[at],
        branch_lo=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), branch=branch,
    ).with_room()  # fmt: skip
