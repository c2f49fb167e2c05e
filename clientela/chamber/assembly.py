"""An assembly with all its coalitions as arrays, for every phase it may pass through."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientela.chamber.coalitions import feasible
from clientela.chamber.features import feature_table
from clientela.chamber.governments import GovernmentRule, classify, opposed
from clientela.chamber.lists import Chamber, resign


@dataclass(frozen=True)
class Assembly:
    """Feasible coalitions by phase, laid end to end: phase p is `pointer[p]:pointer[p + 1]`.

    A phase is which of the lists that may resign have done so: bit r for `resigning[r]`.
    `masks`, `kinds`, `opposed` have shape (coalitions,), `features` (coalitions, features),
    `seats` (phases, lists); `camps` numbers the groups that decide together, `unbound` marks
    lists whose members sit one by one.
    """

    list_ids: tuple[str, ...]
    resigning: tuple[str, ...]
    feature_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    phases: tuple[Chamber, ...]
    pointer: np.ndarray
    seats: np.ndarray
    masks: np.ndarray
    features: np.ndarray
    kinds: np.ndarray
    opposed: np.ndarray
    camps: np.ndarray
    unbound: np.ndarray

    def names_of(self, mask: int) -> tuple[str, ...]:
        """The lists in a coalition."""
        return tuple(name for i, name in enumerate(self.list_ids) if mask >> i & 1)


def build_assembly(
    chamber: Chamber,
    seats_needed: int,
    *,
    unbound_support: float = 0.0,
    heirs: Mapping[str, Mapping[str, float]] | None = None,
    kinds: Mapping[str, GovernmentRule] | None = None,
    clients: Collection[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> Assembly:
    """The assembly, with `heirs` saying who gets the seats of each list that may resign.

    Raises ValueError if no coalition is feasible at the start.
    """
    heirs, kinds = heirs or {}, kinds or {}
    resigning = tuple(heirs)
    phases: list[Chamber] = []
    rows: list[tuple[np.ndarray, ...]] = []
    names: tuple[str, ...] = ()
    for phase in range(1 << len(resigning)):
        now = chamber
        for r, leaving in enumerate(resigning):
            if phase >> r & 1:
                gone = {name for i, name in enumerate(resigning) if phase >> i & 1}
                now = resign(now, leaving, {n: w for n, w in heirs[leaving].items() if n not in gone})
        masks = feasible(now, seats_needed, unbound_support)
        if phase == 0 and not len(masks):
            raise ValueError(
                f"no coalition reaches {seats_needed} of {now.seats} seats; check seats and vetoes"
            )
        alone = sum(p.seats for p in now.lists if not p.bloc)
        names, features = feature_table(
            now, masks, seats_needed - unbound_support * alone, clients, pairs
        )
        phases.append(now)
        rows.append((masks, features, classify(now, masks, kinds), opposed(now, masks)))
    masks, features, kind, against = (np.concatenate(part) for part in zip(*rows, strict=True))
    groups: dict[str, int] = {}
    camps = [groups.setdefault(p.camp or f"list {p.id}", len(groups)) for p in chamber.lists]
    return Assembly(
        list_ids=chamber.names,
        resigning=resigning,
        feature_names=names,
        kind_names=tuple(kinds),
        phases=tuple(phases),
        pointer=np.cumsum([0, *(len(part[0]) for part in rows)]),
        seats=np.array([[p.seats for p in now.lists] for now in phases]),
        masks=masks,
        features=features,
        kinds=kind,
        opposed=against,
        camps=np.array(camps),
        unbound=np.array([not p.bloc for p in chamber.lists], dtype=np.int64),
    )
