"""Levers: the settings of a scenario that describe what an actor itself chooses, and how far they go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from clientela.analysis.questions import QuestionError
from clientela.reading import unknown
from clientela.scenario import Scenario, quantities


@dataclass(frozen=True)
class Lever:
    """A path of the scenario and the least and greatest value that it may take, in its own unit."""

    path: str
    low: float
    high: float

    @classmethod
    def of(cls, text: str) -> Lever:
        """From `PATH=LOW:HIGH`. Raises QuestionError if it is not that."""
        path, equals, written = text.partition("=")
        try:
            low, high = (float(part) for part in written.split(":"))
            if not equals or not path.strip() or not -math.inf < low < high < math.inf:
                raise ValueError
        except ValueError:
            raise QuestionError(
                f"--lever {text}: expected PATH=LOW:HIGH with LOW less than HIGH, such as "
                "mechanisms.patronage.visit_rate=0:0.03"
            ) from None
        return cls(path.strip(), low, high)

    @property
    def name(self) -> str:
        """The last step of the path."""
        return self.path.rpartition(".")[2]

    def held(self, value: float) -> float:
        """The value to four significant digits, within the bounds, so that what is printed is what
        was tried."""
        return min(max(float(f"{value:.4g}"), self.low), self.high)


# A patron's own choices: how often its envoy comes unasked, how it responds to disturbance, how
# often it punishes defiance, how well it rewards, whom it wants in government. Not among them is
# what clients do with that: how likely they comply, how much they then hold back, how a sanction
# bites and is resented. Bounds reach past the default priors' 95 % quantiles to what is still an
# envoy's work: unasked once a month, within ten days at one act of violence. A share of 0 or 1
# would have an infinite log weight.
_PATRON = (
    Lever("mechanisms.patronage.visit_rate", 0.0, 0.03),
    Lever("mechanisms.patronage.visit_response", 0.0, 0.1),
    Lever("mechanisms.patronage.sanction", 0.01, 0.95),
    Lever("mechanisms.patronage.reward", 0.0, 0.8),
    Lever("mechanisms.formation.endorsement", 0.0, 8.0),
)
# An outside power's: how readily it answers attacks. From not at all to what the scenario has on
# average, for what is looked for is how far to hold back.
_HOLDING_BACK = ("mechanisms.attribution.strike", "mechanisms.attribution.deadly_strike")


def check_actor(scenario: Scenario, actor: str) -> None:
    """Raises QuestionError if the scenario has no such actor."""
    if actor not in scenario.actors:
        raise QuestionError(f"--actor {actor}: {unknown('actor', actor, scenario.actors)}")


def default_levers(scenario: Scenario, actor: str) -> list[Lever]:
    """The levers that an actor of this kind has in this scenario.

    Settings belong to a mechanism, so two patrons of one scenario share them. Raises QuestionError
    for an actor who is not there or has none.
    """
    check_actor(scenario, actor)
    kind = scenario.actors[actor].kind
    if kind == "patron":
        found = list(_PATRON)
    elif kind == "outside-power":
        means = {path: q.distribution.mean() for path, q in quantities(scenario)}
        found = [Lever(p, 0.0, float(f"{means[p]:.4g}")) for p in _HOLDING_BACK if means.get(p)]
    else:
        found = []
    found = [lever for lever in found if _is_asked(scenario, lever)]
    if scenario.chamber is None:
        found = [lever for lever in found if ".formation." not in lever.path]
    if not found:
        raise QuestionError(
            f"--actor {actor}: an actor of kind {kind} has no levers of its own in this scenario; "
            "name what it holds with --lever PATH=LOW:HIGH"
        )
    return found


def _is_asked(scenario: Scenario, lever: Lever) -> bool:
    """Whether the mechanism is switched on and its strategy asks for the setting."""
    _, mechanism, setting = lever.path.split(".")
    return mechanism in scenario.active and setting not in scenario.mechanisms[mechanism].unasked


def levers_by_actor(
    scenario: Scenario, actors: Sequence[str], written: Sequence[str]
) -> dict[str, list[Lever]]:
    """The levers of each actor: those written, if any, else its kind's.

    With two actors, those written begin with whose they are, `ACTOR:PATH=LOW:HIGH`. Raises
    QuestionError for a lever that is none, is given twice, or is held by both.
    """
    for actor in actors:
        check_actor(scenario, actor)
    found: dict[str, list[Lever]] = {}
    for text in written:
        whose, colon, rest = text.partition("=")[0].partition(":")
        if not colon and len(actors) > 1:
            raise QuestionError(f"--lever {text}: with two actors say whose, ACTOR:PATH=LOW:HIGH")
        if colon and whose not in actors:
            raise QuestionError(f"--lever {text}: {unknown('actor', whose, actors)}")
        lever = Lever.of(f"{rest}={text.partition('=')[2]}" if colon else text)
        found.setdefault(whose if colon else actors[0], []).append(lever)
    for actor in actors:
        if actor not in found:
            found[actor] = default_levers(scenario, actor)
    paths = [lever.path for actor in actors for lever in found[actor]]
    for path in paths:
        if paths.count(path) > 1:
            raise QuestionError(f"--lever {path}: is held twice; give each actor its own levers")
    return {actor: found[actor] for actor in actors}
