"""Processes built by hand that, between them, use every noun of the formal core."""

from __future__ import annotations

from clientela.chamber import Chamber, GovernmentRule, PartyList, Veto, build_assembly
from clientela.evidence import Belief
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
    KindOfGovernment,
    Lower,
    Membership,
    Move,
    Needs,
    Parameter,
    Process,
    Proposal,
    Raise,
    Rebase,
    StandingCoalition,
    Vote,
    exp,
    logit,
)
from clientela.scenario import Conditional, fixed, gamma, lognormal, pert, uniform


def hawkes(horizon=200.0, rate=0.1, branching=0.5, half_life=5.0):
    """One event that excites itself: an exponential Hawkes process."""
    p = Process(horizon)
    p.variable("heat", half_life=half_life)
    p.event(
        "attack",
        rate=rate,
        excitation={"heat": branching * 0.6931471805599453 / half_life},
        effects=[Add("heat", 1.0)],
    )
    return p


def effects():
    """Every effect on variables and flags, bounds, a drift toward a moved baseline."""
    p = Process(120.0, "effects")
    p.variable("heat", start=0.5, half_life=9.0, low=0.0, high=3.0)
    p.variable("fear", start=-1.0, baseline=0.4, half_life=30.0, low=-2.0, high=1.0)
    p.variable("count", low=0.0, high=8.0)
    p.flag("closed")
    p.flag("watch", initially=True)
    p.event(
        "attack",
        rate=0.15,
        excitation={"heat": 0.04},
        modulation={"fear": -0.5},
        when={"closed": False},
        effects=[Add("heat", 1.0), Add("fear", 0.2, by="heat"), Add("count", 1.0)],
        mark=Killed(0.4, 2.5, 0.7),
    ).then(AddMark("fear", 0.05))
    p.event("calm", rate=0.05, modulation={"count": 0.1}, effects=[Move("heat", 0.7, 0.1)])
    p.event("shift", rate=0.04, effects=[Rebase("fear", -0.3), Raise("closed")])
    p.event("reopen", rate=0.2, when={"closed": True, "watch": True}, effects=[Lower("closed")])
    p.event("look-away", rate=0.01, when={"watch": True}, effects=[Lower("watch")])
    p.event("look", rate=0.1, when={"watch": False}, effects=[Raise("watch"), Move("count", 1, 0)])
    return p


def choices():
    """Softmax branches with slopes, effects of branches, events that fire others at once."""
    p = Process(150.0, "choices")
    p.variable("mood", half_life=25.0)
    p.variable("load", half_life=4.0, high=4.0)
    p.flag("armed")
    p.event("echo", when={"armed": True}, effects=[Lower("armed"), Add("mood", -0.2)])
    p.event("relay", effects=[Add("load", 0.5), Fire("echo")], mark=Killed(0.5, 1.0, 2.0))
    p.event(
        "visit",
        rate=0.1,
        excitation={"load": 0.1},
        effects=[Fire("relay"), Add("mood", 0.1)],
        outcomes=[
            Choice(
                "first",
                [
                    Branch("yes", 0.3, {"mood": 1.2}, [Add("mood", -1.0), Raise("armed")]),
                    Branch("no", 0.0, {"load": -0.5}, [Add("mood", 0.6), Fire("echo")]),
                    Branch("never", -1.0),
                ],
            ),
            Choice("second", [Branch("only", 2.0, {}, [Add("load", 0.3)])]),
            Choice("third", [Branch("up", 0.0, {"mood": -2.0}), Branch("down", -0.4)]),
        ],
    )
    return p


