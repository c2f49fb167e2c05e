"""A slow, obvious simulator of the same process on the same streams, in plain Python.

It shares no code with the engine: it reads the process' nouns rather than the compiled arrays,
generates every point of every strip over the whole horizon up to a fixed height, sorts them,
and keeps those under the intensity. No bounds, no thinning tricks, no memo, no Numba.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field

import numpy as np

from clientela.process import (
    Add,
    AddMark,
    Choice,
    Fire,
    FireAfter,
    FireAt,
    Killed,
    KindOfGovernment,
    LookUp,
    Lower,
    Membership,
    Move,
    Process,
    Proposal,
    Raise,
    Rebase,
    StandingCoalition,
    Vote,
)
from clientela.process.expression import Drawn, Expression
from clientela.process.process import branch_names
from clientela.scenario import Conditional

MASK = 2**64 - 1


def threefry(key, counter):
    """Threefry-2x64-13, from Salmon et al. 2011, with Python's integers."""
    keys = [key[0], key[1], 0x1BD11BDAA9FC1A22 ^ key[0] ^ key[1]]
    a, b = (counter[0] + keys[0]) & MASK, (counter[1] + keys[1]) & MASK
    rotations = [16, 42, 12, 31, 16, 32, 24, 21]
    for r in range(13):
        a = (a + b) & MASK
        turn = rotations[r % 8]
        b = ((b << turn | b >> (64 - turn)) & MASK) ^ a
        if r % 4 == 3:
            step = r // 4 + 1
            a = (a + keys[step % 3]) & MASK
            b = (b + keys[(step + 1) % 3] + step) & MASK
    return a, b


def unit(word):
    return ((word >> 12) + 0.5) * 2.0**-52


def key_of(name):
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def history_key(seed, draw, purpose):
    return threefry((seed, purpose), (draw, 0))[0]


