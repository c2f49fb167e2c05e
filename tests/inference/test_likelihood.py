"""The log-likelihood of a record against numerical integration, theory and simulation."""

import itertools
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

import oracle
import processes

from clientela.engine import draw_block, draw_on, draw_parameters, draw_recorded
from clientela.inference.record import (
    Occurrence,
    RecordError,
    compile_record,
    record_of_times,
    recordable,
    without_schedule_of,
)
from clientela.process import (
    Add,
    Branch,
    Choice,
    Killed,
    Lower,
    Move,
    Process,
    Raise,
    Rebase,
    compile_process,
)


class Integrated(oracle.Oracle):
    """The slow simulator made to follow a record, its compensators by adaptive quadrature."""

    def log_likelihood(self, record: list[Occurrence], until: float) -> float:
        self.begin()
        found = 0.0
        for each in sorted(record, key=lambda o: o.start):
            found -= self.compensators(each.start)
            self.relax_to(each.start)
            event = self.process.events[each.event]
            level = self.intensity(each.event)
            found += math.log(level) if level > 0 else -math.inf
            found += self.of_mark(event, each.killed)
            effects = list(event.effects)
            for outcome in event.outcomes:
                chance = self.chances(outcome)
                found += math.log(chance[each.branches[outcome.name]])
                effects += self.effects_of(outcome, each.branches[outcome.name])
            self.apply(effects, each.killed or 0, [])
        return found - self.compensators(until)

    def compensators(self, until: float) -> float:
        """∫ Σ_e λ_e from now on, nothing happening, piece by piece between half a day."""
        if until <= self.now:
            return 0.0
        start, x = self.now, dict(self.x)

        def all_intensities(t: float) -> float:
            self.x, self.now = dict(x), start
            self.relax_to(t)
            return sum(self.intensity(name) for name in self.process.events)

        edges = np.linspace(start, until, 2 + int(2 * (until - start)))
        area = sum(
            quad(all_intensities, a, b, epsabs=1e-13, epsrel=1e-13)[0]
            for a, b in itertools.pairwise(edges)
        )
        self.x, self.now = x, start
        return area

    def of_mark(self, event, killed):
        if event.mark is None:
            return 0.0
        none, mean, r = (
            self.number(c) for c in (event.mark.none, event.mark.mean, event.mark.dispersion)
        )
        mass = math.gamma(killed + r) / (math.gamma(r) * math.factorial(killed))
        mass *= (r / (r + mean)) ** r * (mean / (r + mean)) ** killed
        return math.log((none if killed == 0 else 0.0) + (1 - none) * mass)

    def chances(self, outcome):
        weights = {
            b.name: math.exp(
                self.number(b.weight) + sum(self.number(c) * self.x[v] for v, c in b.slopes.items())
            )
            for b in outcome.branches
        }
        total = sum(weights.values())
        return {name: weight / total for name, weight in weights.items()}


def as_record(process, seed=1, draw=0):
    """A drawn history, written down as a record of everything."""
    program = compile_process(process)
    block = draw_block(program, seed, draw, 1)
    found = []
    for day, label, mark in zip(block.day, block.label, block.mark, strict=True):
        name = program.labels[label]
        if name in process.events:
            event = process.events[name]
            found.append(Occurrence(name, float(day), 0.0, int(mark) if event.mark else None, {}))
        else:
            event, _, outcome = name.rpartition("/")
            group, _, branch = outcome.partition("=")
            found[-1].branches[group] = branch
    return program, found


def by_engine(process, record, until, watched=None):
    program = compile_process(process)
    compiled = compile_record(program, record, process.events if watched is None else watched)
    parameters = draw_parameters(program, 1, 0, 1)
    _, _, weights = draw_recorded(program, 1, parameters, np.zeros(1, np.int64), compiled, until)
    return weights[0]


def moody():
    """Everything that bends an intensity: exponents that relax, moved baselines, flags, bounds."""
    p = Process(120.0, "moody")
    p.variable("heat", start=0.5, half_life=4.0, low=0.0, high=3.0)
    p.variable("fear", start=-1.5, baseline=0.4, half_life=11.0, low=-2.0, high=1.5)
    p.variable("count", low=0.0, high=8.0)
    p.variable("drift", start=2.0, half_life=0.7)
    p.flag("closed")
    p.event("attack", rate=0.15, excitation={"heat": 0.1}, modulation={"fear": -0.9, "count": 0.1},
            when={"closed": False}, effects=[Add("heat", 1.0), Add("fear", 0.4, by="heat"), Add("count", 1.0)],
            mark=Killed(0.4, 2.5, 0.7),
            outcomes=[Choice("way", [Branch("loud", 0.2, {"fear": 1.5}, [Add("drift", 1.0)]),
                                     Branch("quiet", 0.0, {"heat": 0.3})])])  # fmt: skip
    p.event("calm", rate=0.05, modulation={"count": 0.1}, effects=[Move("heat", 0.7, 0.1)])
    p.event("stir", rate=0.01, excitation={"drift": 0.1, "heat": 0.05})
    p.event("shift", rate=0.04, effects=[Rebase("fear", -0.3), Raise("closed")])
    p.event("reopen", rate=0.2, when={"closed": True}, effects=[Lower("closed")])
    return p