def uncertain():
    """Uncertain coefficients everywhere, shared and not, and an uncertain schedule."""
    p = Process(100.0, "uncertain")
    rate = Parameter("rate", lognormal(median=0.05, sigma=0.6))
    share = Parameter("share", pert(0.2, 0.5, 0.9))
    half_life = Parameter("half_life", uniform(3.0, 20.0))
    p.variable("heat", start=share, baseline=share / 4.0, half_life=half_life, low=0.0)
    p.event("attack", rate=rate, excitation={"heat": exp(-share) * 0.01},
            effects=[Add("heat", 2.0 * share)], mark=Killed(1.0 - share, 3.0 * share, 0.5))  # fmt: skip
    p.event(
        "deadline",
        modulation={"heat": 1.0 - share},
        outcomes=[
            Choice("answer", [Branch("kept", logit(share), {}, [Add("heat", 1.0)]), Branch("let")])
        ],
    )
    p.at("deadline", 30.0)
    p.at("deadline", Parameter("when", gamma(mean=20.0, sd=15.0), shared=False))
    p.at("deadline", Parameter("maybe", uniform(50.0, 150.0), shared=False))
    return p


def believed():
    """Coefficients and a date that hang on propositions, one of which hangs on another."""
    p = uncertain()
    p.name = "believed"
    p.beliefs = (
        Belief("loyal", ("loyal",), None, ((0.7,), (0.7,))),
        Belief("one of author", ("us", "them", "nobody"), None, ((0.2, 0.5, 0.3),) * 2),
        Belief("told", ("told",), "loyal", ((0.1,), (0.9,))),
        Belief("idle", ("idle",), None, ((0.5,), (0.5,))),
    )
    raid = Parameter("raid", Conditional("us", fixed(0.4), pert(0.01, 0.05, 0.1), 0.2))
    calm = Parameter("calm", Conditional("told", uniform(1.0, 2.0), fixed(0.0), 0.66))
    p.event("raid", rate=raid, modulation={"heat": -calm})
    late = Conditional("told", fixed(10.0), uniform(40.0, 200.0), 0.66)
    p.at("raid", Parameter("late", late, shared=False))
    return p


def remembered():
    """A past with branches and marks, which sets variables, baselines and flags at day 0."""
    p = Process(80.0, "remembered")
    p.variable("heat", half_life=20.0, low=0.0)
    p.variable("control", start=0.8, baseline=0.8, half_life=300.0, low=0.0, high=1.0)
    p.variable("ground", half_life=50.0, low=-1.0, high=1.0)
    p.flag("open", initially=True)
    p.event(
        "attack",
        rate=0.05,
        excitation={"heat": 0.05},
        modulation={"control": -1.0, "ground": 0.5},
        effects=[Add("heat", 1.0), AddMark("heat", 0.2)],
        mark=Killed(0.3, 2.0, 1.0),
        outcomes=[
            Choice("blame", [Branch("known", 0.0, {}, [Move("heat", 0.5, 0.0)]), Branch("no")])
        ],
    ).then(Fire("answer"))
    p.event("answer", when={"open": True}, rate=0.02, effects=[Add("heat", 0.1)])
    p.event(
        "loss", rate=0.01, effects=[Move("control", 0.5, 0.0), Rebase("ground", 0.6), Lower("open")]
    )
    p.event("reopen", rate=0.05, when={"open": False}, effects=[Raise("open")])
    p.happened("loss", -200.0)
    p.happened("attack", -12.0, {"blame": "known"}, mark=4)
    p.happened("attack", -3.5, mark=1)
    p.happened("reopen", -100.0)
    p.happened("loss", 0.0)
    return p


CHAMBER = Chamber(
    (
        PartyList("a", 40, {"x": -1.0}, camp="one", force=2.0, community="north"),
        PartyList("b", 25, {"x": 0.0}, camp="two", community="south", incumbent=True),
        PartyList("c", 20, {"x": 0.5}, camp="two", community="south"),
        PartyList("d", 10, {"x": 1.0}, incumbent=True),
        PartyList("alone", 5, bloc=False),
    ),
    vetoes=(Veto("c", "d"),),
    rivalries=frozenset({frozenset({"a", "b"})}),
)
HEIRS = {"a": {"b": 3.0, "c": 1.0}, "d": {"a": 1.0, "c": 1.0}}
KINDS = {
    "with-a": GovernmentRule(includes=("a",)),
    "of-two": GovernmentRule(includes=("b", "c"), excludes=("a",)),
}


