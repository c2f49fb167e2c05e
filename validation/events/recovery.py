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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clientela.engine import draw_recorded, draw_until, prepare
from clientela.engine.ensemble import cores
from clientela.inference.linear import Linear
from clientela.inference.mode import Mode, mode_of
from clientela.inference.record import compile_record, record_of_times
from clientela.inference.scores import Scores
from clientela.process import Add, Parameter, Process, Program, compile_process
from clientela.scenario import fixed, lognormal

TYPES, DAYS, PART, HALF_LIFE = 10, 420_000.0, 60_000.0, 3.0
LN2 = float(np.log(2.0))
SEED = 3


@dataclass(frozen=True)
class Recovery:
    """What was found of `parameters` parameters in so many `events`.

    `covered` is the share of true values in their 90 % intervals, of `likely` those whose true value
    is inside the prior's 99 %; `error` the root mean square of their error in posterior standard
    deviations. Times are in seconds: `featured` what is computed once, `fitted` mode and covariance,
    `evaluated` once the log-likelihood with its gradient.
    """

    events: int
    parameters: int
    covered: float
    error: float
    featured: float
    fitted: float
    evaluated: float
    evaluations: int
    log_likelihood: float
    tick: dict[str, float] | None


def process_of(rates: np.ndarray | None, jumps: np.ndarray | None) -> Process:
    """The process with these rates and jumps of intensities, or with priors in their place."""
    p = Process(DAYS)
    for i in range(TYPES):
        p.variable(f"of {i}", half_life=HALF_LIFE)
    for i in range(TYPES):
        rate = lognormal(0.1, 1.0) if rates is None else fixed(float(rates[i]))
        excitation = {}
        for j in range(TYPES):
            law = lognormal(0.005, 1.5) if jumps is None else fixed(float(jumps[i, j]))
            excitation[f"of {j}"] = Parameter(f"jump.{j}.{i}", law)
        p.event(f"{i}", rate=Parameter(f"rate.{i}", rate), excitation=excitation,
                effects=[Add(f"of {i}", 1.0)])  # fmt: skip
    return p


def truth() -> tuple[np.ndarray, np.ndarray]:
    """Rates, and jumps of which a third are strong, a third weak and a third next to none."""
    random = np.random.default_rng(SEED)
    rates = 0.05 + 0.1 * random.random(TYPES)
    return rates, random.choice([0.0006, 0.012, 0.036], (TYPES, TYPES))


def simulate(program: Program) -> tuple[np.ndarray, np.ndarray]:
    """Types and days of one history, drawn in parts that go on from each other."""
    kinds, days, nothing = [], [], compile_record(program, [], [])
    block, states = draw_until(program, SEED, 0, 1, PART)
    begin = PART
    while True:
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
    rates, jumps = truth()
    drawn = compile_process(process_of(rates, jumps))
    prepare(drawn)
    kinds, days = simulate(drawn)
    said(f"recovery: {len(days):,} events drawn")
    program = compile_process(process_of(None, None))
    names = [str(k) for k in range(TYPES)]
    record = record_of_times(program, [names[k] for k in kinds], days, watched=names)
    scores = Scores(program, [p.name for p in program.parameters])
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
    true = {f"rate.{i}": rates[i] for i in range(TYPES)}
    true |= {f"jump.{j}.{i}": jumps[i, j] for i in range(TYPES) for j in range(TYPES)}
    errors = _errors(scores, mode, true)
    return Recovery(
        len(days), len(scores), float((np.abs(errors) < 1.645).mean()),
        float(np.sqrt((errors**2).mean())), featured, mode.seconds, evaluated, mode.evaluations,
        mode.log_likelihood, _tick(tick, kinds, days) if tick else None,
    )  # fmt: skip


def _errors(scores: Scores, mode: Mode, true: dict[str, float]) -> np.ndarray:
    """Errors of scores in posterior standard deviations."""
    at = scores.of(np.array([[true[name] for name in mode.names]]))[0]
    return (mode.z - at) / np.sqrt(np.diag(mode.covariance))


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
    """The table for the page."""
    rows = [
        "| | Clientela | tick 0.8 |", "|---|---|---|",
        _row("computed once, s", found.featured, found.tick, "featured"),
        _row("mode, s", found.fitted, found.tick, "fitted"),
        f"| of which evaluations | {found.evaluations} | {found.tick['evaluations']:.0f} |" if found.tick else f"| of which evaluations | {found.evaluations} | – |",
        f"| threads | {cores()} | 1 |",
    ]  # fmt: skip
    return (
        f"{found.events:,} events, {found.parameters} parameters: {found.covered:.0%} of the true values "
        f"are in their 90 % intervals, with a root mean square error of {found.error:.2f} standard "
        f"deviations. The log-likelihood with its gradient takes {1000 * found.evaluated:.0f} ms.\n\n"
        + "\n".join(rows)
    )


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
