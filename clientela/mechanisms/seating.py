"""From a scenario's actors with seats to the assembly that the process draws coalitions from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientela.chamber import Assembly, build_assembly, parliament_of, seats_needed
from clientela.chamber.coalitions import UNBOUND_SUPPORT

if TYPE_CHECKING:
    from clientela.mechanisms.drafting import Draft


def assembly_of(draft: Draft) -> Assembly:
    """All feasible coalitions by phase, with the pairs whose ties alignment follows."""
    scenario = draft.scenario
    lists = scenario.lists
    heirs = {n: a.runners_up for n, a in lists.items() if a.runners_up}
    pairs = [
        (a, b)
        for kind in ("alliance", "rivalry")
        for a, b, _ in draft.ties(kind)
        if a in lists and b in lists and lists[a].bloc and lists[b].bloc
    ]
    sponsored = {client for _, client, _ in draft.ties("sponsorship")}
    parliament = parliament_of(scenario)
    return build_assembly(
        parliament.chamber,
        seats_needed(parliament.procedure, parliament.chamber),
        unbound_support=UNBOUND_SUPPORT,
        heirs=heirs if "participation" in draft.active else {},
        kinds=parliament.kinds,
        clients=sponsored,
        pairs=pairs,
    )
