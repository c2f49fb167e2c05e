"""How fast the path kernel is, beside the same loop written by hand in C and in plain Python.

    python benchmarks/speed.py [--scenario iraq-2021] [--draws 8192] [--rounds 7]

The C loop must first reproduce the engine's log, event for event. Parameters and coefficients
are drawn before the clock starts, so what is compared is the kernel; the rate of whole blocks,
parameters included, is a line of its own. Engine and C loop alternate, and their ratio is the
median of the rounds' ratios, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from clientela.engine import draw_block, kernel
from clientela.engine.block import MOST_EVENTS, draw_parameters, no_states
from clientela.engine.ensemble import cores, prepare
from clientela.engine.state import Log
from clientela.mechanisms import build, settings_models
from clientela.process.compiling import compile_process
from clientela.process.program import Program
from clientela.scenario import load

SEED = 1
CHUNK = 1024  # draws per call, at most; fewer where many threads share them out
ROWS = 64  # of the log per draw, to begin with
PLAIN_DRAWS = 8  # what plain Python is given
DAYS = 1e-9  # C may contract a · b + c, so the last digits of a day can differ
WARMTH = 0.3  # seconds of work before the clock starts

Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # draw, day, label, mark
Kernel = Callable[["Work", int, Log, np.ndarray], tuple[int, int]]


@dataclass(frozen=True)
class Work:
    """Consecutive draws whose coefficients are known."""

    first: int
    filled: np.ndarray

    @property
    def draws(self) -> int:
        return len(self.filled)


def program_of(scenario: str) -> Program:
    """The compiled process of a scenario, by bundled name or file."""
    return compile_process(build(load(scenario, mechanisms=settings_models())))


def works(program: Program, draws: int) -> list[Work]:
    """The draws in chunks, parameters drawn and coefficients evaluated."""
    made = []
    chunk = max(1, min(CHUNK, draws // (4 * cores())))
    for first in range(0, draws, chunk):
        count = min(chunk, draws - first)
        parameters = draw_parameters(program, SEED, first, count)
        made.append(Work(first, program.coefficients(parameters)))
    return made


def new_log(rows: int) -> Log:
    kinds = (np.int32, np.float64, np.int16, np.int64)
    return Log(*(np.empty(rows, kind) for kind in kinds))


def histories(run: Kernel, work: Work) -> Columns:
    """The log of the draws; a log that runs full is put away and a larger one begun."""
    ended = np.zeros(work.draws, np.int64)
    pieces = []
    log = new_log(ROWS * work.draws)
    done = 0
    while done < work.draws:
        done, rows = run(work, done, log, ended)
        pieces.append(tuple(column[:rows].copy() for column in log))
        log = new_log(2 * len(log.draw)) if done < work.draws else log
    draw, day, label, mark = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return draw, day, label, mark


# -- the engine and the C loop behind one signature ----------------------------------------------


def engine(program: Program) -> Kernel:
    """The engine's kernel: compiled, or plain Python where compilation is switched off."""
    positions = program.positions

    def run(work: Work, start: int, log: Log, ended: np.ndarray) -> tuple[int, int]:
        done, rows = kernel.draw_histories(
            program.arrays,
            program.base,
            positions,
            work.filled,
            program.flags,
            np.uint64(SEED),
            np.arange(work.first, work.first + work.draws),
            work.first,
            start,
            program.horizon,
            MOST_EVENTS,
            log,
            0,
            ended,
            no_states(program),
            kernel.WHOLE,
            None,
            np.zeros(0),
        )
        return int(done), int(rows)

    return run


# The arrays of the program in the order of the struct in loop.c, which mirrors the named tuples.
GROUPS = (
    *("variables", "rates", "graph", "happenings", "groups"),
    *("branches", "effects", "tables", "features", "assembly", "times"),
)
COUNTS = (
    *("variable", "event", "feature", "coalition", "list"),
    *("phase", "resigned", "schedule", "timer", "past", "coefficient", "position"),
)


class CLog(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in Log._fields),
        ("rows", ctypes.c_int64),
    )


class CompilerError(Exception):
    """There is nothing to compile the C loop with, or it failed."""


