"""Building a process: its errors name the part and the remedy, and its formulas print."""

import math

import numpy as np
import pytest

import clientela as ct
from clientela.chamber import Chamber, PartyList, build_assembly
from clientela.process import (
    Add,
    AddMark,
    Branch,
    Choice,
    Fire,
    FireAfter,
    FireAt,
    Hurdle,
    Killed,
    LookUp,
    Lower,
    Membership,
    Move,
    Needs,
    Parameter,
    Process,
    ProcessError,
    Proposal,
    Raise,
    Vote,
    compile_process,
    exp,
    largest,
    log,
    logit,
    smallest,
)
from clientela.scenario import pert, uniform

A = Parameter("a", uniform(0.0, 1.0))
B = Parameter("b", pert(1.0, 2.0, 4.0))


def process():
    p = Process(100.0)
    p.variable("heat", half_life=7.0)
    p.flag("open", initially=True)
    p.event("attack", rate=0.1, excitation={"heat": 0.05}, effects=[Add("heat", 1.0)])
    return p


def assembly():
    chamber = Chamber((PartyList("left", 60), PartyList("right", 40)))
    return build_assembly(chamber, 51)


# -- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", [0.0, -3.0, math.inf, math.nan])
def test_a_horizon_is_a_positive_number_of_days(horizon):
    with pytest.raises(ProcessError, match="expected a positive number of days"):
        Process(horizon)


@pytest.mark.parametrize("kind", ["variable", "flag", "event"])
def test_names_are_unique(kind):
    p = Process(10.0)
    add = getattr(p, kind)
    add("same")
    with pytest.raises(ProcessError, match=f"there is already a {kind} 'same'"):
        add("same")


def test_bounds_must_not_cross():
    with pytest.raises(ProcessError, match=r"'x': its lower bound 2 is not under 1"):
        Process(10.0).variable("x", low=2.0, high=1.0)


def test_a_process_without_events_says_what_to_do():
    with pytest.raises(ProcessError, match=r"add at least one with process.event\(\)"):
        compile_process(Process(10.0))