def parameters(process: Process, seed: int, draw: int) -> dict[str, float]:
    values, truth = {}, {}

    def level(name, index):
        key = history_key(seed, index, 2)
        return unit(threefry((key, key_of(name)), (0, 0))[0])

    for belief in process.beliefs:
        chances = belief.chances[truth[belief.given] if belief.given else False]
        u, below = level(f"propositions.{belief.name}", draw // 2), 0.0
        for member, chance in zip(belief.members, chances, strict=True):
            truth[member] = below <= u < below + chance
            below += chance
    for name, true in truth.items():
        values[f"propositions.{name}"] = float(true)
    for name, parameter in process.parameters().items():
        law = parameter.distribution
        if isinstance(law, Conditional):
            law = law.true if truth[law.proposition] else law.false
        values[name] = float(law.quantile(level(name, draw // 2 if parameter.shared else draw)))
    return values


def points(key0, name, top, horizon):
    """Every point (time, height) of the event's measure up to the height `top`, in time order."""
    found = []
    floor, height, strip = 0.0, 2.0**-10, 0
    while floor < top:
        for cell in range(int(horizon * height) + 1):
            inside, number = 0.0, 0
            while True:
                counter = (strip << 56 | cell, number)
                gap, level = threefry((key0, key_of(name)), counter)
                inside += -math.log(unit(gap))
                number += 1
                if inside >= 1.0:
                    break
                time = (cell + inside) / height
                found.append((time, floor + height * unit(level), name))
        floor, height, strip = floor + height, max(height, floor + height), strip + 1
    return [p for p in sorted(found) if 0 < p[0] <= horizon]


@dataclass
class History:
    log: list[tuple[float, str, int]] = field(default_factory=list)
    variables: dict[str, float] = field(default_factory=dict)


class Oracle:
    def __init__(self, process: Process, seed: int, draw: int, top: float = 4.0) -> None:
        self.process, self.seed, self.draw, self.top = process, seed, draw, top
        self.values = Drawn(parameters(process, seed, draw))
        self.key = history_key(seed, draw, 1)
        self.x, self.base, self.flags = {}, {}, dict(process.flags)
        self.counts = dict.fromkeys(process.events, 0)
        self.now = min([0.0, *(p.day for p in process.history)])
        self.proposal, self.proposals = None, 0
        self.timers: dict[str, float] = {}
        self.log: list[tuple[float, str, int]] = []
        self.silent = True

    def number(self, coefficient) -> float:
        if isinstance(coefficient, Expression):
            return float(coefficient.evaluate(self.values))
        return float(coefficient)

    def clip(self, name, value):
        variable = self.process.variables[name]
        return min(max(value, variable.low), variable.high)

    def begin(self) -> None:
        """The state at day 0, after the past."""
        for name, variable in self.process.variables.items():
            self.base[name] = self.clip(name, self.number(variable.baseline))
            self.x[name] = self.base[name]
        for past in sorted(self.process.history, key=lambda p: p.day):
            self.relax_to(past.day)
            event = self.process.events[past.event]
            self.apply(event.effects, past.mark, [])
            for outcome in event.outcomes:
                if outcome.name in past.branches:
                    effects = self.effects_of(outcome, past.branches[outcome.name])
                    self.apply(effects, past.mark, [])
        self.timers = {}
        self.relax_to(0.0)
        for name, variable in self.process.variables.items():
            apart = self.number(variable.start) - self.number(variable.baseline)
            self.x[name] = self.clip(name, self.x[name] + apart)

    def run(self) -> History:
        self.begin()
        candidates = []
        for name in self.process.events:
            candidates += points(self.key, name, self.top, self.process.horizon)
        for scheduled in self.process.schedule:
            day = self.number(scheduled.at)
            if 0 <= day <= self.process.horizon:
                candidates.append((day, None, scheduled.event))
        for time, height, name in sorted(candidates, key=lambda c: c[0]):
            self.ring_until(time, height is not None)
            self.relax_to(time)
            level = self.intensity(name)
            assert level < self.top, "raise the oracle's top"
            if height is None or height < level:
                self.occur(name)
        self.ring_until(self.process.horizon, True)
        return History(self.log, dict(self.x))

    def ring_until(self, time, and_then):
        """Timers up to a time; at equal times a date comes first, then timers by event."""
        while self.timers:
            names = [n for n in self.process.events if n in self.timers]
            name = min(names, key=lambda n: self.timers[n])
            if self.timers[name] > time or (self.timers[name] == time and not and_then):
                break
            self.relax_to(self.timers.pop(name))
            self.occur(name)

    def relax_to(self, time):
        for name, variable in self.process.variables.items():
            half_life = self.number(variable.half_life)
            keep = 0.5 ** ((time - self.now) / half_life)
            self.x[name] = self.base[name] + (self.x[name] - self.base[name]) * keep
        self.now = time

    def open(self, event):
        return all(self.flags[name] == on for name, on in event.when.items())

    def intensity(self, name):
        event = self.process.events[name]
        if not self.open(event):
            return 0.0
        additive = self.number(event.rate) + sum(
            self.number(c) * self.x[v] for v, c in event.excitation.items()
        )
        exponent = sum(self.number(c) * self.x[v] for v, c in event.modulation.items())
        return max(additive, 0.0) * math.exp(exponent)

    def word(self, stream, turn, place=0):
        return threefry((self.key, key_of(stream)), (turn, place))

    def occur(self, name):
        waiting = [name]
        before = self.phase()
        while waiting:
            event = self.process.events[waiting.pop(0)]
            if not self.open(event):
                continue
            turn = self.counts[event.name]
            self.counts[event.name] += 1
            mark = self.mark(event, turn)
            chosen = [self.branch(event, outcome, turn) for outcome in event.outcomes]
            self.log.append((self.now, event.name, mark))
            self.apply(event.effects, mark, waiting)
            for outcome, branch in zip(event.outcomes, chosen, strict=True):
                if not isinstance(outcome, Proposal):
                    self.log.append((self.now, f"{event.name}/{outcome.name}={branch}", mark))
                self.apply(self.effects_of(outcome, branch), mark, waiting)
        if self.phase() != before:
            self.proposal = None

    def apply(self, effects, mark, waiting):
        for effect in effects:
            match effect:
                case Add(name, amount, by):
                    step = self.number(amount) * (1.0 if by is None else self.x[by])
                    self.x[name] = self.clip(name, self.x[name] + step)
                case AddMark(name, per_unit):
                    self.x[name] = self.clip(name, self.x[name] + self.number(per_unit) * mark)
                case Move(name, fraction, toward):
                    gap = self.number(toward) - self.x[name]
                    self.x[name] = self.clip(name, self.x[name] + self.number(fraction) * gap)
                case LookUp(name, of):
                    self.x[name] = self.clip(name, self.looked_up(effect, self.x[of]))
                case Rebase(name, amount):
                    self.base[name] = self.clip(name, self.base[name] + self.number(amount))
                case Raise(name):
                    self.flags[name] = True
                case Lower(name):
                    self.flags[name] = False
                case Fire(name):
                    waiting.append(name)
                case FireAfter(name, days):
                    self.timers[name] = self.now + max(self.number(days), 0.0)
                case FireAt(name, variable, level):
                    if self.x[variable] >= self.number(level):
                        waiting.append(name)

    def looked_up(self, table, x):
        points = [self.number(point) for point in table.points]
        levels = [self.number(level) for level in table.levels]
        return self.number(table.below) if x < points[0] else np.interp(x, points, levels)

    def effects_of(self, outcome, branch):
        match outcome:
            case Choice(branches=branches):
                return next(b.effects for b in branches if b.name == branch)
            case Vote():
                return outcome.passed if branch == "passed" else outcome.failed
            case Membership():
                return outcome.inside if branch == "inside" else outcome.outside
            case KindOfGovernment(effects=effects):
                return effects.get(branch, [])
            case Proposal():
                return []

    def mark(self, event, turn):
        match event.mark:
            case Killed(none, mean, dispersion):
                none, mean, r = self.number(none), self.number(mean), self.number(dispersion)
                u = unit(self.word(f"{event.name}/mark", turn)[0])
                n, below = 0, none
                while u > below:
                    mass = math.exp(
                        math.lgamma(n + r) - math.lgamma(r) - math.lgamma(n + 1)
                        + r * math.log(r / (r + mean)) + n * math.log(mean / (r + mean))
                    )  # fmt: skip
                    below += (1 - none) * mass
                    n += 1
                return max(n - 1, 0)
            case StandingCoalition():
                table = self.process.assembly
                return 0 if self.proposal is None else int(table.masks[self.proposal])
        return 0

    def phase(self):
        table = self.process.assembly
        if table is None:
            return 0
        return sum(1 << r for r, who in enumerate(table.resigning) if self.flags[f"out:{who}"])

    def branch(self, event, outcome, turn):
        stream = f"{event.name}/{outcome.name}"
        table = self.process.assembly
        match outcome:
            case Choice(branches=branches):
                weights = [
                    math.exp(
                        self.number(b.weight)
                        + sum(self.number(c) * self.x[v] for v, c in b.slopes.items())
                    )
                    for b in branches
                ]
                u = unit(self.word(stream, turn)[0]) * sum(weights)
                at = next(i for i in range(len(branches)) if u <= sum(weights[: i + 1]))
                return branches[at].name
            case Proposal(coefficients=coefficients, slopes=slopes):
                lo, hi = table.pointer[self.phase()], table.pointer[self.phase() + 1]
                beta = [
                    self.number(coefficients.get(f, 0.0))
                    + sum(self.number(c) * self.x[v] for v, c in slopes.get(f, {}).items())
                    for f in table.feature_names
                ]
                weights = [
                    math.exp(sum(b * f for b, f in zip(beta, table.features[m], strict=True)))
                    for m in range(lo, hi)
                ]
                u = unit(self.word(stream, turn)[0]) * sum(weights)
                below = 0.0
                for m, weight in enumerate(weights):
                    below += weight
                    if u <= below:
                        self.proposal = lo + m
                        break
                self.proposals += 1
                return "made"
            case Vote():
                return "passed" if self.passes(outcome, stream, turn) else "failed"
            case Membership(member=member):
                at = list(table.list_ids).index(member)
                held = self.proposal is not None and int(table.masks[self.proposal]) >> at & 1
                return "inside" if held else "outside"
            case KindOfGovernment():
                kind = -1 if self.proposal is None else table.kinds[self.proposal]
                return branch_names(outcome, table.kind_names)[kind]

    def passes(self, vote, stream, turn):
        table = self.process.assembly
        if self.proposal is None:
            return False
        mask, opposed = int(table.masks[self.proposal]), int(table.opposed[self.proposal])
        inside = {name for i, name in enumerate(table.list_ids) if mask >> i & 1}
        if vote.needs.office and not vote.needs.office & inside:
            return False
        favour = against = present = 0
        for i, seats in enumerate(table.seats[self.phase()]):
            if mask >> i & 1:
                favour, present = favour + seats, present + seats
            elif table.unbound[i]:
                for member in range(seats):
                    words = self.word(stream, turn, (i + 1) << 32 | member + 1)
                    if unit(words[0]) < self.number(vote.unbound):
                        present += 1
                        favour += unit(words[1]) < self.number(vote.swayed)
                        against += unit(words[1]) >= self.number(vote.swayed)
            else:
                chance = vote.opposed if opposed >> i & 1 else vote.neutral
                word = self.word(stream, self.proposals | 1 << 62, int(table.camps[i]) << 32)[0]
                if unit(word) < self.number(chance):
                    present += seats
                    against += seats if opposed >> i & 1 else 0
        return vote.needs.are_met(favour, against, present)
