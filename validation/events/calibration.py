"""Simulation-based calibration: parameters from priors, histories from the engine, posteriors ranked.

If the engine that draws and the likelihood that learns are of one mind, the rank of a true value
among draws from its posterior is uniform (Talts, Betancourt, Simpson, Vehtari & Gelman 2018). The
log-likelihood at the truth is ranked as well, which finds what single parameters do not (Modrák et
al. 2023).
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.special import ndtri

from clientela.engine import Block, draw_block, draw_recorded, levels_of
from clientela.engine.ensemble import cores
from clientela.inference.conditioning import condition
from clientela.inference.course import add_course
from clientela.inference.likelihood import Likelihood
from clientela.inference.linear import Linear
from clientela.inference.mode import mode_of
from clientela.inference.nuts import sample
from clientela.inference.record import Occurrence, compile_record, record_of_times
from clientela.inference.scores import Scores
from clientela.process import (
    Add,
    Branch,
    Choice,
    Killed,
    Parameter,
    Process,
    Program,
    compile_process,
)
from clientela.scenario import beta, gamma, lognormal, pert, uniform
from validation.events.ranks import PLACES, RANKS, Ranked, band, ranks_among

THIN = 3  # of so many draws of a chain one is kept
SEED = 2024
LN2 = float(np.log(2.0))
JOINT, UNSEEN = "log-likelihood", "warnings unseen"
ATTACKS = ("one", "other")


def linear() -> Process:
    """Two types of attack that excite themselves and each other, with marks, a half-life that is not
    known, and a background in three pieces."""
    p = Process(240.0)
    half_life = Parameter("half-life", lognormal(4.0, 0.4))
    own, cross = Parameter("own", pert(0.05, 0.25, 0.55)), Parameter("cross", pert(0.0, 0.1, 0.3))
    for name in ("a", "b"):
        p.variable(f"heat {name}", half_life=half_life)
    for name, other in (("a", "b"), ("b", "a")):
        event = p.event(
            name, rate=Parameter(f"rate {name}", lognormal(0.12, 0.5)),
            effects=[Add(f"heat {name}", 1.0)],
            mark=Killed(Parameter("kills nobody", beta(3.0, 3.0)), Parameter("mean killed", lognormal(2.0, 0.5)), 1.5),
        )  # fmt: skip
        event.excite(f"heat {name}", own * LN2 / half_life)
        event.excite(f"heat {other}", cross * LN2 / half_life)
    add_course(p, ["a", "b"], shape="piecewise", pieces=3, days=240.0, sd=0.5)
    return p


def hidden(widened: float = 1.0) -> Process:
    """Attacks by either of two suspects that nobody tells apart, calmed by warnings that nobody sees,
    with an outcome; the rates' priors so many times as wide as they should be."""
    p = Process(120.0)
    half_life = Parameter("half-life", uniform(2.0, 12.0))
    p.variable("heat", half_life=half_life)
    p.variable("alarm", half_life=20.0, high=3.0)
    for name, mean in (("one", 0.05), ("other", 0.03)):
        p.event(
            name, rate=Parameter(f"rate {name}", gamma(mean=mean, sd=0.6 * widened * mean)),
            excitation={"heat": Parameter("own", uniform(0.0, 0.5)) * LN2 / half_life},
            modulation={"alarm": Parameter("calming", uniform(-1.0, 0.2))},
            effects=[Add("heat", 1.0)],
            outcomes=[Choice("known", [Branch("yes", Parameter("told", uniform(-2.0, 2.0))), Branch("no")])],
        )  # fmt: skip
    p.event("warning", rate=0.04, effects=[Add("alarm", 1.0)])
    return p


@dataclass(frozen=True)
class Result:
    """Set-ups that should be right, and some with deliberate mistakes that are to be found.

    `beyond` are mean ranks by the normal approximation less those by NUTS of the same data, and
    standard errors, shape (names, 2); `effective` the least effective number of draws of a chain,
    before thinning, and `diverged` the transitions that diverged, both by data set. `distinct` is how
    many different posterior draws there are on average among RANKS by particles.
    """

    ranked: tuple[Ranked, ...]
    mistaken: tuple[Ranked, ...]
    beyond: np.ndarray
    effective: np.ndarray
    diverged: np.ndarray
    distinct: float