def c_library(folder: str) -> ctypes.CDLL:
    """loop.c, compiled for this machine."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        raise CompilerError("no C compiler found (cc, or the one CC names): the C loop is left out")
    source = Path(__file__).with_name("loop.c")
    library = Path(folder) / "loop.so"
    flags = ["-O3", "-march=native", "-shared", "-fPIC"]
    command = [compiler, *flags, str(source), "-o", str(library), "-lm"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        raise CompilerError(f"{' '.join(command)} failed:\n{built.stderr.strip()}")
    return ctypes.CDLL(str(library))


def c_loop(program: Program, library: ctypes.CDLL) -> Kernel:
    """The C loop with the engine's signature; the program's arrays are passed by pointer."""
    kept: list[np.ndarray] = []  # alive as long as the pointers to them

    def pointer(array: np.ndarray, kinds: str) -> ctypes.c_void_p:
        if array.dtype.kind not in kinds or (array.size and array.dtype.itemsize != 8):
            raise TypeError(f"loop.c expects 8 bytes of kind {kinds}, not {array.dtype}")
        kept.append(np.ascontiguousarray(array))
        return ctypes.c_void_p(kept[-1].ctypes.data)

    assembly = program.arrays.assembly
    counts = {
        "variable": len(program.arrays.variables.start),
        "event": len(program.arrays.rates.rate),
        "feature": assembly.features.shape[0],
        "coalition": assembly.features.shape[1],
        "list": assembly.seats.shape[1],
        "phase": len(assembly.pointer) - 1,
        "resigned": len(assembly.resigned),
        "schedule": len(program.arrays.times.schedule_event),
        "timer": len(program.arrays.times.timer_event),
        "past": len(program.arrays.times.past_event),
        "coefficient": len(program.base),
        "position": len(program.positions),
    }
    fields: list[tuple[str, type]] = []
    values: list = []
    for group in GROUPS:
        for name, array in getattr(program.arrays, group)._asdict().items():
            fields.append((f"{group}_{name}", ctypes.c_void_p))
            values.append(pointer(array, "iuf"))
    fields += [("base", ctypes.c_void_p), ("positions", ctypes.c_void_p)]
    values += [pointer(program.base, "f"), pointer(program.positions, "i")]
    fields += [(f"{name}_count", ctypes.c_int64) for name in COUNTS]
    values += [counts[name] for name in COUNTS]
    fields += [("flags", ctypes.c_int64), ("horizon", ctypes.c_double)]
    values += [program.flags, program.horizon]
    layout = type("CProgram", (ctypes.Structure,), {"_fields_": fields})
    library.program_bytes.restype = ctypes.c_int64
    if ctypes.sizeof(layout) != library.program_bytes():
        raise TypeError("the struct in loop.c and the program's named tuples differ")
    compiled = layout(*values)
    function = library.draw_histories
    function.restype = ctypes.c_int64
    function.argtypes = (
        *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint64),
        *(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64),
        *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
    )

    def run(work: Work, start: int, log: Log, ended: np.ndarray) -> tuple[int, int]:
        _ = kept
        rows = ctypes.c_int64()
        into = CLog(*(column.ctypes.data for column in log), len(log.draw))
        done = function(
            ctypes.byref(compiled),
            work.filled.ctypes.data,
            work.draws,
            SEED,
            work.first,
            start,
            MOST_EVENTS,
            ctypes.byref(into),
            ctypes.byref(rows),
            ended.ctypes.data,
        )
        if done < 0:
            raise MemoryError("the C loop found no memory")
        return done, rows.value

    return run


# -- do they agree? ------------------------------------------------------------------------------


@dataclass
class Agreement:
    draws: int = 0
    agreeing: int = 0
    events: int = 0
    identical: int = 0  # rows of agreeing draws with every bit of the day the same
    apart: float = 0.0  # the largest difference between two days, in agreeing draws

    def add(self, work: Work, ours: Columns, theirs: Columns) -> None:
        draws = range(work.first, work.first + work.draws + 1)
        mine, other = (np.searchsorted(log[0], draws) for log in (ours, theirs))
        for i in range(work.draws):
            a, b = slice(mine[i], mine[i + 1]), slice(other[i], other[i + 1])
            self.draws += 1
            self.events += a.stop - a.start
            if a.stop - a.start != b.stop - b.start:
                continue
            days = np.abs(ours[1][a] - theirs[1][b])
            apart = float(days.max(initial=0.0))
            same = all(np.array_equal(ours[k][a], theirs[k][b]) for k in (2, 3))
            if same and apart <= DAYS:
                self.agreeing += 1
                self.identical += int(np.count_nonzero(days == 0.0))
                self.apart = max(self.apart, apart)

    def __str__(self) -> str:
        return (
            f"{self.agreeing:,} of {self.draws:,} draws agree event for event "
            f"({self.events:,} rows, {self.identical:,} with the day the same to the last bit; "
            f"largest difference {self.apart:.1e} days)"
        )


# -- clocks --------------------------------------------------------------------------------------


def seconds(body: Callable[[], object]) -> float:
    begun = time.perf_counter()
    body()
    return time.perf_counter() - begun


def warm(body: Callable[[], object]) -> None:
    """Runs until the processor has settled."""
    until = time.perf_counter() + WARMTH
    while time.perf_counter() < until:
        body()


def alone(run: Kernel, todo: list[Work]) -> Callable[[], None]:
    """All the work, one chunk after the other."""

    def body() -> None:
        for work in todo:
            histories(run, work)

    return body


def together(run: Kernel, todo: list[Work], pool: ThreadPoolExecutor) -> Callable[[], None]:
    """All the work, shared out over the threads of the pool."""

    def body() -> None:
        for _ in pool.map(lambda work: histories(run, work), todo):
            pass

    return body


def whole_blocks(program: Program, todo: list[Work]) -> Callable[[], None]:
    """All the draws as the engine gives them out: parameters, coefficients, histories."""

    def body() -> None:
        for work in todo:
            draw_block(program, SEED, work.first, work.draws)

    return body


def peak_mib() -> float:
    """The most memory this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux getrusage also counts the parent, as it was at the fork
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 if sys.platform != "darwin" else 1024.0**2)


