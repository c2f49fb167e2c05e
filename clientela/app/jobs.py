"""Long work in a process of its own: it tells how far it is, can be stopped, and goes on later."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

State = Literal["waiting", "running", "finished", "failed", "cancelled"]
_NUMBERS = itertools.count(1)
_KINDNESS = 10  # the server and its workers come first
_PATIENCE = 5.0  # seconds until what does not end by itself is ended


@dataclass
class Job:
    """A piece of long work. `done` of `total` draws; `message` says why it failed."""

    title: str
    target: Callable[..., None]
    arguments: Mapping[str, Any]
    total: int
    number: int = field(default_factory=lambda: next(_NUMBERS))
    state: State = "waiting"
    done: int = 0
    message: str = ""
    folders: tuple[Path, ...] = ()
    _process: Any = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("finished", "failed", "cancelled")

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self.done / self.total if self.total else 0.0


class Jobs:
    """The long work of a workbench, one piece after the other."""

    def __init__(self) -> None:
        self.all: list[Job] = []
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.finished: list[Callable[[Job], None]] = []

    def add(self, job: Job) -> Job:
        """Puts it in the queue; it begins when what is before it has ended."""
        self.all.append(job)
        task = asyncio.get_running_loop().create_task(self._do(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def cancel(self, job: Job) -> None:
        """Stops it; finished blocks are kept, and the same work goes on from them."""
        if job.over:
            return
        job.state = "cancelled"
        if job._process is not None and job._process.is_alive():
            job._process.terminate()

    def stop(self) -> None:
        """Stops all that is under way."""
        for job in self.all:
            self.cancel(job)

    async def _do(self, job: Job) -> None:
        async with self._turn:
            if job.state == "waiting":
                await asyncio.to_thread(_run, job)
        for told in list(self.finished):
            told(job)


def _run(job: Job) -> None:
    """Runs the job's process to its end, noting what it tells."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(theirs, job.target, dict(job.arguments)), daemon=True
    )
    job.state, job._process = "running", process
    process.start()
    theirs.close()
    while True:
        try:
            told = ours.recv()
        except (EOFError, OSError):
            break
        match told:
            case ("progress", done, total):
                job.done, job.total = done, total
            case ("finished",):
                job.state, job.done = "finished", job.total
            case ("failed", message) if job.state != "cancelled":
                job.state, job.message = "failed", message
    process.join(_PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
    if job.state == "running":
        job.state = "failed"
        job.message = (
            f"The process of this run ended (code {process.exitcode}). Finished blocks are kept: "
            "run it again to go on from them."
        )


def _work(told: Connection, target: Callable[..., None], arguments: dict[str, Any]) -> None:
    """The job's own process. Where the server is gone, telling it fails, and the work ends."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_KINDNESS)
    from clientela.faults import exit_code_of

    try:
        target(progress=lambda done, total: told.send(("progress", done, total)), **arguments)
        told.send(("finished",))
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    except Exception as error:
        expected = exit_code_of(error) is not None
        if not expected:
            traceback.print_exc()
        told.send(("failed", str(error) if expected else f"{type(error).__name__}: {error}"))


def _interrupt(*_: object) -> None:
    """Ends the work so that files being written are cleared away."""
    raise KeyboardInterrupt
