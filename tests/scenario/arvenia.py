"""A small scenario that is right, and the settings it is checked against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from clientela.reading import ReadingError
from clientela.scenario import Rate, Scenario, Share, load, pert, prior


class PatronageSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    visit_rate: Rate = Field(prior(pert(0.001, 0.01, 0.1), "a reason"), description="Visits.")
    control: Share = prior(pert(0.1, 0.5, 0.9), "a reason")


class EscalationSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: Rate = prior(pert(0.001, 0.01, 0.1), "a reason")


MECHANISMS: dict[str, type[BaseModel]] = {
    "patronage": PatronageSettings,
    "escalation": EscalationSettings,
}

ARVENIA = """\
scenario: arvenia
title: Arvenia after its election
as_of: 2024-01-01
horizon: 2024-12-31
actors:
  velia: {name: Velia, kind: patron}
  front: {name: Front, kind: client, force: 1, autonomy: {low: 0.3, high: 0.8}, seats: 60}
  league: {name: League, kind: rival, seats: {now: 40, expected: 45}}
  elders: {name: Elders, kind: authority}
ties:
  sponsorship: {velia: {front: {dependence: 0.5}}}
  rivalry: {front: {league: {}}}
  deference: {league: {elders: {strength: {beta: {mean: 0.4, sd: 0.15}}}}}
chamber:
  seats: 100
  procedure:
    - {step: president, in_favour: majority, present: two-thirds}
    - {step: cabinet, in_favour: majority}
  governments:
    front-led: {includes: [front]}
mechanisms:
  patronage: {visit_rate: 0.01}
past:
  visit: {date: 2023-12-01, event: "visit:velia"}
scheduled:
  ratification: {event: ratification, date: 2024-02-01}
questions:
  violence: {ask: Is anybody killed?, killed: "attack:*", at_least: 1}
  government: {ask: Is there a government?, government: any}
branches:
  calm:
    title: No visits
    set:
      mechanisms.patronage.visit_rate: 0
"""


def loaded(folder: Path, text: str = ARVENIA, **options: Any) -> Scenario:
    """The scenario of that text, read from a file."""
    file = folder / "arvenia.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return load(file, mechanisms=MECHANISMS, **options)


def problems(folder: Path, text: str = ARVENIA, **options: Any) -> list[str]:
    """What is said about that text, a line each, without the folder."""
    with pytest.raises(ReadingError) as caught:
        loaded(folder, text, **options)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def changed(old: str, new: str) -> str:
    """Arvenia with one thing different."""
    assert ARVENIA.count(old) >= 1
    return ARVENIA.replace(old, new, 1)
