"""Draws: counter-based random numbers, the compiled path kernel, ensembles, the run's folder.

A history is a pure function of (program, seed, draw). Ensembles can therefore be enlarged,
resumed, spread over threads, processes or a cluster, and compared between branches, and every
draw stays what it was.
"""

from clientela.engine.block import (
    BLOCK,
    Block,
    draw_block,
    draw_from,
    draw_on,
    draw_parameters,
    draw_propositions,
    draw_recorded,
    draw_rescaled,
    draw_until,
    levels_of,
)
from clientela.engine.ensemble import block_ranges, map_blocks, prepare
from clientela.engine.store import RunFolder, StoreError, events_table, parameters_table
from clientela.engine.witness import Record

__all__ = [
    "BLOCK",
    "Block",
    "Record",
    "RunFolder",
    "StoreError",
    "block_ranges",
    "draw_block",
    "draw_from",
    "draw_on",
    "draw_parameters",
    "draw_propositions",
    "draw_recorded",
    "draw_rescaled",
    "draw_until",
    "events_table",
    "levels_of",
    "map_blocks",
    "parameters_table",
    "prepare",
]
