"""What is said of what an answer hangs on: hinges, retractions, and what its variance rests on."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

from clientela.analysis.information import Value
from clientela.analysis.sensitivity import Indices

STANDINGS = ("propositions", "cited", "stated", "elicited", "default prior", "together")


@dataclass(frozen=True)
class Hinge:
    """A proposition or parameter, and what knowing it would be worth to one question.

    `low` and `high` are the shares of each outcome where the proposition is false and true, or
    among the lowest and highest eighth of the parameter's values; `value` is the expected value
    of perfect information in the units of the score or decision, `index` the Sobol indices
    (None: not told apart from noise), as shares of what parameters and propositions explain.
    """

    kind: str  # proposition or parameter
    id: str
    standing: str
    credence: float | None
    low: tuple[float, ...]
    high: tuple[float, ...]
    value: Value
    index: Indices | None
    claims: tuple[str, ...]
    proposition: str | None = None


@dataclass(frozen=True)
class Retraction:
    """The answer if a claim, source or camp were struck out: shares, and their change."""

    kind: str  # claim, source, camp or all
    id: str
    shares: tuple[float, ...]
    changes: tuple[Value, ...]
    claims: tuple[str, ...]

    @property
    def size(self) -> float:
        """The largest change of any outcome's share."""
        return max(abs(change.estimate) for change in self.changes)

    @property
    def certain(self) -> bool:
        """Whether a change stands out from noise."""
        return any(change.certain for change in self.changes)

    @property
    def outcome(self) -> int:
        """The outcome that changes most, of those whose change stands out from noise if any does."""
        told = range(len(self.changes))
        return max(told, key=lambda k: (self.changes[k].certain, abs(self.changes[k].estimate)))


@dataclass(frozen=True)
class Explanation:
    """What one question's answer hangs on.

    `payoffs` is the expected payoff of each action, if it is for a decision. `worth` is what the values of information are for: `brier` (fall of the expected score),
    `log` (bits), or a decision of the scenario (its payoffs).
    `rests_on` splits the variance of the answer: `chance`, `propositions`, the standings of
    parameters (`cited`, `elicited`, `default prior`, `stated`), `together` (terms that combine
    several of these) and `unresolved` (unknown, but not told apart by this many draws).
    """

    question: str
    sentence: str
    outcomes: tuple[str, ...]
    shares: tuple[float, ...]
    worth: str
    hinges: tuple[Hinge, ...]
    retractions: tuple[Retraction, ...]
    rests_on: dict[str, float]
    draws: int
    payoffs: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What `explain --json` prints of it; numbers that are not known are null."""
        return _known(dataclasses.asdict(self))


def _known(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _known(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_known(value) for value in part]
    return None if isinstance(part, float) and not math.isfinite(part) else part
