"""Processes that answer within a moment, so that the server itself never waits."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

from clientela.engine.ensemble import cores

P = ParamSpec("P")
Result = TypeVar("Result")


class WorkerLostError(Exception):
    """A worker process ended in the middle of its work, twice."""


class Workers:
    """As many processes as there are processors; one that dies is replaced, and its task repeated."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or cores()
        self._pool: ProcessPoolExecutor | None = None

    async def ask(self, task: Callable[P, Result], *args: P.args, **options: P.kwargs) -> Result:
        """What the task gives; whatever it raises is raised here.

        Raises WorkerLostError if its process dies again when the task is repeated.
        """
        for _ in range(2):
            pool = self._running()
            try:
                return await asyncio.wrap_future(pool.submit(task, *args, **options))
            except BrokenProcessPool:
                if self._pool is pool:
                    self._pool = None
                    pool.shutdown(wait=False, cancel_futures=True)
        raise WorkerLostError(
            "a worker process has ended twice at this, perhaps for want of memory; "
            "nothing that was written is lost"
        )

    async def ask_all(
        self, task: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
    ) -> list[Result]:
        """The results for several lists of arguments, side by side."""
        return list(await asyncio.gather(*(self.ask(task, *args) for args in arguments)))

    def stop(self) -> None:
        """Ends the processes."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Polars and Numba keep threads, which a forked process would wait for in vain.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count, context, initializer=_begin, initargs=(os.getpid(),))  # fmt: skip
        return self._pool


def _begin(server: int) -> None:
    """A worker leaves Ctrl-C to the server, and ends with it, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(server,), daemon=True).start()


def _watch(server: int) -> None:
    while os.getppid() == server:
        time.sleep(1.0)
    os._exit(0)
