"""An assembly with all its coalitions as arrays, for every phase it may pass through."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientela.chamber.coalitions import feasible
from clientela.chamber.covariates import covariate_table
from clientela.chamber.governments import GovernmentRule, classify, opposed
from clientela.chamber.lists import Chamber, resign

# Every list that may resign doubles the phases.
MOST_RESIGNING = 4


@dataclass(frozen=True, eq=False)
class Assembly:
    """Feasible coalitions by phase, laid end to end: phase p is `pointer[p]:pointer[p + 1]`.

    A phase is which of the lists that may resign have done so: bit r for `resigning[r]`.
    `masks`, `kinds`, `opposed` have shape (coalitions,), `features` (coalitions, features),
    `seats` (phases, lists); `camps` numbers the groups that decide together, `unbound` marks
    lists whose members sit one by one. Bit i of a mask is list i in every phase.
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

    def rows(self, phase: int) -> slice:
        """The rows of a phase's coalitions. Raises ValueError if there is no such phase."""
        if not 0 <= phase < len(self.phases):
            raise ValueError(f"there is no phase {phase}; expected 0 to {len(self.phases) - 1}")
        return slice(int(self.pointer[phase]), int(self.pointer[phase + 1]))

    def names_of(self, mask: int) -> tuple[str, ...]:
        """The lists in a coalition."""
        return tuple(name for i, name in enumerate(self.list_ids) if int(mask) >> i & 1)


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

    `unbound_support` is the share of the members who sit alone that a coalition may count on;
    `kinds` names kinds of government; `clients` and `pairs` are those of `covariate_table`. A
    phase after a resignation may be left without a feasible coalition. Raises ValueError if no
    coalition is feasible at the start, if a name is unknown, if more than four lists may resign,
    and as `feasible` does.
    """
    heirs, kinds = heirs or {}, kinds or {}
    phases = _phases(chamber, heirs)
    rows: list[tuple[np.ndarray, ...]] = []
    names: tuple[str, ...] = ()
    for phase, now in enumerate(phases):
        masks = feasible(now, seats_needed, unbound_support)
        if phase == 0 and not len(masks):
            raise ValueError(
                f"no coalition reaches {seats_needed} of {now.seats} seats; check seats and vetoes"
            )
        names, features = covariate_table(
            now,
            masks,
            seats_needed,
            unbound_support=unbound_support,
            clients=clients,
            pairs=pairs,
        )
        rows.append((masks, features, classify(now, masks, kinds), opposed(now, masks)))
    masks, features, kind, against = (np.concatenate(part) for part in zip(*rows, strict=True))
    return Assembly(
        list_ids=chamber.names,
        resigning=tuple(heirs),
        feature_names=names,
        kind_names=tuple(kinds),
        phases=phases,
        pointer=np.cumsum([0, *(len(part[0]) for part in rows)], dtype=np.int64),
        seats=np.array([[p.seats for p in now.lists] for now in phases], dtype=np.int64),
        masks=masks,
        features=features,
        kinds=kind,
        opposed=against,
        camps=_camps(chamber),
        unbound=np.array([not p.bloc for p in chamber.lists], dtype=np.int64),
    )


def _phases(chamber: Chamber, heirs: Mapping[str, Mapping[str, float]]) -> tuple[Chamber, ...]:
    """The chamber of every phase. Seats never pass to a list that has left itself."""
    leavers = tuple(heirs)
    if len(leavers) > MOST_RESIGNING:
        raise ValueError(f"{len(leavers)} lists may resign; at most {MOST_RESIGNING} may")
    phases: list[Chamber] = []
    for phase in range(1 << len(leavers)):
        gone = {name for r, name in enumerate(leavers) if phase >> r & 1}
        now = chamber
        for name in leavers:
            if name not in gone:
                continue
            left = {heir: weight for heir, weight in heirs[name].items() if heir not in gone}
            if heirs[name] and not left:
                others = " and ".join(sorted(gone - {name}))
                raise ValueError(
                    f"{name!r} has no heir once {others} has left too; name another who stays"
                )
            now = resign(now, name, left)
        phases.append(now)
    return tuple(phases)


def _camps(chamber: Chamber) -> np.ndarray:
    """The number of each list's camp; a list without one is a camp of its own."""
    numbers: dict[tuple[str, str], int] = {}
    keys = [("camp", p.camp) if p.camp else ("list", p.id) for p in chamber.lists]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
