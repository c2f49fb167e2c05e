"""Parts that several mechanisms need, made by whichever comes first."""

from __future__ import annotations

from clientela.mechanisms.drafting import Draft
from clientela.process import Fire, Raise

GOVERNMENT = "government formed"
RATIFIED = "results ratified"
NEW_ELECTIONS = "new elections called"


def flag(draft: Draft, name: str, *, initially: bool = False) -> str:
    """The flag, new or known."""
    if name not in draft.process.flags:
        draft.process.flag(name, initially=initially)
    return name


def new_elections(draft: Draft) -> Fire:
    """The effect that calls new elections; the event ends the formation of a government."""
    name = "new-elections"
    if name not in draft.process.events:
        draft.process.event(
            name,
            when={flag(draft, GOVERNMENT): False, flag(draft, NEW_ELECTIONS): False},
            effects=[Raise(NEW_ELECTIONS)],
            meaning="new elections are called before a government has formed",
        )
    return Fire(name)
