"""Every mechanism moves what it is there for, and in the direction its source says.

Histories of one seed are coupled: draw for draw they share all random streams. So an effect is
measured on the differences draw by draw, averaged over pairs of draws (which share parameters
and are not independent), and counts only past four standard errors.
"""

import functools
import re

import numpy as np
import polars as pl
import pytest

import clientela as ct
from clientela.mechanisms import REGISTRY

DRAWS = 8192
INTRA_SHIA = r"^(attack|clash):[^/]*sadrists[^/]*$"


@functools.cache
def forecast(*, without=None, branch=None, changes=()):
    """The forecast of Iraq, drawn once per session for each change."""
    scenario = ct.load(
        "iraq-2021", without=[without] if without else [], branch=branch, changes=dict(changes)
    )
    return ct.run(scenario, draws=DRAWS, seed=1)


@pytest.fixture(scope="session")
def full():
    return forecast()


def rows(run, what):
    """The events whose label matches `what`."""
    labels = run.events.collect_schema()["what"].categories.to_list()
    matching = [label for label in labels if re.search(what, label)]
    return run.events.filter(pl.col("what").is_in(matching)).collect()


def number(run, what, until=np.inf):
    """How often a label that matches `what` came in each draw by a day, shape (draws,)."""
    found = rows(run, what).filter(pl.col("day") <= until)
    return np.bincount(found["draw"], minlength=DRAWS).astype(float)


def killed(run, what):
    """How many died in each draw in events whose label matches `what`."""
    found = rows(run, what)
    return np.bincount(found["draw"], weights=found["mark"], minlength=DRAWS)


def govern_together(run, *names):
    """Whether a government formed in each draw with all of these lists in it."""
    lists = list(run.scenario.lists)
    wanted = sum(1 << lists.index(name) for name in names)
    events = rows(run, "^government$")
    formed = np.zeros(DRAWS)
    formed[events["draw"]] = (events["mark"].to_numpy() & wanted) == wanted
    return formed


def errors_apart(before, after):
    """The mean difference of coupled draws, in standard errors."""
    pairs = (after - before).reshape(-1, 2).mean(axis=1)
    return pairs.mean() / (pairs.std(ddof=1) / np.sqrt(len(pairs)))


def rises(before, after):
    return errors_apart(before, after) > 4


def falls(before, after):
    return errors_apart(before, after) < -4


def any_of(counts):
    return np.minimum(counts, 1.0)


def answer(run, name):
    return next(a for a in run.answers if a.id == name)


def surely_above(high, low):
    """Whether one answer's interval lies above another's, as if they were not coupled."""
    return high.low > low.high


# -- mechanisms switched off -------------------------------------------------------------------


def test_without_escalation_there_is_no_violence_and_the_envoy_has_less_to_do(full):
    calm = forecast(without="escalation")
    for name in ("intra-shia-25", "attack-on-state", "attack-on-us", "us-strike"):
        assert answer(full, name).low > 0.3
        assert answer(calm, name).probability == 0.0
        assert "escalation is switched off" in answer(calm, name).note
    assert falls(number(full, "^visit:iran$"), number(calm, "^visit:iran$"))
    assert falls(number(full, "^statement:marja$"), number(calm, "^statement:marja$"))


def test_violence_feeds_on_itself_and_on_its_spirals(full):
    """Offspring of attacks (Lewis et al. 2012) and spirals (Fearon & Laitin 1996) add violence."""
    for changes in (
        (("mechanisms.escalation.own", 0), ("mechanisms.escalation.retaliation", 0)),
        (("mechanisms.escalation.spiral", 0),),
    ):
        weaker = forecast(changes=changes)
        assert falls(number(full, INTRA_SHIA), number(weaker, INTRA_SHIA))
        assert falls(killed(full, INTRA_SHIA), killed(weaker, INTRA_SHIA))
        assert falls(number(full, "^attack:[^/]*>us$"), number(weaker, "^attack:[^/]*>us$"))


def test_without_a_patron_its_clients_are_more_violent(full):
    """Restraint by a patron that intervenes: Padró i Miquel & Yared (2012)."""
    alone = forecast(without="patronage")
    for what in (INTRA_SHIA, "^attack:[^/]*>us$", "^attack:(aah|kss|other-militias)>government$"):
        assert rises(number(full, what), number(alone, what))
    assert surely_above(answer(alone, "intra-shia-25"), answer(full, "intra-shia-25"))
    for client in ("fatah", "aah", "kss", "pmf"):
        assert answer(alone, f"obeys-{client}").probability is None


def test_attackers_without_a_patron_are_not_restrained_by_it(full):
    """The unidentified have no sponsor; only what their victims' world does reaches them."""
    alone = forecast(without="patronage")
    by_strangers = "^attack:unidentified>government$"
    sponsored = "^attack:kss>government$"
    growth = {
        what: number(alone, what).sum() / number(full, what).sum()
        for what in (by_strangers, sponsored)
    }
    assert growth[by_strangers] < 1.15 < 1.5 < growth[sponsored]