@pytest.mark.parametrize("make", [processes.hawkes, processes.effects, moody])
@pytest.mark.parametrize("draw", [0, 3])
def test_it_is_that_of_numerical_integration(make, draw):
    process = make()
    _, record = as_record(process, draw=draw)
    assert len(record) > 5
    for until in (process.horizon, 0.37 * process.horizon):
        seen = [o for o in record if o.start <= until]
        slow = Integrated(process, 1, 0).log_likelihood(seen, until)
        assert by_engine(process, seen, until) == pytest.approx(slow, abs=1e-8)


def test_a_hawkes_process_has_the_recursion_of_ogata():
    """Σ log(μ + a R_i) − μ T − (a/δ) Σ (1 − e^{−δ(T − t_i)}) (Ozaki 1979)."""
    process = processes.hawkes()
    _, record = as_record(process)
    days = [o.start for o in record]
    decay = math.log(2.0) / 5.0
    gain, memory, last, found = 0.5 * decay, 0.0, 0.0, 0.0
    for day in days:
        memory *= math.exp(-decay * (day - last))
        found += math.log(0.1 + gain * memory)
        memory, last = memory + 1.0, day
    found -= 0.1 * 200.0 + 0.5 * sum(1 - math.exp(-decay * (200.0 - day)) for day in days)
    assert by_engine(process, record, 200.0) == pytest.approx(found, abs=1e-10)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.floats(0.0, 1.0))
def test_likelihoods_of_parts_add_up(draw, share):
    """Taken up to a day and gone on from there it is the same as in one piece."""
    process = moody()
    program, record = as_record(process, draw=draw)
    compiled = compile_record(program, record, process.events)
    parameters, numbers = draw_parameters(program, 1, 0, 1), np.zeros(1, np.int64)
    day = share * process.horizon
    whole = draw_recorded(program, 1, parameters, numbers, compiled, process.horizon)[2]
    _, states, first = draw_recorded(program, 1, parameters, numbers, compiled, day)
    rest = draw_recorded(program, 1, parameters, numbers, compiled, process.horizon, states)[2]
    assert first + rest == pytest.approx(whole, abs=1e-9)


def test_a_history_recorded_is_the_history_drawn():
    """Its states too, so that what follows is what would have followed."""
    process = moody()
    program, record = as_record(process, draw=5)
    parameters, numbers = draw_parameters(program, 1, 5, 1), np.array([5])
    compiled = compile_record(program, [o for o in record if o.start <= 60.0], process.events)
    block, states, _ = draw_recorded(program, 1, parameters, numbers, compiled, 60.0)
    rest = draw_on(program, 1, parameters, numbers, states)
    whole = draw_block(program, 1, 5, 1)
    assert [*block.day, *rest.day] == pytest.approx(whole.day)
    assert [*block.label, *rest.label] == whole.label.tolist()
    assert [*block.mark, *rest.mark] == whole.mark.tolist()


def hidden():
    """What is watched hangs on what is not."""
    p = Process(50.0)
    p.variable("alarm", half_life=math.inf)
    p.event("warning", rate=0.05, effects=[Add("alarm", 1.0)])
    p.event("attack", rate=0.08, modulation={"alarm": -1.0})
    return p


def test_what_is_not_watched_is_averaged_over():
    """The mean weight is the probability of the record: that nothing is seen, by plain simulation."""
    program = compile_process(hidden())
    draws = 40_000
    parameters, numbers = draw_parameters(program, 1, 0, draws), np.arange(draws)
    silent = compile_record(program, [], ["attack"])
    block, _, weights = draw_recorded(program, 1, parameters, numbers, silent, 50.0)
    assert "attack" not in {program.labels[label] for label in block.label}
    seen = np.exp(weights)
    plain = draw_block(program, 2, 0, draws)
    attacked = np.unique(plain.draw[plain.label == program.labels.index("attack")])
    error = math.sqrt(seen.var() / draws + 0.25 / draws)
    assert seen.mean() == pytest.approx(1.0 - len(attacked) / draws, abs=4.0 * error)


def test_posterior_of_the_hidden_given_the_seen():
    """Weights give the warnings' distribution among histories with attacks in just these two windows."""
    program = compile_process(hidden())
    draws = 40_000
    parameters, numbers = draw_parameters(program, 1, 0, draws), np.arange(draws)
    record = compile_record(program, [Occurrence("attack", 5.0, 3.0), Occurrence("attack", 20.0, 3.0)], ["attack"])  # fmt: skip
    block, _, weights = draw_recorded(program, 1, parameters, numbers, record, 50.0)
    weights = np.exp(weights - weights.max())
    warned = np.bincount(
        block.draw[block.label == program.labels.index("warning")], minlength=draws
    )
    expected = (weights * warned).sum() / weights.sum()
    # The same by rejection: attacks in these two windows and at no other time.
    many = draw_block(program, 3, 0, 400_000)
    attacks = many.label == program.labels.index("attack")
    inside = ((many.day > 5.0) & (many.day < 8.0)).astype(int) + 100 * (
        (many.day > 20.0) & (many.day < 23.0)
    )
    score = np.bincount(
        many.draw[attacks], np.where(inside[attacks] > 0, inside[attacks], 10_000), 400_000
    )
    chosen = np.flatnonzero(score == 101)
    warnings = np.bincount(many.draw[~attacks], minlength=400_000)[chosen]
    assert len(chosen) > 200
    assert expected == pytest.approx(
        warnings.mean(), abs=4.0 * warnings.std() / math.sqrt(len(chosen))
    )


