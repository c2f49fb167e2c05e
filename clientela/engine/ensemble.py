"""Ensembles: blocks of draws by any `concurrent.futures.Executor`, in order, in constant memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TypeVar

from clientela.engine.block import BLOCK, draw_block
from clientela.jit import announced_compilation
from clientela.process.program import Program

Result = TypeVar("Result")

COMPILING = "Compiling the engine for this machine, once (about half a minute) …"


def block_ranges(draws: int) -> list[tuple[int, int]]:
    """(first, count) of each block of an ensemble."""
    return [(first, min(BLOCK, draws - first)) for first in range(0, draws, BLOCK)]


def prepare(program: Program) -> None:
    """Compiles or loads the engine before workers start, saying so if that takes a while."""
    with announced_compilation(COMPILING):
        draw_block(program, 0, 0, 1)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_blocks(
    task: Callable[[int, int], Result],
    ranges: list[tuple[int, int]],
    executor: Executor | None = None,
) -> Iterator[Result]:
    """Yields task(first, count) of each block, in order, as they are done.

    Without an executor, threads on all processors: the engine runs outside Python's lock. At
    most four blocks per processor are under way or waiting to be taken, so memory does not grow
    with the number of draws. If the consumer stops early, blocks not yet begun are cancelled.
    """
    own = executor is None
    pool = ThreadPoolExecutor(cores()) if executor is None else executor
    ahead = 2 * cores() if own else 4 * cores()
    waiting: deque[Future[Result]] = deque()
    remaining = iter(ranges)
    try:
        for first, count in remaining:
            waiting.append(pool.submit(task, first, count))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        if own:
            pool.shutdown(wait=True, cancel_futures=True)
