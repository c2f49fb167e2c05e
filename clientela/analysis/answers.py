"""Answers: probability, Monte-Carlo interval, word, and the part that is parameter uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from clientela.analysis.questions import AskedQuestion, WhichKind
from clientela.analysis.tally import Summary, Tally
from clientela.analysis.words import word


@dataclass(frozen=True)
class Answer:
    """The answer to one question.

    `probability` is the share of histories, among the `arose` in which the question arose at all
    (for obedience: in which a visit came); None if it arose in none. `low` and `high` bound it by
    95 % Monte-Carlo error alone. `shares` is given in its place for a question with several
    outcomes. `curve` holds, by outcome, the share come true by the end of each day.
    """

    id: str
    question: str
    probability: float | None
    low: float | None
    high: float | None
    word: str
    parameter_share: float | None
    shares: dict[str, float] | None
    intervals: dict[str, tuple[float, float]] | None
    arose: int
    deadline: float
    curve: dict[str, list[float]]
    note: str = ""

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Answer:
        """The answer that a run's folder holds; JSON has lists where Python has tuples."""
        ends = stored["intervals"] and {k: tuple(v) for k, v in stored["intervals"].items()}
        return cls(**{**stored, "intervals": ends})

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        common = {"id": self.id, "question": self.question}
        if self.shares is not None:
            return {**common, "shares": self.shares, "parameter_share": self.parameter_share}
        return {
            **common,
            "probability": self.probability,
            "low": self.low,
            "high": self.high,
            "word": self.word,
            "parameter_share": self.parameter_share,
        }


def answer(question: AskedQuestion, tally: Tally, note: str = "") -> Answer:
    """The answer that the counts give."""
    curve = tally.curve.round(6)
    if isinstance(question, WhichKind):
        names = question.names
        shares = {name: float(p) for name, p in zip(names, tally.shares, strict=True)}
        intervals = {name: tally.interval(k) for k, name in enumerate(names)}
        likeliest = max(shares, key=lambda name: shares[name])
        return Answer(
            question.id, question.sentence, None, None, None,
            f"{likeliest}: {word(shares[likeliest])}", tally.parameter_share, shares, intervals,
            tally.arose, question.deadline,
            {name: curve[:, k].tolist() for k, name in enumerate(names[:-1])}, note,
        )  # fmt: skip
    known = tally.arose > 0
    probability = float(tally.shares[0]) if known else None
    low, high = tally.interval() if known else (None, None)
    return Answer(
        question.id, question.sentence, probability, low, high,
        word(probability) if probability is not None else "never asked",
        tally.parameter_share, None, None, tally.arose, question.deadline,
        {"yes": curve[:, 0].tolist()}, note,
    )  # fmt: skip


@dataclass(frozen=True)
class Obedience:
    """How often a client complied, over all visits at which it was called to order."""

    client: str
    patron: str
    asked: int
    complied: float


def obedience(summary: Summary, labels: tuple[str, ...]) -> list[Obedience]:
    """By client, in the order of the labels."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for label, count in zip(labels, summary.labels, strict=True):
        if label.startswith("visit:") and "/" in label:
            patron, _, rest = label.removeprefix("visit:").partition("/")
            client, _, branch = rest.partition("=")
            counts.setdefault((patron, client), {})[branch] = int(count)
    return [
        Obedience(client, patron, total, branches.get("complies", 0) / total)
        for (patron, client), branches in counts.items()
        if (total := sum(branches.values()))
    ]


@dataclass(frozen=True)
class Government:
    """A coalition that took office, with its kind and the share of histories."""

    members: tuple[str, ...]
    kind: str
    share: float


def likeliest_governments(
    summary: Summary, list_ids: tuple[str, ...], most: int = 10
) -> list[Government]:
    """The coalitions that took office most often."""
    drawn = summary.draws - len(summary.failures)
    ranked = sorted(summary.governments.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [
        Government(
            tuple(name for i, name in enumerate(list_ids) if mask >> i & 1), kind, count / drawn
        )
        for (kind, mask), count in ranked
    ]


def time_to_government(
    summary: Summary, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)
) -> dict[float, int | None]:
    """Days until a government by quantile over all histories; None where the horizon comes first."""
    drawn = max(summary.draws - len(summary.failures), 1)
    formed = np.cumsum(summary.formed_by_day) / drawn
    return {
        level: int(np.searchsorted(formed, level)) + 1
        if len(formed) and formed[-1] >= level
        else None
        for level in levels
    }
