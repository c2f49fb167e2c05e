"""Tasks side by side on threads, their results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

from clientela.engine.ensemble import cores

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    task: Callable[[Item], Result], items: Sequence[Item], executor: Executor | None = None
) -> Iterator[tuple[Item, Result]]:
    """(item, task(item)) of each, in order; without an executor on threads of all processors.

    If the consumer stops early or a task raises, tasks not yet begun are cancelled.
    """
    own = ThreadPoolExecutor(cores()) if executor is None else None
    pool = executor or own
    assert pool is not None
    waiting = [(item, pool.submit(task, item)) for item in items]
    try:
        for item, future in waiting:
            yield item, future.result()
    finally:
        for _, future in waiting:
            future.cancel()
        if own:
            own.shutdown(wait=True, cancel_futures=True)