def test_what_cannot_have_happened_has_no_likelihood():
    p = moody()
    record = [Occurrence("shift", 10.0), Occurrence("attack", 11.0)]  # attacks are closed by then
    assert by_engine(p, record, 20.0, ["shift", "attack", "reopen"]) == -math.inf


def test_something_due_that_the_record_leaves_out_is_impossible_and_not_due_again():
    p = Process(50.0)
    p.event("ruling", outcomes=[Choice("way", [Branch("yes", math.log(3.0)), Branch("no")])])
    p.at("ruling", 20.0)
    assert by_engine(p, [], 10.0, ["ruling"]) == 0.0
    assert by_engine(p, [], 30.0, ["ruling"]) == -math.inf
    program = compile_process(p)
    record = compile_record(
        program, [Occurrence("ruling", 12.0, branches={"way": "yes"})], ["ruling"]
    )
    rest = without_schedule_of(program, record, 30.0)
    parameters, numbers = draw_parameters(rest, 1, 0, 1), np.zeros(1, np.int64)
    _, states, weights = draw_recorded(rest, 1, parameters, numbers, record, 30.0)
    assert weights[0] == pytest.approx(math.log(0.75))
    assert len(draw_on(rest, 1, parameters, numbers, states).day) == 0


def test_what_other_events_fire_is_not_recordable():
    program = compile_process(processes.choices())
    assert "echo" not in recordable(program)
    assert set(recordable(program)) < set(program.event_names)
    for make in (
        lambda: compile_record(program, [Occurrence("echo", 3.0)], ["echo"]),
        lambda: record_of_times(program, ["echo"], np.array([3.0]), watched=["echo"]),
    ):
        with pytest.raises(RecordError, match="'echo' happens only because of another event"):
            make()


def test_an_attack_by_one_of_several_weighs_their_intensities_together():
    """And whose it was is drawn in proportion, so that what follows hangs on it as it should."""
    p = Process(30.0)
    p.variable("bold", half_life=math.inf)
    p.event("attack:a>v", rate=0.02, effects=[Add("bold", 1.0)])
    p.event("attack:b>v", rate=0.06)
    p.event("next", rate=0.01, modulation={"bold": 1.0})
    program = compile_process(p)
    one = Occurrence(("attack:a>v", "attack:b>v"), 10.0, 1.0)
    record = compile_record(program, [one], ["attack:a>v", "attack:b>v"])
    parameters, numbers = draw_parameters(program, 1, 0, 20_000), np.arange(20_000)
    block, states, weights = draw_recorded(program, 1, parameters, numbers, record, 30.0)
    assert weights == pytest.approx(math.log(0.08) - 0.08 * 30.0)
    first = block.label == program.labels.index("attack:a>v")
    assert first.sum() == pytest.approx(5_000, abs=4 * math.sqrt(20_000 * 0.25 * 0.75))
    bold = states.value[:, program.variable_names.index("bold")]
    assert bold.sum() == first.sum()


@pytest.mark.parametrize(
    ("occurrence", "watched", "says"),
    [
        (Occurrence("atack", 1.0), ["attack"], "there is no event 'atack'; did you mean 'attack'?"),
        (Occurrence("attack", 1.0), ["calm"], "'attack' happened but is not watched"),
        (Occurrence("attack", 119.5, 1.0), ["attack"], "is on day 120.5; expected one from 0 to the horizon, day 120"),
        (Occurrence("attack", -1.0), ["attack"], "is on day -1"),
        (Occurrence("calm", 1.0, killed=2), ["calm"], "'calm' kills nobody; leave out the 2 killed"),
        (Occurrence("attack", 1.0, killed=-2), ["attack"], "-2 were killed"),
        (Occurrence("attack", 1.0, branches={"wey": "loud"}), ["attack"], "has no outcome 'wey'; it has 'way'"),
        (Occurrence("attack", 1.0, branches={"way": "load"}), ["attack"], "'load' is no outcome of attack/way; expected one of 'loud', 'quiet'"),
        (Occurrence(("attack", "calm"), 1.0), ["attack", "calm"], "they have other outcomes"),
    ],
)  # fmt: skip
def test_what_a_process_does_not_have_is_said(occurrence, watched, says):
    with pytest.raises(RecordError, match=re.escape(says)):
        compile_record(compile_process(moody()), [occurrence], watched)
