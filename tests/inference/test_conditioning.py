"""What is unknown given a record: against conjugate theory, by calibration, and by invariants."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from clientela.engine import draw_block, draw_parameters
from clientela.inference import particles as particles_module
from clientela.inference.conditioning import condition
from clientela.inference.record import Occurrence, RecordError, compile_record
from clientela.process import (
    Add,
    Branch,
    Choice,
    Fire,
    FireAfter,
    Parameter,
    Process,
    Raise,
    compile_process,
)
from clientela.scenario import gamma, uniform

ATTACKS = [1, 2, 3.5, 4, 8, 9, 9.5, 20, 22, 30, 31, 33, 35, 37, 40, 42, 44, 48, 51, 60, 62, 66, 70]
MEAN, SD = 0.1, 0.07


def of_unknown_rate():
    p = Process(200.0)
    p.event("attack", rate=Parameter("rate", gamma(mean=MEAN, sd=SD)))
    return compile_process(p)


def mean_of(found, program, name):
    return float(
        found.weights @ found.particles.parameters(program)[:, program.columns.index(name)]
    )


def test_a_gamma_rate_has_its_conjugate_posterior_and_evidence():
    program = of_unknown_rate()
    record = compile_record(program, [Occurrence("attack", float(d)) for d in ATTACKS], ["attack"])
    shape, scale = (MEAN / SD) ** 2, SD**2 / MEAN
    for found in condition(program, record, [10.0, 50.0, 100.0, 200.0]):
        n = sum(day <= found.day for day in ATTACKS)
        after = stats.gamma(shape + n, scale=1.0 / (1.0 / scale + found.day))
        assert mean_of(found, program, "rate") == pytest.approx(after.mean(), abs=0.1 * after.std())
        rates = found.particles.parameters(program)[:, 0]
        below = found.weights @ (rates <= after.ppf(0.9))
        assert below == pytest.approx(0.9, abs=0.03)
        evidence = gammaln(shape + n) - gammaln(shape) - shape * math.log(scale)
        evidence -= (shape + n) * math.log(1.0 / scale + found.day)
        assert found.evidence == pytest.approx(evidence, abs=0.15)
        assert found.effective > 0.49 * 4_000


@pytest.mark.parametrize("later", [None, 30.0])
def test_what_has_not_come_of_something_unseen_says_that_it_was_not_there(later):
    """A hidden cause with a gamma rate brings about something watched, at once or days later: not
    to see it until T is to have seen no cause until T less the delay."""
    p = Process(200.0)
    p.flag("caused")
    p.event("effect")
    p.event("cause", rate=Parameter("rate", gamma(mean=0.01, sd=0.007)), when={"caused": False},
            effects=[Raise("caused"), Fire("effect") if later is None else FireAfter("effect", later)])  # fmt: skip
    program = compile_process(p)
    shape, scale = (0.01 / 0.007) ** 2, 0.007**2 / 0.01
    record = compile_record(program, [], ["effect"])
    for found in condition(program, record, [50.0, 120.0, 200.0]):
        seen = found.day - (later or 0.0)
        after = stats.gamma(shape, scale=1.0 / (1.0 / scale + seen))
        assert mean_of(found, program, "rate") == pytest.approx(after.mean(), abs=0.1 * after.std())
        assert found.evidence == pytest.approx(-shape * math.log(1.0 + scale * seen), abs=0.05)
        possible = np.isfinite(found.followed.weights)
        came = np.isin(
            np.arange(found.followed.block.count),
            found.followed.block.draw[found.followed.block.label == 0],
        )
        assert np.array_equal(possible, ~came)


def test_days_in_one_step_or_many_come_to_the_same():
    program = of_unknown_rate()
    record = compile_record(program, [Occurrence("attack", float(d)) for d in ATTACKS], ["attack"])
    (once,) = condition(program, record, [200.0], seed=3)
    *_, often = condition(program, record, list(range(10, 201, 10)), seed=4)
    assert mean_of(once, program, "rate") == pytest.approx(
        mean_of(often, program, "rate"), rel=0.03
    )
    assert once.evidence == pytest.approx(often.evidence, abs=0.2)


def test_without_a_record_nothing_is_learned():
    program = of_unknown_rate()
    nothing = compile_record(program, [], [])
    (found,) = condition(program, nothing, [50.0], particles=300, seed=7)
    pairs = draw_parameters(program, 7, 0, 600)[::2]
    assert np.array_equal(found.particles.parameters(program), pairs)
    assert found.weights == pytest.approx(1.0 / 300)
    assert found.evidence == 0.0


def test_threads_change_nothing(monkeypatch):
    program = of_unknown_rate()
    record = compile_record(program, [Occurrence("attack", 5.0, 2.0)], ["attack"])
    results = []
    for cores in (1, 3):
        monkeypatch.setattr(particles_module, "cores", lambda cores=cores: cores)
        (found,) = condition(program, record, [100.0], particles=301)
        results.append(found)
    one, three = results
    assert np.array_equal(one.particles.levels, three.particles.levels)
    assert np.array_equal(one.weights, three.weights)
    assert np.array_equal(one.followed.block.draw, three.followed.block.draw)
    assert np.array_equal(one.followed.block.day, three.followed.block.day)


def test_histories_hold_what_the_record_has_and_no_more_of_what_is_watched():
    program = of_unknown_rate()
    record = compile_record(
        program, [Occurrence("attack", 5.0, 2.0), Occurrence("attack", 30.0)], ["attack"]
    )
    (found,) = condition(program, record, [100.0], particles=200)
    block = found.followed.block
    days = block.day.reshape(200, 2)
    assert ((days[:, 0] >= 5.0) & (days[:, 0] <= 7.0)).all()
    assert (days[:, 1] == 30.0).all()
    assert np.unique(days[:, 0]).size > 20


def test_particles_are_picked_by_weight():
    program = of_unknown_rate()
    record = compile_record(program, [Occurrence("attack", 5.0)], ["attack"])
    (found,) = condition(program, record, [20.0], particles=500)
    picked = np.bincount(found.pick(50_000, 1), minlength=500) / 50_000
    assert picked == pytest.approx(found.weights, abs=1.1 / 50_000)


def test_what_is_impossible_is_said_with_its_days():
    p = Process(50.0)
    p.flag("open")
    p.event("attack", rate=0.1, when={"open": True})
    program = compile_process(p)
    record = compile_record(program, [Occurrence("attack", 12.0)], ["attack"])
    with pytest.raises(
        RecordError, match="between day 10 and day 20 is impossible in every one of 100"
    ):
        list(condition(program, record, [10.0, 20.0], particles=100))


def crisis():
    """Unknown rate, excitation and half-life of what is seen, and of a warning that is not."""
    p = Process(120.0)
    half_life = Parameter("half", uniform(2.0, 12.0))
    p.variable("heat", half_life=half_life)
    p.variable("alarm", half_life=20.0, high=3.0)
    p.event("attack", rate=Parameter("rate", gamma(mean=0.06, sd=0.04)),
            excitation={"heat": Parameter("own", uniform(0.0, 0.6)) * math.log(2.0) / half_life},
            modulation={"alarm": Parameter("calming", uniform(-1.0, 0.2))},
            effects=[Add("heat", 1.0)],
            outcomes=[Choice("known", [Branch("yes", Parameter("told", uniform(-2.0, 2.0))), Branch("no")])])  # fmt: skip
    p.event("warning", rate=0.04, effects=[Add("alarm", 1.0)])
    return p


def ranks(replicates: int, particles: int) -> np.ndarray:
    """For histories drawn from the prior, where the true unknowns stand among posterior draws,
    shape (replicates, unknowns) of shares (Talts et al. 2018)."""
    program = compile_process(crisis())
    truth = draw_parameters(program, 99, 0, 2 * replicates)[::2]
    block = draw_block(program, 99, 0, 2 * replicates)
    attack = program.labels.index("attack")
    outcome = {program.labels.index(f"attack/known={b}"): b for b in ("yes", "no")}
    found = []
    for k in range(replicates):
        mine = block.draw == 2 * k
        events = [
            Occurrence("attack", float(day), branches={"known": outcome[label]})
            for day, label in zip(block.day[mine], block.label[mine], strict=True)
            if label in outcome
        ]
        assert len(events) == (block.label[mine] == attack).sum()
        record = compile_record(program, events, ["attack"])
        *_, last = condition(program, record, [60.0, 120.0], particles=particles, seed=k)
        drawn = last.particles.parameters(program)[last.pick(99, k)]
        found.append((drawn < truth[k]).mean(axis=0))
    return np.array(found)


def test_posteriors_are_calibrated():
    """Ranks are uniform: the engine that drew and the likelihood that learned are of one mind."""
    found = ranks(120, 250)
    for column in found.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
