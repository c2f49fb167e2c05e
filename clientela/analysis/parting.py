"""Where the histories of two runs part: the first thing that happens in one and not in the other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from clientela.engine.block import Block
from clientela.jit import compiled


@compiled()
def _first_differences(draw, day, label, mark, draw2, day2, label2, mark2, first, out):
    """out[i] = the day on which the logs of history first + i first differ, infinite if never."""
    out[:] = math.inf
    k, m = 0, 0
    for i in range(out.shape[0]):
        while True:
            one = k < draw.shape[0] and draw[k] == first + i
            two = m < draw2.shape[0] and draw2[m] == first + i
            if not (one and two):
                if one:
                    out[i] = day[k]
                elif two:
                    out[i] = day2[m]
                break
            if day[k] != day2[m] or label[k] != label2[m] or mark[k] != mark2[m]:
                out[i] = min(day[k], day2[m])
                break
            k += 1
            m += 1
        while k < draw.shape[0] and draw[k] == first + i:
            k += 1
        while m < draw2.shape[0] and draw2[m] == first + i:
            m += 1


def days_of_parting(
    one: Block, other: Block, labels: Sequence[str], other_labels: Sequence[str]
) -> np.ndarray:
    """The day on which each history of two blocks of the same draws parts, shape (draws,).

    Infinite where they are the same to the last event, outcome and number killed. Labels are
    compared by name, since a process without a mechanism numbers its own. A draw that failed in
    one of the runs, which leaves no rows, parts with the other's first event.
    """
    number = {label: i for i, label in enumerate(labels)}
    renamed = np.array(
        [number.get(label, len(labels) + i) for i, label in enumerate(other_labels)], dtype=np.int64
    )
    out = np.empty(one.count)
    _first_differences(
        one.draw, one.day, one.label.astype(np.int64), one.mark,
        other.draw, other.day, renamed[other.label], other.mark, one.first, out,
    )  # fmt: skip
    return out