# -- each way by itself, in a process of its own -------------------------------------------------


def only(way: str, scenario: str, draws: int) -> None:
    """One way of drawing, for its memory (and plain Python's time), as JSON on standard output."""
    program = program_of(scenario)
    todo = works(program, draws)
    if way == "c":
        with tempfile.TemporaryDirectory() as folder:
            spent = seconds(alone(c_loop(program, c_library(folder)), todo))
    elif way == "threads":
        with ThreadPoolExecutor(cores()) as pool:
            spent = seconds(together(engine(program), todo, pool))
    elif way == "plain":
        made: list[Columns] = []
        spent = seconds(lambda: made.extend(histories(engine(program), work) for work in todo))
        log = [[column.tolist() for column in columns] for columns in made]
        print(json.dumps({"seconds": spent, "peak": peak_mib(), "log": log}))
        return
    elif way == "blocks":
        spent = seconds(whole_blocks(program, todo))
    else:
        spent = seconds(alone(engine(program), todo))
    print(json.dumps({"seconds": spent, "peak": peak_mib()}))


def in_a_child(way: str, scenario: str, draws: int) -> dict:
    command = [sys.executable, __file__, "--only", way]
    command += ["--scenario", scenario, "--draws", str(draws)]
    surroundings = dict(os.environ)
    if way == "plain":
        # The streams' arithmetic is meant to wrap around; NumPy's scalars would warn of it.
        surroundings |= {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore::RuntimeWarning"}
    done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


# -- the command ---------------------------------------------------------------------------------


def measure(scenario: str, draws: int, rounds: int) -> int:
    console = Console()
    program = program_of(scenario)
    prepare(program)
    todo = works(program, draws)
    run = engine(program)
    logs = [histories(run, work) for work in todo]
    events = sum(len(log[0]) for log in logs)
    console.print(
        f"{scenario}: {len(program.event_names)} events, {len(program.variable_names)} variables, "
        f"{len(program.parameters)} parameters, {program.horizon:g} days; "
        f"{draws:,} draws, {events / draws:.1f} rows a draw; "
        f"{platform.machine()}, {cores()} processor(s)",
        highlight=False,
        soft_wrap=True,
    )
    agrees = True
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(cores()) as pool:
        bodies = {
            "engine, 1 thread": alone(run, todo),
            f"engine, {cores()} threads": together(run, todo, pool),
        }
        ways = dict(zip(bodies, ("engine", "threads"), strict=True))
        try:
            loop = c_loop(program, c_library(folder))
        except CompilerError as missing:
            console.print(f"[yellow]{missing}[/yellow]", highlight=False, soft_wrap=True)
        else:
            agreement = Agreement()
            for work, log in zip(todo, logs, strict=True):
                agreement.add(work, log, histories(loop, work))
            console.print(f"C loop and engine: {agreement}", highlight=False, soft_wrap=True)
            agrees = agreement.agreeing == agreement.draws
            bodies["C loop, 1 thread"] = alone(loop, todo)
            ways["C loop, 1 thread"] = "c"
        bodies["engine, draw_block"] = whole_blocks(program, todo)
        ways["engine, draw_block"] = "blocks"
        for body in bodies.values():
            warm(body)
        spent: dict[str, list[float]] = {name: [] for name in bodies}
        for number in range(rounds):
            # Every other round backwards, so that no way always follows the same one.
            order = list(bodies) if number % 2 == 0 else list(reversed(bodies))
            for name in order:
                spent[name].append(seconds(bodies[name]))

    plain_draws = min(PLAIN_DRAWS, draws)
    plain = in_a_child("plain", scenario, plain_draws)
    agreement = Agreement()
    for work, log in zip(works(program, plain_draws), plain["log"], strict=True):
        agreement.add(work, histories(run, work), tuple(np.array(column) for column in log))
    console.print(f"plain Python and engine: {agreement}", highlight=False, soft_wrap=True)
    agrees &= agreement.agreeing == agreement.draws

    reference = spent.get("C loop, 1 thread")
    table = Table(
        title="Path kernel: medians of the rounds", title_justify="left", box=box.SIMPLE_HEAD
    )
    table.add_column("", no_wrap=True)
    for heading in ("draws/s", "events/s", "ratio to C", "peak MiB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, times in spent.items():
        ratio = "–"
        if reference is not None:
            ratios = [c / t for c, t in zip(reference, times, strict=True)]
            ratio = f"{statistics.median(ratios):.2f}"
            if min(ratios) != max(ratios):
                ratio += f" ({min(ratios):.2f}–{max(ratios):.2f})"
        took = statistics.median(times)
        peak = in_a_child(ways[name], scenario, draws)["peak"]
        table.add_row(name, f"{draws / took:,.0f}", f"{events / took:,.0f}", ratio, f"{peak:.0f}")
    rate = agreement.events / plain["seconds"]
    beside = "–"
    if reference is not None:
        beside = f"{rate * statistics.median(reference) / events:.5f}"
    table.add_row(
        f"plain Python ({plain_draws} draws)",
        f"{plain_draws / plain['seconds']:,.2f}",
        f"{rate:,.0f}",
        beside,
        f"{plain['peak']:.0f}",
    )
    console.print(table)
    console.print(
        "Events are rows of the log; a ratio above 1 is faster than the C loop. draw_block is one "
        "thread, parameters included; the other lines are the kernel alone. Peak memory is that of a process that does nothing else, "
        "Python and its libraries included.",
        highlight=False,
        soft_wrap=True,
    )
    return 0 if agrees else 1


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures the path kernel.")
    parser.add_argument("--scenario", default="iraq-2021", help="a bundled name or a file")
    parser.add_argument("--draws", type=int, default=8192)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--only", choices=("engine", "threads", "c", "blocks", "plain"), help="internal"
    )
    given = parser.parse_args()
    if given.draws < 1 or given.rounds < 1:
        parser.error("--draws and --rounds are at least 1")
    if given.only:
        only(given.only, given.scenario, given.draws)
        return 0
    return measure(given.scenario, given.draws, given.rounds)


if __name__ == "__main__":
    sys.exit(main())
