"""How long the first talks last: the fitted time to formation, less what has gone by and the votes."""

from __future__ import annotations

import numpy as np

from clientela.chamber import chamber_of, votes_to_government
from clientela.chamber.waiting import days_gone, time_to_government
from clientela.mechanisms.drafting import Draft, Values, coefficient
from clientela.mechanisms.shared import flag, when_results_stand
from clientela.process import Fire, FireAfter, Raise
from clientela.scenario import Quantity, Scenario, discrete, prior

BEGUN = "first talks over"
FITTED = "fitted to formations since 1944 (Golder 2010) and the country's own: docs/validation/duration.md"
LEVELS = (np.arange(1_000) + 0.5) / 1_000


def usual_wait(scenario: Scenario, session: Quantity) -> Quantity | None:
    """The days that the first talks take, None where the day of the election is not given.

    That is the fitted time to a government from the scenario's day on, less one session, at its
    mean rate, for each vote that leads there.
    """
    rules = scenario.chamber
    if rules is None or rules.elected is None:
        return None
    time = time_to_government(chamber_of(scenario), rules)
    left = time.left(days_gone(rules, scenario.as_of), LEVELS)
    votes = votes_to_government(rules.procedure) / session.distribution.mean()
    return prior(discrete(np.maximum(left - votes, 0.0).tolist()), FITTED)


def add_first_talks(draft: Draft, s: Values, waiting: dict[str, bool]) -> dict[str, bool]:
    """Adds the event with which the first talks end. Returns the condition that they have.

    Nothing is added, and nothing asked, where there is no `wait`.
    """
    if s.wait is None:
        return {}
    given: Quantity = draft.scenario.mechanisms["formation"].wait
    # Not shared by paired draws: how long talks last is chance, more than something to be known.
    wait = coefficient(given, "mechanisms.formation.wait", shared=False)
    flag(draft, BEGUN)
    draft.process.event("first-talks", when=waiting, effects=[Raise(BEGUN), Fire("talks")],
                        meaning="the first talks bring forward a coalition")  # fmt: skip
    when_results_stand(draft, [FireAfter("first-talks", wait)])
    return {BEGUN: True}
