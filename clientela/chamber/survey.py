"""Who can govern, who can block, who will: a parliament looked at from every side."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from clientela.chamber.bargaining import baron_ferejohn, gamson
from clientela.chamber.coalitions import (
    UNBOUND_SUPPORT,
    connected,
    feasible,
    minimal_winning,
    minimum_range,
    minimum_size,
    own_seats_needed,
    seats_of,
)
from clientela.chamber.covariates import armed_cores, covariate_names
from clientela.chamber.duration import FormationTime
from clientela.chamber.fit import PRIORS, best_fit
from clientela.chamber.formation import MOST_BLOCS, Formation, Likely, form, likely
from clientela.chamber.lists import Chamber
from clientela.chamber.parliament import Parliament
from clientela.chamber.plane import Spatial, spatial
from clientela.chamber.power import Game, Rule
from clientela.chamber.procedure import blocking_groups, needs_of, said, seats_needed
from clientela.chamber.sampling import Sample, sample
from clientela.chamber.voting import pass_probability
from clientela.chamber.waiting import days_gone, time_to_government
from clientela.process import Needs
from clientela.scenario import Step

DRAWS = 64
# Discount between offers in the bargaining over posts.
PATIENCE = 0.95
MOST_GROUPS = 6


@dataclass(frozen=True, eq=False)
class StepPower:
    """One step: what it needs in words; the votes with which it passes whatever others do
    (`quota`); by list Shapley–Shubik and Banzhaf indices in that game, and whether it can stop the
    step alone; the smallest groups that can by staying away; None where there is no quorum."""

    step: str
    needs: str
    quota: int
    shapley_shubik: dict[str, float]
    banzhaf: dict[str, float]
    blocks_alone: dict[str, bool]
    blocking: list[tuple[str, ...]] | None


@dataclass(frozen=True, eq=False)
class Winning:
    """A minimal winning coalition of blocs, and whether it has the fewest seats of them all, the
    least range, and no list between its members left out: all that size and place can single out.
    """

    lists: tuple[str, ...]
    seats: int
    minimum_size: bool
    minimum_range: bool
    connected: bool


@dataclass(frozen=True, eq=False)
class Posts:
    """What each list gets of the posts: by seats if the likeliest government forms, in expectation
    by seats over all governments, by bargaining under a bare majority, and by power alone."""

    likeliest: dict[str, float]
    expected: dict[str, float]
    baron_ferejohn: dict[str, float] | None
    shapley_shubik: dict[str, float]


@dataclass(frozen=True, eq=False)
class Survey:
    """What `clientela chamber` shows.

    `minimal_winning` are the minimal winning coalitions of blocs under a bare majority, fewest
    seats first; `spatial` is what majorities can agree on in the first two dimensions, None where
    the lists that have places are no majority; `ruling` the armed ruling coalitions (more than one on ties); `formation` the
    distribution over governments, or `sampled` that of a chamber too large to enumerate; `passing`
    by likely government the probability of each step; `time` the days from the election to a
    government, of which `gone` had passed.
    """

    parliament: Parliament
    seats_needed: int
    minimal_winning: list[Winning]
    spatial: Spatial | None
    steps: list[StepPower]
    ruling: list[tuple[str, ...]]
    formation: Formation | None
    sampled: Sample | None
    passing: list[dict[str, float]]
    posts: Posts
    time: FormationTime
    gone: float
    fit: str


def survey(parliament: Parliament, top: int = 8) -> Survey:
    """Looks at a parliament. Raises ValueError if no coalition could govern."""
    chamber = parliament.chamber
    needed = seats_needed(parliament.procedure, chamber)
    blocs = [p for p in chamber.lists if p.bloc and p.seats]
    fit = best_fit(chamber)
    formation = drawn = None
    if len(blocs) <= MOST_BLOCS:
        formation = form(chamber, _betas(chamber, 1 if len(blocs) > 18 else DRAWS),
                         seats_needed=needed, unbound_support=UNBOUND_SUPPORT, top=top)  # fmt: skip
    else:
        drawn = sample(chamber, _betas(chamber, 1), seats_needed=needed, unbound_support=UNBOUND_SUPPORT)  # fmt: skip
    needs = {step.step: needs_of(step, chamber) for step in parliament.procedure}
    likeliest = formation.likeliest if formation else _most_drawn(chamber, drawn, top)
    return Survey(
        parliament=parliament,
        seats_needed=needed,
        minimal_winning=_minimal(chamber),
        spatial=_in_space(chamber),
        steps=[_step(chamber, step, needs[step.step]) for step in parliament.procedure],
        ruling=[tuple(p.id for p in chamber.lists_in(core)) for core in armed_cores(chamber)],
        formation=formation,
        sampled=drawn,
        passing=[
            {s: pass_probability(chamber, c.lists, step) for s, step in needs.items()}
            for c in likeliest
        ],
        posts=_posts(chamber, likeliest, needed),
        time=time_to_government(chamber, parliament.rules),
        gone=days_gone(parliament.rules, parliament.date),
        fit=fit.about,
    )


def _betas(chamber: Chamber, draws: int) -> np.ndarray:
    """β of the best fit, with the priors of what no fit has; the mean if one is asked for."""
    fit, names = best_fit(chamber), covariate_names(chamber)
    betas = fit.draws(chamber, draws)
    if draws == 1:
        betas[0, [names.index(n) for n in fit.covariates]] = fit.mean
    rng = np.random.default_rng(2)
    for name, (mean, spread) in PRIORS.items():
        betas[:, names.index(name)] = mean + (
            spread * rng.standard_normal(draws) if draws > 1 else 0.0
        )
    return betas


def _minimal(chamber: Chamber) -> list[Winning]:
    """Minimal winning coalitions of blocs, fewest seats first, then fewest lists."""
    if sum(1 for p in chamber.lists if p.bloc and p.seats) > 20:
        return []
    winning = feasible(replace(chamber, vetoes=()), chamber.majority)  # whoever refuses whom
    least = winning[minimal_winning(chamber, winning, chamber.majority)]
    told = zip(
        least.tolist(),
        seats_of(chamber, least).tolist(),
        minimum_size(chamber, least, chamber.majority).tolist(),
        minimum_range(chamber, least, chamber.majority).tolist(),
        connected(chamber, least).tolist(),
        strict=True,
    )
    found = [Winning(tuple(p.id for p in chamber.lists_in(mask)), *rest) for mask, *rest in told]
    return sorted(found, key=lambda c: (c.seats, len(c.lists), c.lists))


def _in_space(chamber: Chamber) -> Spatial | None:
    """The core, the yolk and the uncovered set, where enough lists have places."""
    dimensions = chamber.dimensions[:2]
    placed = [p.seats for p in chamber.lists if all(d in p.positions for d in dimensions)]
    return spatial(chamber) if dimensions and sum(placed) >= chamber.majority else None


def _players(chamber: Chamber) -> tuple[list[str], list[int]]:
    """Blocs as one player each, members who sit alone as one each."""
    owners: list[str] = []
    votes: list[int] = []
    for party in chamber.lists:
        count, each = (1, party.seats) if party.bloc else (party.seats, 1)
        owners += [party.id] * count
        votes += [each] * count
    return owners, votes


def _step(chamber: Chamber, step: Step, needs: Needs) -> StepPower:
    quorum = needs.present
    votes = step.in_favour.needed(chamber.seats) if step.in_favour else 0
    if step.against:
        votes = max(votes, chamber.seats - step.against.needed(chamber.seats) + 1)
    if needs.most:
        votes = chamber.majority
    held = sum(p.seats for p in chamber.lists)
    quota = max(votes, quorum)
    shapley = banzhaf = dict.fromkeys(chamber.names, 0.0)
    if 1 <= quota <= held:
        owners, weights = _players(chamber)
        game = Game(Rule(tuple(weights), quota))
        shapley = _by_owner(chamber, owners, game.shapley_shubik())
        banzhaf = _by_owner(chamber, owners, game.banzhaf())
    alone = {p.id for p in chamber.lists if not p.bloc}
    groups = None
    if quorum:
        # Members who sit one by one cannot agree to stay away as a list can.
        groups = [
            g for g in blocking_groups(chamber, quorum, at_most=5) if not alone.intersection(g)
        ]
    return StepPower(
        step=step.step,
        needs=said(step, chamber.seats),
        quota=quota,
        shapley_shubik=shapley,
        banzhaf=banzhaf,
        blocks_alone={p.id: p.bloc and held - p.seats < quota for p in chamber.lists},
        blocking=None if groups is None else groups[:MOST_GROUPS],
    )


def _by_owner(chamber: Chamber, owners: list[str], index: tuple[Fraction, ...]) -> dict[str, float]:
    total = dict.fromkeys(chamber.names, Fraction(0))
    for owner, share in zip(owners, index, strict=True):
        total[owner] += share
    return {name: float(share) for name, share in total.items()}


def _most_drawn(chamber: Chamber, drawn: Sample | None, top: int) -> list[Likely]:
    assert drawn is not None
    masks, counts = np.unique(drawn.masks, return_counts=True)
    most = np.argsort(-counts, kind="stable")[:top]
    return [likely(chamber, int(masks[at]), float(counts[at]) / drawn.masks.size) for at in most]


def _posts(chamber: Chamber, likeliest: list[Likely], needed: int) -> Posts:
    seats = {p.id: p.seats for p in chamber.lists}

    def shared(lists: tuple[str, ...]) -> dict[str, float]:
        shares = gamson([seats[n] for n in lists])
        return dict.fromkeys(chamber.names, 0.0) | dict(zip(lists, shares.tolist(), strict=True))

    known = sum(c.probability for c in likeliest)
    expected = {
        n: sum(c.probability / known * shared(c.lists)[n] for c in likeliest) for n in chamber.names
    }
    owners, weights = _players(chamber)
    power = Game(Rule(tuple(weights), min(chamber.majority, sum(weights)))).shapley_shubik()
    return Posts(
        likeliest=shared(likeliest[0].lists),
        expected=expected,
        baron_ferejohn=_bargained(chamber, max(needed, chamber.majority)),
        shapley_shubik=_by_owner(chamber, owners, power),
    )


def _bargained(chamber: Chamber, needed: int) -> dict[str, float] | None:
    """What each bloc expects in Baron & Ferejohn's game; None if it cannot be had.

    Members who sit alone are no party to it: they lend their usual share of votes for nothing.
    """
    blocs = [p for p in chamber.lists if p.bloc and p.seats]
    own = math.ceil(own_seats_needed(chamber, needed, UNBOUND_SUPPORT))
    try:
        value = baron_ferejohn([p.seats for p in blocs], max(own, 1), PATIENCE).value
    except (ValueError, ArithmeticError):
        return None
    return dict.fromkeys(chamber.names, 0.0) | dict(
        zip((p.id for p in blocs), value.tolist(), strict=True)
    )