def test_without_the_loss_of_its_commander_a_patron_is_obeyed_more(full):
    """The principal's personal authority: Salehyan (2010)."""
    strong = forecast(without="succession")
    for client in ("fatah", "aah", "kss", "pmf"):
        name = f"obeys-{client}"
        assert surely_above(answer(strong, name), answer(full, name))
    assert falls(number(full, "^attack:[^/]*>us$"), number(strong, "^attack:[^/]*>us$"))


def test_without_attribution_nobody_strikes_back(full):
    """Blame brings strikes that deter (Baliga, Bueno de Mesquita & Wolitzky 2020)."""
    blind = forecast(without="attribution")
    assert answer(full, "us-strike").low > 0.4
    assert answer(blind, "us-strike").probability == 0.0
    assert rises(number(full, "^attack:[^/]*>us$"), number(blind, "^attack:[^/]*>us$"))


def test_the_better_attackers_are_identified_the_fewer_attacks(full):
    """The comparative static of Baliga, Bueno de Mesquita & Wolitzky (2020)."""
    seen = forecast(changes=(("mechanisms.attribution.identified", 0.95),))
    hidden = forecast(changes=(("mechanisms.attribution.identified", 0.05),))
    for victim in ("us", "government"):  # the latter never strikes back: impunity alone
        what = f"^attack:[^/]*>{victim}$"
        assert falls(number(hidden, what), number(seen, what))
    assert rises(number(hidden, "^strike:[^/]*$"), number(seen, "^strike:[^/]*$"))


def test_without_the_authority_nobody_calls_for_calm(full):
    unheard = forecast(without="authority")
    assert number(unheard, "^statement:").sum() == 0
    assert rises(number(full, INTRA_SHIA), number(unheard, INTRA_SHIA))
    assert surely_above(answer(unheard, "intra-shia-25"), answer(full, "intra-shia-25"))
    # Its advice also turns boycotts back.
    left = "course=carried-out"
    assert rises(number(full, left), number(unheard, left))
    assert falls(number(full, "course=reversed"), number(unheard, "course=reversed"))


def test_without_the_dispute_losers_have_no_grievance(full):
    """Lost power as a cause of violence: Cederman, Wimmer & Min (2010)."""
    settled = forecast(without="dispute")
    assert number(settled, "^protest:").sum() == 0
    assert falls(number(full, INTRA_SHIA), number(settled, INTRA_SHIA))
    assert surely_above(answer(full, "intra-shia-25"), answer(settled, "intra-shia-25"))
    assert surely_above(answer(settled, "obeys-fatah"), answer(full, "obeys-fatah"))
    # Nothing waits for the court, and no court calls new elections.
    assert surely_above(answer(settled, "government-2022-06"), answer(full, "government-2022-06"))
    assert surely_above(answer(full, "new-elections"), answer(settled, "new-elections"))


def test_without_negotiation_the_stakes_of_talks_never_fall(full):
    """Background rates are those of a time with talks, and more talks break down than end well."""
    lasting = forecast(without="negotiation")
    breakdowns, deals = number(full, "^talks-breakdown$"), number(full, "^talks-deal$")
    assert rises(deals, breakdowns)
    assert falls(number(full, "^attack:[^/]*>us$"), number(lasting, "^attack:[^/]*>us$"))
    assert falls(number(full, "^strike:[^/]*$"), number(lasting, "^strike:[^/]*$"))
    assert rises(number(full, "^visit:iran$"), number(lasting, "^visit:iran$"))


def test_without_deadlines_fewer_attacks_follow_theirs(full):
    """Public threats bind their maker: Fearon (1994)."""
    quiet = forecast(without="deadlines")
    ultimatum = 22.0 - 1e-6  # the end of 31 December
    for attacker in ("kss", "aah", "other-militias"):
        what = f"^attack:{attacker}>us$"
        assert np.array_equal(number(full, what, ultimatum), number(quiet, what, ultimatum))
        assert falls(number(full, what), number(quiet, what))
    assert falls(any_of(number(full, "^strike:us>kss$")), any_of(number(quiet, "^strike:us>kss$")))


def test_without_formation_there_is_no_government_and_no_inclusion(full):
    """Inclusion takes grievance away: Cederman, Wimmer & Min (2010)."""
    stuck = forecast(without="formation")
    assert answer(full, "government-2022-12").low > 0.5
    for name in ("government-2022-06", "government-2022-12"):
        assert answer(stuck, name).probability == 0.0
    assert answer(stuck, "government-kind").shares["none"] == 1.0
    assert rises(number(full, "^protest:fatah$"), number(stuck, "^protest:fatah$"))


