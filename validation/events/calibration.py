"""Simulation-based calibration: parameters from priors, histories from the engine, posteriors ranked.

If the engine that draws and the likelihood that learns are of one mind, the rank of a true value
among draws from its posterior is uniform (Talts, Betancourt, Simpson, Vehtari & Gelman 2018). The
log-likelihood at the truth is ranked as well, which finds what single parameters do not (Modrák et
al. 2023).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.special import ndtri
from scipy.stats import binom, chisquare

from clientela.engine import draw_block, draw_parameters, levels_of
from clientela.engine.ensemble import cores
from clientela.inference.conditioning import condition
from clientela.inference.course import add_course
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

RANKS = 99  # posterior draws that a truth is ranked among
BINS = 20
SEED = 2024
LN2 = float(np.log(2.0))
JOINT = "log-likelihood"


@dataclass(frozen=True)
class Ranked:
    """Ranks of true values among posterior draws, shape (data sets, names), 0 to RANKS; and how
    often 90 % intervals held the truth, shape (names,)."""

    title: str
    names: tuple[str, ...]
    ranks: np.ndarray
    covered: np.ndarray

    def p_values(self) -> np.ndarray:
        """Of a χ² test of uniformity in BINS bins, shape (names,)."""
        counts = [
            np.bincount(column * BINS // (RANKS + 1), minlength=BINS) for column in self.ranks.T
        ]
        return np.array([chisquare(count).pvalue for count in counts])

    def least_adjusted(self) -> float:
        """The least p-value, by Holm's correction for looking at all names."""
        return float(min(1.0, self.p_values().min() * len(self.names)))


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
            mark=Killed(Parameter("none", beta(3.0, 3.0)), Parameter("mean", lognormal(2.0, 0.5)), 1.5),
        )  # fmt: skip
        event.excite(f"heat {name}", own * LN2 / half_life)
        event.excite(f"heat {other}", cross * LN2 / half_life)
    add_course(p, ["a", "b"], shape="piecewise", pieces=3, days=240.0, sd=0.5)
    return p


def hidden() -> Process:
    """Attacks by either of two suspects that nobody tells apart, calmed by warnings that nobody sees,
    with an outcome."""
    p = Process(120.0)
    half_life = Parameter("half-life", uniform(2.0, 12.0))
    p.variable("heat", half_life=half_life)
    p.variable("alarm", half_life=20.0, high=3.0)
    for name, mean in (("one", 0.05), ("other", 0.03)):
        p.event(
            name, rate=Parameter(f"rate {name}", gamma(mean=mean, sd=0.6 * mean)),
            excitation={"heat": Parameter("own", uniform(0.0, 0.5)) * LN2 / half_life},
            modulation={"alarm": Parameter("calming", uniform(-1.0, 0.2))},
            effects=[Add("heat", 1.0)],
            outcomes=[Choice("known", [Branch("yes", Parameter("told", uniform(-2.0, 2.0))), Branch("no")])],
        )  # fmt: skip
    p.event("warning", rate=0.04, effects=[Add("alarm", 1.0)])
    return p


@dataclass(frozen=True)
class Result:
    """All set-ups, and one with a deliberate mistake that is to be found."""

    ranked: tuple[Ranked, ...]
    mistaken: Ranked


def run(said: Callable[[str], None], sets: int = 200, by_particles: int = 300) -> Result:
    """So many data sets for the closed form, and for particles."""
    with ProcessPoolExecutor(cores()) as pool:
        both = list(pool.map(_closed, range(sets), chunksize=5))
        names = (*_names(linear()), JOINT)
        nuts = _ranked("NUTS, closed form", names, [row[0] for row in both])
        said(f"calibration: {sets} data sets by NUTS")
        laplace = _ranked("normal approximation, closed form", names, [row[1] for row in both])
        rows = list(pool.map(_particles, range(by_particles), chunksize=5))
        particles = _ranked("particles, hidden events and suspects", tuple(_names(hidden())), rows)
        said(f"calibration: {by_particles} data sets by particles")
        wrong = list(pool.map(partial(_closed, mistaken=True), range(sets), chunksize=5))
        mistaken = _ranked("normal approximation, a mistake made", names, [row[1] for row in wrong])
    return Result((nuts, laplace, particles), mistaken)


def _names(process: Process) -> list[str]:
    return list(process.parameters())


def _ranked(title: str, names: tuple[str, ...], rows: list[np.ndarray]) -> Ranked:
    ranks = np.array(rows)
    inside = (ranks >= 0.05 * (RANKS + 1)) & (ranks < 0.95 * (RANKS + 1))
    return Ranked(title, names, ranks, inside.mean(axis=0))