def parliament():
    """Proposals, votes with quorums, membership, kinds of government, lists that resign."""
    p = Process(200.0, "parliament")
    p.assembly = build_assembly(
        CHAMBER,
        51,
        unbound_support=0.5,
        heirs=HEIRS,
        kinds=KINDS,
        clients=("b",),
        pairs=[("a", "b")],
    )
    p.variable("grip", start=0.6, half_life=100.0, low=0.0, high=1.0)
    p.variable("failed", low=0.0, high=20.0)
    p.variable("tension", half_life=30.0, low=0.0)
    for name in ("out:a", "out:d", "standing", "formed", "half"):
        p.flag(name)
    p.event(
        "talks",
        rate=0.08,
        when={"standing": False, "formed": False},
        effects=[Raise("standing"), Lower("half"), FireAfter("lapse", 40.0)],
        outcomes=[
            Proposal(
                "coalition",
                {"number_of_lists": -0.2, "contains_largest": 0.8, "both:a+b": -0.5},
                {"client_seats": {"grip": 1.5}, "both:a+b": {"tension": -0.4}},
            )
        ],
    )
    failure = [Add("failed", 1.0), FireAt("despair", "failed", 3.0)]
    cabinet = Needs(
        Hurdle(45, (1, 2), strict=True), Hurdle(30, (2, 5)), most=True, office=frozenset({"a", "b"})
    )
    vote = {"opposed": 0.3, "neutral": 0.7, "unbound": 0.6, "swayed": 0.5}
    p.event(
        "session:speaker",
        rate=0.1,
        when={"standing": True, "half": False, "formed": False},
        outcomes=[
            Vote(
                "vote",
                Needs(Hurdle(51), present=60),
                **vote,
                passed=[Raise("half")],
                failed=failure,
            )
        ],
    )
    p.event(
        "session:cabinet",
        rate=0.1,
        when={"standing": True, "half": True, "formed": False},
        outcomes=[Vote("vote", cabinet, **vote, passed=[Fire("government")], failed=failure)],
    )
    p.event("give-up", excitation={"failed": 0.01}, when={"standing": True},
            effects=[Lower("standing"), Fire("talks")])  # fmt: skip
    p.event(
        "government",
        effects=[Raise("formed")],
        mark=StandingCoalition(),
        outcomes=[
            KindOfGovernment(
                "kind", {"with-a": [Add("tension", -1.0)], "other": [Add("tension", 1.0)]}
            ),
            Membership("a", "a", [Move("tension", 0.5, 0.0)], [Add("tension", 0.7)]),
            Membership("d", "d", [Add("grip", 0.1)]),
        ],
    )
    p.event("lapse", when={"standing": True, "formed": False}, effects=[Lower("standing")])
    p.event("despair", effects=[Add("failed", -3.0), Lower("standing"), FireAfter("despair", 90.0)])
    p.event("fall", rate=0.02, when={"formed": True},
            effects=[Lower("formed"), Lower("standing")], mark=StandingCoalition())  # fmt: skip
    p.event("leave:a", rate=0.004, modulation={"tension": 0.3}, when={"out:a": False},
            effects=[Raise("out:a"), Lower("standing")])  # fmt: skip
    p.event("leave:d", rate=0.004, when={"out:d": False}, effects=[Raise("out:d")])
    p.event("return:a", rate=0.01, when={"out:a": True}, effects=[Lower("out:a")])
    p.event("riot", rate=0.02, modulation={"tension": 0.5}, mark=Killed(0.2, 4.0, 0.6),
            effects=[AddMark("tension", 0.05)])  # fmt: skip
    return p


BY_HAND = {
    "hawkes": hawkes,
    "effects": effects,
    "choices": choices,
    "uncertain": uncertain,
    "believed": believed,
    "remembered": remembered,
    "parliament": parliament,
}