def run(
    said: Callable[[str], None],
    sets: int = 200,
    by_particles: int = 400,
    executor: Executor | None = None,
) -> Result:
    """So many data sets for the closed form, and for particles; without an executor, processes on all
    processors."""
    if executor is None:
        # Workers are begun afresh: threads of this process may hold locks that a fork would keep.
        with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
            return run(said, sets, by_particles, pool)
    closed = list(executor.map(_closed, range(sets), chunksize=5))
    said(f"calibration: {sets} data sets by NUTS")
    hid = list(executor.map(_particles, range(by_particles), chunksize=5))
    said(f"calibration: {by_particles} data sets by particles")
    forgotten = list(executor.map(_forgetful, range(sets), chunksize=5))
    wide = list(executor.map(partial(_particles, widened=2.0), range(by_particles), chunksize=5))
    said("calibration: the same with mistakes")
    names, seen = (*linear().parameters(), JOINT), (*hidden().parameters(), UNSEEN, JOINT)
    nuts, normal, prior = (np.array([row.ranks[k] for row in closed]) for k in range(3))
    apart = (normal - nuts) / (RANKS + 1)
    return Result(
        (
            Ranked("NUTS", names, nuts),
            Ranked("normal approximation", names, normal),
            Ranked("particles", seen, np.array([row.ranks for row in hid])),
        ),
        (
            Ranked("normal approximation, a tenth of the compensator forgotten", names, np.array(forgotten)),
            Ranked("the prior in place of the posterior", names, prior),
            Ranked("particles, rates' priors twice as wide", seen, np.array([row.ranks for row in wide])),
        ),
        np.stack([apart.mean(axis=0), apart.std(axis=0, ddof=1) / np.sqrt(sets)], axis=1),
        np.array([row.effective for row in closed]),
        np.array([row.diverged for row in closed]),
        float(np.mean([row.distinct for row in hid])),
    )  # fmt: skip


@dataclass(frozen=True)
class _Closed:
    """Of one data set: ranks by NUTS, by the normal approximation, and among draws from the prior,
    shape (3, names); and diagnostics of the chain."""

    ranks: np.ndarray
    effective: float
    diverged: int


@dataclass(frozen=True)
class _Hidden:
    """Of one data set: ranks by particles, shape (names,), and how many of the draws differ."""

    ranks: np.ndarray
    distinct: int


def _closed(k: int) -> _Closed:
    """The k-th data set of the linear process."""
    likelihood, z = _seen(k)
    mode = mode_of(likelihood)
    chains = sample(likelihood, mode, draws=THIN * RANKS, warmup=200, chains=1, seed=k + 1)
    prior = np.random.default_rng([SEED, k, 1]).standard_normal((RANKS, len(z)))
    among = (chains.z[0, ::THIN], mode.draw(RANKS, k), prior)
    ranks = np.array([_ranks(likelihood, z, drawn, k) for drawn in among])
    return _Closed(ranks, float(chains.ess.min()), chains.divergences)


def _forgetful(k: int) -> np.ndarray:
    """Ranks by the normal approximation of a likelihood that forgets a tenth of its compensators."""
    likelihood, z = _seen(k)
    mistaken = _Forgetful(likelihood)
    return _ranks(mistaken, z, mode_of(mistaken).draw(RANKS, k), k)


def _seen(k: int) -> tuple[Linear, np.ndarray]:
    """The likelihood of the k-th data set, and the scores it was drawn with."""
    program = compile_process(linear())
    names = [p.name for p in program.parameters]
    z = ndtri(levels_of(SEED, np.array([k]), names))[0]
    drawn = draw_block(program, SEED, 2 * k, 1)  # its parameters are of the k-th pair
    kinds = np.array(program.labels)[drawn.label]
    kept = np.isin(kinds, ["a", "b"])
    record = record_of_times(
        program, list(kinds[kept]), drawn.day[kept], drawn.mark[kept], watched=["a", "b"]
    )
    return Linear(program, record, Scores(program, names), program.horizon), z


