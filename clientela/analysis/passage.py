"""First passage: when, in each history, something had happened often or gravely enough."""

from __future__ import annotations

import math

import numpy as np

from clientela.jit import compiled


@compiled()
def _count_passage(draw, day, label, first, wanted, times, out):
    """out[i] = day of the `times`-th wanted label in history first + i, infinite if never."""
    out[:] = math.inf
    seen = 0
    current = -1
    for k in range(draw.shape[0]):
        if draw[k] != current:
            current = draw[k]
            seen = 0
        if wanted[label[k]]:
            seen += 1
            if seen == times:
                out[current - first] = day[k]


@compiled()
def _sum_passage(draw, day, label, mark, first, wanted, window, least, out):
    """out[i] = first day on which the marks of the last `window` days sum to `least` or more."""
    out[:] = math.inf
    current = -1
    total = 0
    tail = 0
    for k in range(draw.shape[0]):
        if draw[k] != current:
            current = draw[k]
            total = 0
            tail = k
        if not wanted[label[k]]:
            continue
        total += mark[k]
        while day[tail] < day[k] - window:
            if wanted[label[tail]]:
                total -= mark[tail]
            tail += 1
        if total >= least and out[current - first] == math.inf:
            out[current - first] = day[k]


@compiled()
def _first_kind(draw, day, label, first, kind_of, when, kind):
    """The first label with kind_of ≥ 0 in each history: its day and kind (−1 if there is none)."""
    when[:] = math.inf
    kind[:] = -1
    for k in range(draw.shape[0]):
        i = draw[k] - first
        if kind[i] < 0 and kind_of[label[k]] >= 0:
            kind[i] = kind_of[label[k]]
            when[i] = day[k]


def passage_by_count(block, wanted: np.ndarray, times: int) -> np.ndarray:
    """Days of the `times`-th occurrence, shape (draws,); infinite where there is none."""
    out = np.empty(block.count)
    _count_passage(block.draw, block.day, block.label, block.first, wanted, times, out)
    return out


def passage_by_sum(block, wanted: np.ndarray, least: int, window: float | None) -> np.ndarray:
    """First days on which marks within `window` days (None: in total) reach `least`."""
    out = np.empty(block.count)
    width = math.inf if window is None else float(window)
    _sum_passage(
        block.draw, block.day, block.label, block.mark, block.first, wanted, width, least, out
    )
    return out


def first_kind(block, kind_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Day and kind of the first labelled row whose label has a kind; (inf, −1) where none."""
    when, kind = np.empty(block.count), np.empty(block.count, dtype=np.int64)
    _first_kind(block.draw, block.day, block.label, block.first, kind_of, when, kind)
    return when, kind