def test_without_participation_nobody_leaves_and_the_framework_seldom_leads(full):
    """The seats of the Sadrists who leave pass in good part to their rivals."""
    staying = forecast(without="participation")
    assert number(staying, "^(boycott|resignation):").sum() == 0
    led = "^government/kind=framework-led$"
    assert falls(number(full, led), number(staying, led))
    assert rises(number(full, "kind=sadrist-majority$"), number(staying, "kind=sadrist-majority$"))
    # Who leaves is in no government that comes later.
    gone = rows(full, "^resignation:sadrists$").select("draw", left="day")
    formed, inside = (
        rows(full, what).join(gone, on="draw").filter(pl.col("day") > pl.col("left"))
        for what in ("^government$", "^government/sadrists=inside$")
    )
    assert formed.height > 100
    assert inside.height == 0


def test_without_alignment_violence_breaks_no_ties_and_allies_govern_apart(full):
    """Structural balance (Marvel et al. 2011); old partners govern again (Martin & Stevenson 2001)."""
    unsigned = forecast(without="alignment")
    assert falls(number(full, INTRA_SHIA), number(unsigned, INTRA_SHIA))
    assert surely_above(answer(full, "intra-shia-25"), answer(unsigned, "intra-shia-25"))
    for allies in (("fatah", "state-of-law"), ("fatah", "framework-minor")):
        assert falls(govern_together(full, *allies), govern_together(unsigned, *allies))
    # Half as strong a tie, of lists that mostly govern together anyway.
    weak = ("sadrists", "kdp")
    assert errors_apart(govern_together(full, *weak), govern_together(unsigned, *weak)) < -2


def test_rivals_seldom_govern_together(full):
    friendly = forecast(changes=(("ties.rivalry.sadrists.fatah.strength", 0.0),))
    rivals = ("sadrists", "fatah")
    assert rises(govern_together(full, *rivals), govern_together(friendly, *rivals))


def test_no_mechanism_is_left_out_here():
    tested = {
        "escalation", "patronage", "succession", "attribution", "authority", "dispute",
        "negotiation", "deadlines", "formation", "participation", "alignment",
    }  # fmt: skip
    assert {
        name for name in REGISTRY if REGISTRY[name].add.__module__.startswith("clientela.")
    } == tested


# -- what-ifs ----------------------------------------------------------------------------------


def test_if_a_majority_may_elect_the_president_a_sadrist_majority_is_likelier(full):
    """A third of the members can no longer block by staying away."""
    easier = forecast(branch="majority-president")
    kind = "^government/kind=sadrist-majority$"
    assert rises(number(full, kind), number(easier, kind))
    failed = "^session:second-round/vote=failed$"
    assert number(full, failed).mean() > 0.1
    assert number(easier, failed).mean() < 0.01


def test_under_the_lost_commander_clients_would_obey_more(full):
    strong = forecast(branch="strong-commander")
    for client in ("fatah", "aah", "kss", "pmf"):
        assert surely_above(answer(strong, f"obeys-{client}"), answer(full, f"obeys-{client}"))
    complied = {o.client: o.complied for o in full.obedience}
    assert all(o.complied > complied[o.client] + 0.02 for o in strong.obedience)


def test_without_visits_there_is_no_restraint_and_more_violence(full):
    alone = forecast(branch="no-visits")
    assert number(alone, "^visit:").sum() == 0
    assert rises(number(full, INTRA_SHIA), number(alone, INTRA_SHIA))
    assert surely_above(answer(alone, "intra-shia-25"), answer(full, "intra-shia-25"))
    assert surely_above(answer(alone, "us-strike"), answer(full, "us-strike"))
    # Standing control is still there, which a world without the patron lacks.
    none = forecast(without="patronage")
    assert rises(number(alone, INTRA_SHIA), number(none, INTRA_SHIA))


def test_if_talks_collapse_attacks_and_strikes_rise_and_visits_fall(full):
    collapse = forecast(branch="talks-collapse")
    broken = 37.0 - 1e-6  # the end of 15 January
    for what in ("^attack:[^/]*>us$", "^strike:[^/]*$", "^visit:iran$"):
        assert np.array_equal(number(full, what, broken), number(collapse, what, broken))
    assert rises(number(full, "^attack:[^/]*>us$"), number(collapse, "^attack:[^/]*>us$"))
    assert surely_above(answer(collapse, "us-strike"), answer(full, "us-strike"))
    assert falls(number(full, "^visit:iran$"), number(collapse, "^visit:iran$"))


def test_without_ratification_there_is_no_government(full):
    stuck = forecast(branch="no-ratification")
    assert answer(stuck, "ratified-2021").probability == 0.0
    assert answer(stuck, "government-2022-12").probability == 0.0
    assert answer(stuck, "government-kind").shares["none"] == 1.0
    assert number(stuck, "^(talks|session:.*|boycott:.*|resignation:.*)$").sum() == 0
