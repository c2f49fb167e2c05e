"""Parts that several mechanisms need, made by whichever comes first."""

from __future__ import annotations

from collections.abc import Sequence

from clientela.mechanisms.drafting import Draft
from clientela.process import Choice, Effect, Fire, Raise

GOVERNMENT = "government formed"
RATIFIED = "results ratified"
NEW_ELECTIONS = "new elections called"
CARETAKER = "caretaker stays"


def flag(draft: Draft, name: str, *, initially: bool = False) -> str:
    """The flag, new or known."""
    if name not in draft.process.flags:
        draft.process.flag(name, initially=initially)
    return name


def still_forming(draft: Draft) -> dict[str, bool]:
    """The condition that the formation of a government has not ended."""
    return {flag(draft, name): False for name in (GOVERNMENT, NEW_ELECTIONS, CARETAKER)}


def when_results_stand(draft: Draft, effects: Sequence[Effect]) -> None:
    """Adds effects to the court's decision that the results stand; at once where none is awaited."""
    process = draft.process
    if process.flags.get(RATIFIED, True):
        if "opening" not in process.events:
            process.event("opening", meaning="parliament opens")
            process.at("opening", 0.0)
        process.events["opening"].effects += effects
        return
    for outcome in process.events["ratification"].outcomes:
        if isinstance(outcome, Choice):
            accepted = next(b for b in outcome.branches if b.name == "accepted")
            accepted.effects = [*accepted.effects, *effects]


def new_elections(draft: Draft) -> Fire:
    """The effect that calls new elections; the event ends the formation of a government."""
    name = "new-elections"
    if name not in draft.process.events:
        draft.process.event(
            name,
            when=still_forming(draft),
            effects=[Raise(NEW_ELECTIONS)],
            meaning="new elections are called before a government has formed",
        )
    return Fire(name)