def _ranks(likelihood: Likelihood, z: np.ndarray, drawn: np.ndarray, k: int) -> np.ndarray:
    """Ranks of the true scores, and of the log-likelihood there."""
    truth = np.append(z, likelihood.values(z[None]))
    among = np.column_stack([drawn, likelihood.values(drawn)])
    return ranks_among(truth, among, np.random.default_rng([SEED, k, 2]))


class _Forgetful(Likelihood):
    """A log-likelihood that forgets the compensators of the last tenth of the days (about that: a
    tenth of all)."""

    def __init__(self, right: Linear) -> None:
        self.right, self.scores, self.day = right, right.scores, right.day

    def values(self, z: np.ndarray) -> np.ndarray:
        return self.right.values(z) + np.array([self._forgotten(row) for row in z])

    def value_and_gradient(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = self.right.value_and_gradient(z)
        n, steps = len(z), 1e-4 * np.eye(len(z))
        found = np.array([self._forgotten(row) for row in (z, *(z + steps), *(z - steps))])
        return value + found[0], slope + (found[1 : n + 1] - found[n + 1 :]) / 2e-4

    def risen(self, z: np.ndarray) -> dict[int, np.ndarray]:
        return self.right.risen(z)

    def _forgotten(self, z: np.ndarray) -> float:
        return 0.1 * float(sum(risen[-1] for risen in self.right.risen(z).values()))


def _particles(k: int, widened: float = 1.0) -> _Hidden:
    """The k-th data set of the process with hidden events; the mistake is to learn with the rates'
    priors widened."""
    program = compile_process(hidden())
    drawn = draw_block(program, SEED, 2 * k, 1)
    attacks, warnings = told(program, drawn)
    truth = np.append(drawn.parameters[0], [len(warnings), joint(program, drawn.parameters[0], attacks, warnings)])  # fmt: skip
    learning = compile_process(hidden(widened))
    record = compile_record(learning, attacks, ATTACKS)
    *_, last = condition(learning, record, [60.0, program.horizon], particles=600, seed=k + 1)
    picked = last.pick(RANKS, k)
    block, warned = last.followed.block, program.labels.index("warning")
    unseen = np.bincount(block.draw[block.label == warned], minlength=len(last.particles))
    values = last.particles.parameters(learning)
    # Given a particle's warnings, what its suspects were adds nothing to the likelihood.
    among = np.column_stack([values, unseen, last.followed.weights])[picked]
    distinct = len(np.unique(values[picked], axis=0))
    return _Hidden(ranks_among(truth, among, np.random.default_rng([SEED, k, 3])), distinct)


def told(program: Program, drawn: Block) -> tuple[list[Occurrence], list[float]]:
    """A history's attacks without who did it, and the days of its warnings."""
    attacks, warnings = [], []
    for label, day in zip(drawn.label, drawn.day, strict=True):
        name, _, branch = program.labels[label].partition("/known=")
        if name in ATTACKS and branch:
            attacks.append(Occurrence(ATTACKS, float(day), branches={"known": branch}))
        elif name == "warning":
            warnings.append(float(day))
    return attacks, warnings


def joint(
    program: Program, values: np.ndarray, attacks: Sequence[Occurrence], warnings: Sequence[float]
) -> float:
    """The log-likelihood of the attacks given parameters and unseen warnings."""
    given = [Occurrence("warning", day) for day in warnings]
    rows = sorted([*attacks, *given], key=lambda each: each.start)
    record = compile_record(program, rows, ATTACKS, ["warning"])
    _, _, weight = draw_recorded(
        program, SEED, values[None], np.array([0]), record, program.horizon
    )
    return float(weight[0])


def block(found: Result) -> str:
    """The tables for the page."""
    rows = [
        "| posterior by | data sets | 90 % intervals that hold the truth | curves outside the band | largest departure (band) | least p, by Holm | of |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for each in (*found.ranked, *found.mistaken):
        worst = int(np.argmin(each.adjusted))
        allowed = max(float(np.abs(edge).max()) for edge in band(len(each.ranks)))
        rows.append(
            f"| {each.title} | {len(each.ranks)} | {each.covered.min():.1%} to {each.covered.max():.1%} "
            f"| {len(each.outside)} of {len(each.names)} | {np.abs(each.departures).max():.3f} ({allowed:.3f}) "
            f"| {_p(each.adjusted[worst])} | {each.names[worst]} |"
        )
    nuts, normal, particles = found.ranked
    rows += [
        "", "| linear process | NUTS: 90 % intervals | χ² p | by Holm | normal: 90 % intervals | χ² p | by Holm | mean rank, normal less NUTS |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for k, name in enumerate(nuts.names):
        cells = " | ".join(f"{e.covered[k]:.1%} | {_p(e.p_values[k])} | {_p(e.adjusted[k])}" for e in (nuts, normal))  # fmt: skip
        shift, error = found.beyond[k]
        rows.append(f"| {name} | {cells} | {_signed(shift)} ± {error:.3f} |")
    rows += [
        "",
        "| hidden events, particles | 90 % intervals | χ² p | by Holm |",
        "|---|---|---|---|",
    ]
    for k, name in enumerate(particles.names):
        rows.append(f"| {name} | {particles.covered[k]:.1%} | {_p(particles.p_values[k])} | {_p(particles.adjusted[k])} |")  # fmt: skip
    rows += [
        "",
        f"Chains: {found.diverged.sum()} of {len(found.diverged) * THIN * RANKS:,} transitions diverged. Of a chain's "
        f"{THIN * RANKS} draws one in {THIN} is kept; the least effective number of the {THIN * RANKS} has a median "
        f"of {np.median(found.effective):.0f} over data sets and is at worst {found.effective.min():.0f}. Particles: of "
        f"{RANKS} draws {found.distinct:.0f} differ, on average.",
    ]  # fmt: skip
    return "\n".join(rows)


def _p(value: float) -> str:
    return "< 10⁻⁶" if value < 1e-6 else f"{value:.2g}" if value < 0.01 else f"{value:.2f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def draw(found: Result, path: Path) -> None:
    """The ranks' distribution functions less that of the uniform law, with the band."""
    made = Figure(figsize=(11.5, 6.0), layout="constrained")
    for place, each in enumerate((*found.ranked, *found.mistaken)):
        axes = made.add_subplot(2, 3, place + 1)
        low, high = band(len(each.ranks))
        axes.fill_between(PLACES, low, high, color="#9aa5af", alpha=0.3, lw=0, step="post",
                          label="95 % of curves, if uniform")  # fmt: skip
        for k, (name, column) in enumerate(zip(each.names, each.departures.T, strict=True)):
            special = name == JOINT
            axes.step(PLACES, column, where="post", lw=1.8 if special else 0.9, ls="--" if special else "-",
                      color="#d55e00" if special else "#0072b2", alpha=1.0 if special else 0.6,
                      label=name if special else ("other quantities" if k == 0 else None))  # fmt: skip
        axes.axhline(0.0, color="#5d6b78", lw=0.8)
        mistake = "mistake: " if place >= len(found.ranked) else ""
        title = textwrap.fill(f"{mistake}{each.title} (n = {len(each.ranks)})", 46)
        axes.set_title(title, loc="left", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
        axes.set_ylim(
            *(np.array([-1.0, 1.0]) * max(0.16, 1.15 * float(np.abs(each.departures).max())))
        )
        if place == 0:
            axes.legend(fontsize=7, frameon=False, loc="lower left")
    made.supxlabel("rank of the truth, share of posterior draws", fontsize=9)
    made.supylabel("share of truths at or below this rank, less uniform", fontsize=9)
    made.savefig(path, dpi=120)