@pytest.mark.parametrize(
    ("amend", "message"),
    [
        (lambda e: e.excite("haet", 0.1), r"attack: there is no variable 'haet'; did you mean 'heat'\?"),
        (lambda e: e.modulate("haet", 0.1), r"attack: there is no variable 'haet'; did you mean 'heat'\?"),
        (lambda e: e.when.update(opne=True), r"attack: there is no flag 'opne'; did you mean 'open'\?"),
        (lambda e: e.then(Add("haet", 1.0)), r"no variable 'haet'; did you mean 'heat'\?"),
        (lambda e: e.then(Add("heat", 1.0, by="haet")), r"no variable 'haet'; did you mean 'heat'\?"),
        (lambda e: e.then(AddMark("zzz", 1.0)), r"attack: there is no variable 'zzz'$"),
        (lambda e: e.then(Move("haet", 0.5, 0.0)), r"no variable 'haet'; did you mean 'heat'\?"),
        (lambda e: e.then(LookUp("haet", "heat", (0.0, 1.0), (0.0, 1.0), 0.0)), r"no variable 'haet'"),
        (lambda e: e.then(LookUp("heat", "haet", (0.0, 1.0), (0.0, 1.0), 0.0)), r"no variable 'haet'"),
        (
            lambda e: e.then(LookUp("heat", "heat", (0.0, 1.0), (0.0,), 0.0)),
            "attack: the table for 'heat' has 2 points and 1 levels; expected as many of both, and 2 or more",
        ),
        (lambda e: e.then(LookUp("heat", "heat", (0.0,), (0.0,), 0.0)), "1 points and 1 levels"),
        (lambda e: e.then(Raise("opne")), r"no flag 'opne'; did you mean 'open'\?"),
        (lambda e: e.then(Lower("opne")), r"no flag 'opne'; did you mean 'open'\?"),
        (lambda e: e.then(Fire("atack")), r"no event 'atack'; did you mean 'attack'\?"),
        (
            lambda e: e.choose(Choice("way", [Branch("a", 0.0, {"haet": 1.0})])),
            r"attack/way: there is no variable 'haet'; did you mean 'heat'\?",
        ),
        (
            lambda e: e.choose(Choice("way", [Branch("a", 0.0, {}, [Raise("opne")])])),
            r"attack/way: there is no flag 'opne'; did you mean 'open'\?",
        ),
        (lambda e: e.choose(Choice("way", [])), "attack/way: an outcome group needs at least one branch"),
        (lambda e: e.choose(Choice("mark", [Branch("a")])), "'mark' is the stream of the event's mark"),
        (lambda e: e.choose(Proposal("talks", {})), "attack/talks: needs an assembly; set process.assembly"),
        (lambda e: e.choose(Membership("in", "left")), "attack/in: needs an assembly"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_refused_with_where_and_the_nearest_known_one(amend, message):
    p = process()
    amend(p.events["attack"])
    with pytest.raises(ProcessError, match=message):
        compile_process(p)


def test_names_of_lists_and_features_are_checked_against_the_assembly():
    p = process()
    p.assembly = assembly()
    p.events["attack"].choose(Membership("in", "lefft"))
    with pytest.raises(ProcessError, match=r"there is no list 'lefft'; did you mean 'left'\?"):
        compile_process(p)
    p.events["attack"].outcomes[:] = [Proposal("talks", {"number_of_list": 1.0})]
    with pytest.raises(
        ProcessError, match=r"no feature 'number_of_list'; did you mean 'number_of_lists'"
    ):
        compile_process(p)


def test_schedule_and_past_name_events_branches_and_groups_that_exist():
    p = process()
    p.events["attack"].choose(Choice("blame", [Branch("known"), Branch("unknown")]))
    p.at("atack", 5.0)
    with pytest.raises(
        ProcessError, match=r"schedule: there is no event 'atack'; did you mean 'attack'"
    ):
        compile_process(p)
    p.schedule.clear()
    for branches, message in (
        (
            {"blame": "knwon"},
            r"past attack/blame: there is no branch 'knwon'; did you mean 'known'",
        ),
        (
            {"blaim": "known"},
            r"past attack: there is no outcome group 'blaim'; did you mean 'blame'",
        ),
    ):
        p.history.clear()
        p.happened("attack", -1.0, branches)
        with pytest.raises(ProcessError, match=message):
            compile_process(p)
    p.history.clear()
    p.happened("atack", -1.0)
    with pytest.raises(ProcessError, match=r"there is no event 'atack'; did you mean 'attack'"):
        compile_process(p)


@pytest.mark.parametrize("day", [0.5, math.nan])
def test_the_past_is_not_in_the_future(day):
    with pytest.raises(ProcessError, match="expected day 0 or earlier"):
        process().happened("attack", day)


def test_what_excites_is_never_negative():
    p = process()
    p.events["attack"].excitation["heat"] = -0.1
    with pytest.raises(ProcessError, match=r"coefficient of 'heat' is -0.1; .* Use the modulation"):
        compile_process(p)
    p = process()
    p.events["attack"].rate = -0.1
    with pytest.raises(
        ProcessError, match=r"event 'attack': the additive coefficient of 'rate' is -0.1"
    ):
        compile_process(p)


def test_events_that_fire_each_other_without_end_are_refused_with_the_loop():
    p = process()
    p.event("b", outcomes=[Choice("way", [Branch("x", 0.0, {}, [Fire("c")])])])
    p.assembly = assembly()
    p.event(
        "c", outcomes=[Vote("v", Needs(Hurdle(51)), 0.1, 0.1, 0.1, 0.1, failed=[Fire("attack")])]
    )
    p.events["attack"].then(Fire("b"))
    with pytest.raises(ProcessError, match="without end: attack → b → c → attack"):
        compile_process(p)


def test_an_event_that_fires_itself_is_a_loop():
    p = process()
    p.events["attack"].then(Fire("attack"))
    with pytest.raises(ProcessError, match="without end: attack → attack"):
        compile_process(p)


def test_events_may_fire_the_same_event_by_two_ways():
    p = process()
    p.event("b", effects=[Fire("d")])
    p.event("c", effects=[Fire("d")])
    p.event("d")
    p.events["attack"].then(Fire("b"), Fire("c"))
    events = ct.draw(p, draws=20).events
    assert (events["what"] == "d").sum() == 2 * (events["what"] == "attack").sum() > 0


def test_63_flags_fit_and_all_of_them_work():
    p = Process(30.0)
    for i in range(63):
        p.flag(f"f{i}", initially=i % 2 == 0)
    with pytest.raises(ProcessError, match="at most 63 flags; use a variable"):
        p.flag("one too many")
    p.event("up", rate=1.0, when={"f62": True}, effects=[Lower("f62")])
    p.event("down", rate=1.0, when={"f62": False, "f61": False, "f0": True}, effects=[Raise("f62")])
    days = ct.draw(p, draws=1).events["what"].cast(str).to_list()
    assert len(days) > 10
    assert days[::2] == ["up"] * len(days[::2])
    assert days[1::2] == ["down"] * len(days[1::2])


def test_one_name_is_one_parameter():
    p = process()
    p.events["attack"].rate = A
    p.variables.clear()
    p.variable("heat", half_life=B, start=Parameter("a", uniform(0.0, 2.0)))
    with pytest.raises(ProcessError, match="parameter 'a' has two different distributions"):
        p.parameters()
    p = process()
    p.events["attack"].rate = A
    p.at("attack", Parameter("a", uniform(0.0, 1.0), shared=False))
    with pytest.raises(ProcessError, match="parameter 'a' has two different distributions"):
        compile_process(p)


def test_parameters_are_found_wherever_a_coefficient_stands():
    def named(name):
        return Parameter(name, uniform(0.0, 1.0))

    p = Process(10.0)
    p.assembly = assembly()
    p.variable("x", start=named("start"), baseline=named("base"), half_life=named("half"))
    p.event(
        "e",
        rate=named("rate"),
        excitation={"x": named("add")},
        modulation={"x": named("log")},
        effects=[
            Add("x", named("amount")),
            Move("x", named("fraction"), named("toward")),
            FireAt("later", "x", named("level")),
            FireAfter("later", named("wait")),
            LookUp("x", "x", (named("point"), 2.0), (1.0, named("top")), named("below")),
        ],
        mark=Killed(named("none"), named("mean"), named("r")),
        outcomes=[
            Choice(
                "c",
                [Branch("b", named("weight"), {"x": named("slope")}, [AddMark("x", named("by"))])],
            ),
            Proposal("p", {"number_of_lists": named("beta")}, {"minority": {"x": named("tilt")}}),
            Vote(
                "v", Needs(), named("opposed"), named("neutral"), named("unbound"), named("swayed")
            ),
        ],
    )
    p.event("later")
    p.at("e", named("day"))
    names = "start base half rate add log amount fraction toward level wait point top below none mean r weight slope by beta tilt " \
            "opposed neutral unbound swayed day"  # fmt: skip
    assert list(p.parameters()) == sorted(names.split())
    program = compile_process(p)
    assert [q.name for q in program.parameters] == sorted(names.split())


def test_terms_given_twice_add_up():
    p = process()
    p.events["attack"].excite("heat", 0.2)
    p.events["attack"].modulate("heat", A)
    p.events["attack"].modulate("heat", 1.0)
    assert p.events["attack"].excitation["heat"] == pytest.approx(0.25)
    assert str(p.events["attack"].modulation["heat"]) == "(a + 1)"


def test_the_digest_sees_every_number_and_nothing_else():
    base = compile_process(process()).digest
    assert compile_process(process()).digest == base
    described = process()
    described.events["attack"].meaning = "an attack"
    assert compile_process(described).digest == base
    changes = (
        lambda p: setattr(p, "horizon", 101.0),
        lambda p: setattr(p.events["attack"], "rate", 0.1000001),
        lambda p: setattr(p.events["attack"], "rate", A),
        lambda p: setattr(p.events["attack"], "rate", A * 0.1),
        lambda p: setattr(p.events["attack"], "rate", A * 0.1000000001),
        lambda p: p.flags.update(open=False),
        lambda p: p.events["attack"].when.update(open=True),
        lambda p: p.event("other"),
        lambda p: p.happened("attack", -1.0),
        lambda p: p.at("attack", 3.0),
        *(
            lambda p, last=last: p.events["attack"].then(
                LookUp("heat", "heat", (0.0, 1.0), (0.0, last), 0.0)
            )
            for last in (1.0, 1.0000001)
        ),
    )
    digests = {base}
    for change in changes:
        p = process()
        change(p)
        digests.add(compile_process(p).digest)
    assert len(digests) == 1 + len(changes)


# -- expressions -------------------------------------------------------------------------------

VALUES = {"a": np.array([0.2, 0.8]), "b": np.array([1.5, 3.0])}
a, b = VALUES["a"], VALUES["b"]


@pytest.mark.parametrize(
    ("expression", "expected", "shown"),
    [
        (A + B, a + b, "(a + b)"),
        (1.0 + A, 1 + a, "(1 + a)"),
        (A - 2.0, a - 2, "(a - 2)"),
        (2.0 - A, 2 - a, "(2 - a)"),
        (A * B / 4.0, a * b / 4, "((a * b) / 4)"),
        (1.0 / B, 1 / b, "(1 / b)"),
        (-A, -a, "(-1 * a)"),
        (exp(A), np.exp(a), "exp(a)"),
        (log(B), np.log(b), "log(b)"),
        (largest(A, 0.5), np.maximum(a, 0.5), "max(a, 0.5)"),
        (smallest(0.5, A), np.minimum(a, 0.5), "min(0.5, a)"),
        (exp(A * (1.0 - B)), np.exp(a * (1 - b)), "exp((a * (1 - b)))"),
        (A * 0.123456789, a * 0.123456789, "(a * 0.123456789)"),
    ],
)
def test_an_expression_computes_what_it_prints(expression, expected, shown):
    assert expression.evaluate(VALUES) == pytest.approx(expected)
    assert str(expression) == shown


def test_functions_of_numbers_are_numbers():
    assert exp(1.0) == math.e
    assert log(2.0) == math.log(2.0)
    assert largest(1.0, 2.0) == 2.0
    assert smallest(1.0, 2.0) == 1.0
    assert logit(0.75) == pytest.approx(math.log(3.0))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_log_odds_of_certainty_are_finite(share):
    certain = Parameter("c", uniform(0.0, 1.0))
    assert math.isfinite(logit(share))
    assert np.isfinite(logit(certain).evaluate({"c": np.array([share])})).all()


def test_parameters_of_an_expression_come_in_order():
    assert [p.name for p in (A * exp(B - A) + 2.0).parameters()] == ["a", "b", "a"]


def test_equal_expressions_are_evaluated_once():
    p = process()
    p.events["attack"].rate = A * 2.0
    p.event("other", rate=A * 2.0)
    assert len(compile_process(p).expressions) == 1


# -- solvers -----------------------------------------------------------------------------------


def roots(calls):
    """A solver of x² − sum·x + product = 0, which counts how often it is called."""

    def solve(*, total, product):
        calls.append(1)
        root = np.sqrt(total * total / 4.0 - product)
        return {"low": total / 2.0 - root, "high": total / 2.0 + root}

    return solve


def test_a_solver_is_solved_once_for_all_its_outputs_and_any_number_of_draws():
    calls = []
    p = process()
    found = p.solver("roots", roots(calls), ["low", "high"], total=A + B, product=A * B)
    assert not calls
    p.events["attack"].rate = found["low"]
    p.variable("x", start=found["high"], baseline=2.0 * found["high"])
    program = compile_process(p)
    assert [each.name for each in program.parameters] == ["a", "b"]
    drawn = np.array([[0.2, 1.5], [0.8, 3.0]])
    filled = program.coefficients(drawn)
    assert len(calls) == 1
    by_place = {
        place: column for (place, _), column in zip(program.expressions, filled.T, strict=True)
    }
    x = program.variable_names.index("x")
    assert by_place[program.arrays.rates.rate[0]] == pytest.approx([0.2, 0.8])
    assert by_place[program.arrays.variables.start[x]] == pytest.approx([1.5, 3.0])
    assert by_place[program.arrays.variables.baseline[x]] == pytest.approx([3.0, 6.0])
    program.coefficients(drawn[:1])
    assert len(calls) == 2
    assert str(found["low"]) == "roots(total=(a + b), product=(a * b)).low"


def test_what_is_solved_for_numbers_is_a_number():
    p = process()
    found = p.solver("roots", roots([]), ["low", "high"], total=4.0, product=3.0)
    assert found == {"low": 1.0, "high": 3.0}
    with pytest.raises(ProcessError, match="roots"):
        p.solver("roots", roots([]), ["low"], total=4.0, product=3.0)


def test_the_digest_sees_what_a_solver_is_given():
    digests = set()
    for product in (3.0, 3.0000000001):
        p = process()
        p.events["attack"].rate = p.solver(
            "roots", roots([]), ["low"], total=A + 4.0, product=product
        )["low"]
        digests.add(compile_process(p).digest)
    assert len(digests) == 2