def _truth(program: Program, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The k-th pair's scores and values; what happened, when, and marks, in the first of its draws."""
    names = [p.name for p in program.parameters]
    z = ndtri(levels_of(SEED, np.array([k]), names))[0]
    values = draw_parameters(program, SEED, 2 * k, 1)[0]
    block = draw_block(program, SEED, 2 * k, 1)
    return z, values, block.label, block.day, block.mark


def _closed(k: int, mistaken: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Ranks by NUTS and by the normal approximation. The mistake is that the last tenth of the days
    is left out of the compensators; then there is no NUTS."""
    program = compile_process(linear())
    z, _, label, day, mark = _truth(program, k)
    names = np.array(program.labels)[label]
    kept = np.isin(names, ["a", "b"])
    record = record_of_times(program, list(names[kept]), day[kept], mark[kept], watched=["a", "b"])
    scores = Scores(program, [p.name for p in program.parameters])
    likelihood = Linear(program, record, scores, program.horizon)
    if mistaken:
        likelihood = _Mistaken(likelihood)
    mode = mode_of(likelihood)
    approximate = _ranks(likelihood, z, mode.draw(RANKS, k))
    if mistaken:
        return approximate, approximate
    chains = sample(likelihood, mode, draws=5 * RANKS, warmup=300, chains=1, seed=k)
    return _ranks(likelihood, z, chains.z[0, ::5][:RANKS]), approximate


def _ranks(likelihood, z: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Ranks of the true scores, and of the log-likelihood there."""
    joint = (likelihood.values(drawn) < likelihood.values(z[None])[0]).sum()
    return np.append((drawn < z).sum(axis=0), joint)


class _Mistaken:
    """A log-likelihood that forgets the compensators of the last tenth of the days."""

    def __init__(self, right: Linear) -> None:
        self.right, self.scores, self.day = right, right.scores, right.day

    def values(self, z: np.ndarray) -> np.ndarray:
        return np.array([self.value_and_gradient(row)[0] for row in z])

    def value_and_gradient(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = self.right.value_and_gradient(z)
        steps = 1e-4 * np.eye(len(z))
        found = np.array([self._forgotten(row) for row in np.concatenate([z[None], z + steps, z - steps])])  # fmt: skip
        n = len(z)
        return value + found[0], slope + (found[1 : n + 1] - found[n + 1 :]) / 2e-4

    def _forgotten(self, z: np.ndarray) -> float:
        return 0.1 * float(sum(risen[-1] for risen in self.right.risen(z).values()))


def _particles(k: int) -> np.ndarray:
    """Ranks by sequential Monte Carlo; who attacked is not told."""
    program = compile_process(hidden())
    _, values, label, day, _ = _truth(program, k)
    outcome = {
        program.labels.index(f"{name}/known={branch}"): branch
        for name in ("one", "other") for branch in ("yes", "no")
    }  # fmt: skip
    rows = [
        Occurrence(("one", "other"), float(at), branches={"known": outcome[what]})
        for at, what in zip(day, label, strict=True) if what in outcome
    ]  # fmt: skip
    record = compile_record(program, rows, ["one", "other"])
    *_, last = condition(program, record, [60.0, 120.0], particles=600, seed=k)
    drawn = last.particles.parameters(program)[last.pick(RANKS, k)]
    return (drawn < values).sum(axis=0)


def block(found: Result) -> str:
    """The table for the page."""
    rows = [
        "| posterior by | data sets | 90 % intervals that hold the truth, least to most | least p, by Holm | of |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for each in (*found.ranked, found.mistaken):
        worst = each.names[int(np.argmin(each.p_values()))]
        rows.append(
            f"| {each.title} | {len(each.ranks)} | {each.covered.min():.1%} to {each.covered.max():.1%} "
            f"| {each.least_adjusted():.2g} | {worst} |"
        )
    return "\n".join(rows)


def draw(found: Result, path: Path) -> None:
    """The ranks' empirical distribution functions less that of the uniform law, with a band that holds
    all of one curve in 95 % of cases (Säilynoja, Bürkner & Vehtari 2022)."""
    every = (*found.ranked, found.mistaken)
    made = Figure(figsize=(10.5, 5.8), layout="constrained")
    for place, each in enumerate(every):
        axes = made.add_subplot(2, 2, place + 1)
        n = len(each.ranks)
        at = np.arange(1, RANKS + 2) / (RANKS + 1)
        low, high = _band(n)
        axes.fill_between(at, low - at, high - at, color="#9aa5af", alpha=0.3, lw=0, label="95 % of curves if uniform")  # fmt: skip
        for k, column in enumerate(each.ranks.T):
            reached = np.cumsum(np.bincount(column, minlength=RANKS + 1)) / n
            joint = each.names[k] == JOINT
            axes.step(at, reached - at, where="post", lw=1.8 if joint else 0.9, ls="--" if joint else "-",
                      color="#d55e00" if joint else "#0072b2", alpha=1.0 if joint else 0.6,
                      label=JOINT if joint else ("parameters" if k == 0 else None))  # fmt: skip
        axes.axhline(0.0, color="#5d6b78", lw=0.8)
        axes.set_title(f"{each.title} (n = {n})", loc="left", fontsize=9)
        axes.set_xlabel("rank of the truth, share of posterior draws", fontsize=8)
        axes.set_ylabel("share below, less uniform", fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=7, frameon=False, loc="lower left", ncols=3)
        axes.set_ylim(*(np.array([-1.0, 1.0]) * max(0.16, 1.15 * _reach(each))))
    made.savefig(path, dpi=120)


def _reach(each: Ranked) -> float:
    at = np.arange(1, RANKS + 2) / (RANKS + 1)
    return max(
        float(np.abs(np.cumsum(np.bincount(c, minlength=RANKS + 1)) / len(c) - at).max())
        for c in each.ranks.T
    )


def _band(n: int, draws: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise binomial limits at the level at which 95 % of uniform samples stay inside throughout."""
    at = np.arange(1, RANKS + 2) / (RANKS + 1)
    ranks = np.random.default_rng(4).integers(0, RANKS + 1, (draws, n))
    counts = np.array([np.cumsum(np.bincount(row, minlength=RANKS + 1)) for row in ranks])
    inside = slice(0, RANKS)
    tail = 2.0 * np.minimum(binom.cdf(counts, n, at), binom.sf(counts - 1, n, at))[:, inside]
    level = float(np.quantile(tail.min(axis=1), 0.05))
    return binom.ppf(level / 2, n, at) / n, binom.ppf(1 - level / 2, n, at) / n
