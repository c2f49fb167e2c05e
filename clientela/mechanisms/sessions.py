"""The procedure of the chamber as events: a session for each step, deadlines, and where they lead."""

from __future__ import annotations

from clientela.chamber import Chamber, needs_of
from clientela.mechanisms.drafting import Draft, Values
from clientela.mechanisms.shared import (
    CARETAKER,
    flag,
    new_elections,
    still_forming,
    when_results_stand,
)
from clientela.process import Add, Effect, Fire, FireAfter, FireAt, Lower, Move, Raise, Vote
from clientela.scenario import Step, with_following


def add_procedure(
    draft: Draft, s: Values, chamber: Chamber, waiting: dict[str, bool], standing: str
) -> None:
    """Adds the procedure to a draft: one step is open at a time, the first to begin with.

    `waiting` is the condition under which a government is still to be formed, `standing` the flag
    that says a coalition stands; `s` holds the settings of the formation.
    """
    assert draft.scenario.chamber is not None
    procedure = draft.scenario.chamber.procedure
    for number, step in enumerate(procedure):
        flag(draft, _at(step.step), initially=number == 0)
        if step.attempts:
            draft.process.variable(f"attempts:{step.step}", low=0.0, high=1000.0,
                                   meaning=f"failed votes on the {step.step}")  # fmt: skip
    draft.process.event("caretaker", when=still_forming(draft), effects=[Raise(CARETAKER)],
                        meaning="no government is formed; the outgoing one stays")  # fmt: skip
    for step, following in with_following(procedure):
        ways = _Ways(draft, step, step.leads_to(following), standing)
        _session(draft, s, chamber, ways, {**waiting, standing: True})
        _ends(draft, ways, waiting)
    _start(draft, procedure[0])


def _at(step: str) -> str:
    return f"at:{step}"


class _Ways:
    """Where a step leads, as effects."""

    def __init__(self, draft: Draft, step: Step, ways: dict[str, str], standing: str) -> None:
        self.step, self._ways, self._draft, self._standing = step, ways, draft, standing

    def effects(self, end: str) -> list[Effect]:
        """What follows from how the step ends: passed, failed, exhausted or lapsed."""
        target = self._ways[end]
        leave = Lower(_at(self.step.step))
        match target:
            case "repeat":
                return []
            case "next-nominee":
                again = [] if end == "failed" else opening(self.step)
                return [Lower(self._standing), *again]
            case "dissolution":
                return [new_elections(self._draft)]
            case "caretaker":
                return [Fire("caretaker")]
            case "government":
                return [leave, Fire("government")]
        assert self._draft.scenario.chamber is not None
        steps = {step.step: step for step in self._draft.scenario.chamber.procedure}
        return [leave, *opening(steps[target])]


def opening(step: Step) -> list[Effect]:
    """What opening a step does: its attempts are counted anew and its deadline runs anew."""
    effects: list[Effect] = [Raise(_at(step.step))]
    if step.attempts:
        effects.append(Move(f"attempts:{step.step}", 1.0, 0.0))
    if step.within:
        effects.append(FireAfter(f"lapse:{step.step}", step.within))
    return effects


def _session(
    draft: Draft, s: Values, chamber: Chamber, ways: _Ways, ready: dict[str, bool]
) -> None:
    step = ways.step
    failure: list[Effect] = [Add("failed sessions", 1.0)]
    if "tension" in draft.process.variables:
        failure.append(Add("tension", s.deadlock))
    if step.attempts:
        failure += [Add(f"attempts:{step.step}", 1.0),
                    FireAt(f"exhausted:{step.step}", f"attempts:{step.step}", step.attempts)]  # fmt: skip
    # Only where there is a quorum to deny does anybody gain by staying away.
    stays = step.present is not None
    vote = Vote(
        "vote",
        needs_of(step, chamber),
        opposed=s.opposed if stays else 1.0,
        neutral=s.neutral if stays else 1.0,
        unbound=s.unbound,
        swayed=s.swayed,
        passed=ways.effects("passed"),
        failed=[*failure, *ways.effects("failed")],
    )
    draft.process.event(
        f"session:{step.step}",
        rate=s.session,
        when={**ready, _at(step.step): True},
        outcomes=[vote],
        meaning=f"a session of parliament on the {step.step}",
    )


def _ends(draft: Draft, ways: _Ways, waiting: dict[str, bool]) -> None:
    """The step's last attempt and its deadline, where it has them."""
    step = ways.step
    ready = {**waiting, _at(step.step): True}
    if step.attempts:
        draft.process.event(f"exhausted:{step.step}", when=ready, effects=ways.effects("exhausted"),
                            meaning=f"the last attempt at the {step.step} has failed")  # fmt: skip
    if step.within:
        draft.process.event(f"lapse:{step.step}", when=ready, effects=ways.effects("lapsed"),
                            meaning=f"the deadline for the {step.step} has passed")  # fmt: skip


def _start(draft: Draft, first: Step) -> None:
    """The first step opens when the results stand."""
    clock = [effect for effect in opening(first) if isinstance(effect, FireAfter)]
    if clock:
        when_results_stand(draft, clock)
