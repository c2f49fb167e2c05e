"""Ten types of events that excite each other, a million events: are the parameters found, how fast?

python -m validation.events.recovery                    # this alone
python -m validation.events.recovery --tick PYTHON      # beside tick, in a Python that has it
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clientela.engine import draw_parameters, draw_recorded, draw_until, prepare
from clientela.engine.ensemble import cores
from clientela.inference.linear import Linear
from clientela.inference.mode import mode_of
from clientela.inference.nuts import sample
from clientela.inference.record import compile_record, record_of_times
from clientela.inference.scores import Scores
from clientela.process import Add, Parameter, Process, Program, compile_process
from clientela.scenario import fixed, lognormal
from clientela.scenario.distributions import Distribution

TYPES, DAYS, PART, HALF_LIFE = 10, 600_000.0, 30_000.0, 3.0
# A jump of j sets off j · HALF_LIFE / ln 2 events: .057 on average, of each of ten types.
RATE, JUMP = lognormal(0.1, 0.5), lognormal(0.008, 1.0)
LN2 = float(np.log(2.0))
SEED = 3
# Of NUTS, one chain from the mode.
WARMUP, DRAWS = 100, 300
Z90 = 1.6449


@dataclass(frozen=True)
class Intervals:
    """Which true values are in their 90 % intervals, shape (parameters,), and seconds for these."""

    holds: np.ndarray
    seconds: float


@dataclass(frozen=True)
class Recovery:
    """What was found of all parameters in so many `events`.

    `spread` are posterior standard deviations of scores, in units of the priors', shape
    (parameters,). Times are in seconds: `featured` what is computed once, `evaluated` once the
    log-likelihood with its gradient. `normal` is the mode with its covariance, `nuts` draws from
    there.
    """

    events: int
    spread: np.ndarray
    featured: float
    evaluated: float
    evaluations: int
    normal: Intervals
    nuts: Intervals
    tick: dict[str, float] | None


def process_of(values: Mapping[str, float] | None = None) -> Process:
    """The process with these rates and jumps of intensities, or with priors in their place."""

    def value(name: str, law: Distribution) -> Parameter:
        return Parameter(name, law if values is None else fixed(values[name]))

    p = Process(DAYS)
    for i in range(TYPES):
        p.variable(f"of {i}", half_life=HALF_LIFE)
    for i in range(TYPES):
        p.event(f"{i}", rate=value(f"rate.{i}", RATE), effects=[Add(f"of {i}", 1.0)],
                excitation={f"of {j}": value(f"jump.{j}.{i}", JUMP) for j in range(TYPES)})  # fmt: skip
    return p


def simulate(program: Program) -> tuple[np.ndarray, np.ndarray]:
    """Types and days of one history, drawn in parts that go on from each other."""
    kinds, days, nothing = [], [], compile_record(program, [], [])
    block, states = draw_until(program, SEED, 0, 1, PART)
    begin = PART
    while True:
        if block.failed:
            raise RuntimeError(f"the history failed by day {begin:g}: {block.failed[0]}")
        kinds.append(block.label)
        days.append(block.day)
        if begin >= DAYS:
            return np.concatenate(kinds), np.concatenate(days)
        begin = min(begin + PART, DAYS)
        block, states, _ = draw_recorded(
            program, SEED, block.parameters, np.zeros(1, np.int64), nothing, begin, states
        )


def run(said: Callable[[str], None], tick: Path | None = None) -> Recovery:
    """Draws, fits, compares."""
    program = compile_process(process_of())
    names = [p.name for p in program.parameters]
    truth = draw_parameters(program, SEED, 0, 1)[0]
    drawn = compile_process(process_of(dict(zip(names, truth, strict=True))))
    prepare(drawn)
    kinds, days = simulate(drawn)
    said(f"recovery: {len(days):,} events drawn")
    types = program.event_names
    record = record_of_times(program, [types[k] for k in kinds], days, watched=types)
    scores = Scores(program, names)
    Linear(program, record, scores, DAYS).value_and_gradient(np.zeros(len(scores)))  # compiles
    began = time.perf_counter()
    likelihood = Linear(program, record, scores, DAYS)
    featured = time.perf_counter() - began
    mode = mode_of(likelihood)
    began = time.perf_counter()
    for _ in range(5):
        likelihood.value_and_gradient(mode.z)
    evaluated = (time.perf_counter() - began) / 5.0
    said(f"recovery: fitted in {featured + mode.seconds:.2f} s")
    at, spread = scores.of(truth[None])[0], np.sqrt(np.diag(mode.covariance))
    normal = Intervals(np.abs(mode.z - at) < Z90 * spread, mode.seconds)
    chains = sample(likelihood, mode, draws=DRAWS, warmup=WARMUP, chains=1, seed=SEED)
    said(f"recovery: {DRAWS} draws by NUTS in {chains.seconds:.0f} s")
    low, high = np.quantile(chains.z.reshape(-1, len(at)), [0.05, 0.95], axis=0)
    return Recovery(
        len(days), spread, featured, evaluated, mode.evaluations, normal,
        Intervals((low < at) & (at < high), chains.seconds), _tick(tick, kinds, days) if tick else None,
    )  # fmt: skip


_TICK = """
import json, sys, time
import numpy as np
from scipy.optimize import minimize
from tick.hawkes import ModelHawkesExpKernLogLik
data = np.load(sys.argv[1])
kinds, days, end, decay = data["kinds"], data["days"], float(data["end"]), float(data["decay"])
times = [np.ascontiguousarray(days[kinds == k]) for k in range(kinds.max() + 1)]
n, d = len(days), len(times)
began = time.perf_counter()
model = ModelHawkesExpKernLogLik(decay, n_threads=1)
model.fit([times], end_times=np.array([end]))
start = np.concatenate([[0.5 * len(t) / end for t in times], np.full(d * d, 0.02)])
model.loss(start)
featured = time.perf_counter() - began
calls = [0]
def both(x):
    calls[0] += 1
    return model.loss(x), model.grad(x)
