"""The answer without what a claim, a source or a camp says, from an ensemble already drawn.

Striking a claim out moves credences and nothing else, so each history only gets another weight:

    w = P′(propositions) / P(propositions),

P with the claim and P′ without it (importance sampling; the answer is Σ w y / Σ w). Only the
propositions that parameters hang on directly are looked at, the others summed out, which keeps
the weights near 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from clientela.evidence import Belief, Credences, Ledger
from clientela.process import Program
from clientela.scenario import Conditional


@dataclass(frozen=True)
class Option:
    """Something that may be struck out: `claim`, `source`, `camp` or `all`; and the beliefs then."""

    kind: str
    id: str
    claims: tuple[str, ...]
    beliefs: tuple[Belief, ...]


def options(program: Program, ledger: Ledger | None) -> Iterator[Option]:
    """All that may be struck out and would move a belief that something hangs on."""
    if ledger is None or not program.beliefs:
        return
    bearing = {name: c for name, c in ledger.claims.items() if c.about or c.against}
    of_source = {s: tuple(n for n, c in bearing.items() if s in c.sources) for s in ledger.sources}
    stricken: list[tuple[str, str, tuple[str, ...], Ledger]] = [
        *(("claim", name, (name,), ledger.without_claims([name])) for name in bearing),
        *(("source", s, told, ledger.without([s])) for s, told in of_source.items() if told),
    ]
    for camp, names in ledger.camps.items():
        told = tuple(dict.fromkeys(claim for source in names for claim in of_source[source]))
        stricken.append(("camp", camp, told, ledger.without([f"camp:{camp}"])))
    stricken.append(("all", "every source", tuple(bearing), ledger.without(ledger.sources)))
    for kind, name, claims, left in stricken:
        known = {belief.name: belief for belief in Credences(left).beliefs}
        beliefs = tuple(known[belief.name] for belief in program.beliefs)
        if beliefs != program.beliefs:
            yield Option(kind, name, claims, beliefs)


@dataclass
class Weights:
    """The weight of each pair of draws under each option."""

    program: Program
    options: Sequence[Option]
    _trees: list[_Tree] = field(init=False)

    def __post_init__(self) -> None:
        direct = {
            p.distribution.proposition
            for p in self.program.parameters
            if isinstance(p.distribution, Conditional)
        }
        self._trees = [
            _Tree(where, [self.program.beliefs[i].name for i in where if direct & {*self.program.beliefs[i].members}])
            for where in _components(self.program.beliefs)
        ]  # fmt: skip

    def of(self, truth: Mapping[str, np.ndarray], count: int) -> np.ndarray:
        """Shape (pairs, options), given the truth of each proposition in `count` pairs."""
        weights = np.ones((count, len(self.options)))
        for tree in self._trees:
            weights *= tree.weights(self.program.beliefs, self.options, truth)
        return weights


@dataclass
class _Tree:
    """Beliefs that hang together, those of them that count, and weights of states met so far."""

    where: list[int]
    counting: list[str]
    _known: dict[int, np.ndarray] = field(default_factory=dict)

    def weights(
        self,
        beliefs: Sequence[Belief],
        options: Sequence[Option],
        truth: Mapping[str, np.ndarray],
    ) -> np.ndarray:
        """The factor of this tree, shape (pairs, options)."""
        members = [m for i in self.where if beliefs[i].name in self.counting for m in beliefs[i].members]  # fmt: skip
        states = np.column_stack([truth[m] for m in members])
        codes = states @ (1 << np.arange(len(members), dtype=np.int64))
        met, first, index = np.unique(codes, return_index=True, return_inverse=True)
        new = [k for k, code in enumerate(met) if int(code) not in self._known]
        if new:
            self._learn(beliefs, options, members, states[first[new]], met[new])
        return np.array([self._known[int(code)] for code in met])[index]

    def _learn(
        self,
        beliefs: Sequence[Belief],
        options: Sequence[Option],
        members: list[str],
        states: np.ndarray,
        codes: np.ndarray,
    ) -> None:
        truth = dict(zip(members, states.T, strict=True))
        mine = [beliefs[i] for i in self.where]
        now = likelihood(mine, self.counting, truth)
        found = np.ones((len(states), len(options)))
        for column, option in enumerate(options):
            other = [option.beliefs[i] for i in self.where]
            if other != mine:
                found[:, column] = likelihood(other, self.counting, truth) / now
        self._known |= {int(code): row for code, row in zip(codes, found, strict=True)}


def likelihood(
    beliefs: Sequence[Belief], counting: Sequence[str], truth: Mapping[str, np.ndarray]
) -> np.ndarray:
    """The probability of the states of the beliefs that count, the others summed out.

    `beliefs` come each after the one it hangs on; the sum goes from the leaves to the root
    (Pearl 1988, ch. 4).
    """
    count = len(next(iter(truth.values())))
    # Per proposition: what hangs on it contributes this if it is false, and if it is true.
    below: dict[str, np.ndarray] = {}
    for belief in reversed(beliefs):
        table = np.array(belief.chances)
        table = np.column_stack([table, 1.0 - table.sum(axis=1)])
        parts = np.ones((count, table.shape[1]))
        for k in range(table.shape[1]):
            for j, member in enumerate(belief.members):
                if member in below:
                    parts[:, k] *= below[member][:, int(j == k)]
            if belief.name in counting:
                parts[:, k] *= _is_state(belief, k, truth)
        own = parts @ np.maximum(table, 0.0).T
        if belief.given is None:
            return own[:, 0]
        below[belief.given] = below.get(belief.given, 1.0) * own
    raise ValueError("the first belief hangs on another that is not among them")


def _is_state(belief: Belief, k: int, truth: Mapping[str, np.ndarray]) -> np.ndarray:
    """Whether the belief's k-th member is the true one; after the last, that none is."""
    if k < len(belief.members):
        return truth[belief.members[k]]
    return ~np.any([truth[member] for member in belief.members], axis=0)


def _components(beliefs: Sequence[Belief]) -> list[list[int]]:
    """Positions of the beliefs of each tree, in order."""
    home = {member: i for i, belief in enumerate(beliefs) for member in belief.members}
    root: list[int] = []
    for i, belief in enumerate(beliefs):
        root.append(root[home[belief.given]] if belief.given else i)
    return [[i for i, r in enumerate(root) if r == first] for first in dict.fromkeys(root)]