began = time.perf_counter()
found = minimize(both, start, jac=True, method="L-BFGS-B", bounds=[(1e-8, None)] * len(start),
                 options={"ftol": 1e-9, "maxcor": 30, "maxiter": 1000})
fitted = time.perf_counter() - began
print(json.dumps({"featured": featured, "fitted": fitted, "evaluations": calls[0], "loss": found.fun * n}))
"""


def _tick(python: Path, kinds: np.ndarray, days: np.ndarray) -> dict[str, float]:
    """Times of tick's log-likelihood with L-BFGS-B on one thread, on the same data."""
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "data.npz", Path(folder) / "fit.py"
        np.savez(data, kinds=kinds, days=days, end=DAYS, decay=LN2 / HALF_LIFE)
        script.write_text(_TICK, encoding="utf-8")
        done = subprocess.run([str(python), str(script), str(data)], check=True, capture_output=True, env={"OMP_NUM_THREADS": "1"})  # fmt: skip
        return json.loads(done.stdout)


def block(found: Recovery) -> str:
    """The tables for the page."""
    vague = found.spread > np.median(found.spread)
    held = [
        f"| {title} | {by.holds.mean():.0%} | {by.holds[~vague].mean():.0%} | {by.holds[vague].mean():.0%} | {by.seconds:.1f} |"
        for title, by in (("normal approximation at the mode", found.normal), (f"NUTS, {DRAWS} draws", found.nuts))
    ]  # fmt: skip
    tick = f"{found.tick['evaluations']:.0f}" if found.tick else "–"
    return "\n".join([
        f"{found.events:,} events, {len(vague)} parameters. The log-likelihood with its gradient takes "
        f"{1000 * found.evaluated:.0f} ms.", "",
        "| 90 % intervals by | hold the true value | of the half best determined | of the other half | seconds |",
        "|---|---|---|---|---|", *held, "",
        "| | Clientela | tick 0.8 |", "|---|---|---|",
        _row("computed once, s", found.featured, found.tick, "featured"),
        _row("mode, s", found.normal.seconds, found.tick, "fitted"),
        f"| of which evaluations | {found.evaluations} | {tick} |",
        f"| threads | {cores()} | 1 |",
    ])  # fmt: skip


def _row(name: str, ours: float, tick: dict[str, float] | None, key: str) -> str:
    return f"| {name} | {ours:.2f} | {f'{tick[key]:.2f}' if tick else '–'} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tick", type=Path, metavar="PYTHON", help="a Python that has tick")
    found = run(lambda text: print(text, file=sys.stderr), parser.parse_args().tick)
    print(block(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
