"""What came true, as written down beside a scenario, checked against the scenario's questions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from clientela.reading import Problem, Tree, read_yaml, suggestion, unknown, validated
from clientela.scenario import Scenario
from clientela.scenario.fields import Date, Flag, Id, Model, fault


def _shown(raw: Any) -> str:
    """A value as YAML has it, not too long."""
    if raw is None or isinstance(raw, bool):
        return {None: "null", True: "true", False: "false"}[raw]
    text = repr(raw) if isinstance(raw, str) else str(raw)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _check_value(raw: Any) -> Any:
    if raw is None or isinstance(raw, bool | str):
        return raw
    raise fault(
        f"{_shown(raw)} is not an outcome; expected true, false, a kind of government, or null"
    )


def _check_rate(raw: Any) -> Any:
    for share in raw.values() if isinstance(raw, dict) else [raw]:
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
            raise fault(
                f"{_shown(share)} is not a share; expected a number over 0 and under 1, or one for each kind"
            )
    return raw


class BaseRate(Model):
    """How often such a question comes out so, learned from other cases than this one."""

    value: Annotated[float | dict[str, float], BeforeValidator(_check_rate)] = Field(
        description="The share of yes; of a question with several outcomes, the share of each."
    )
    source: str = Field(description="Where it was learned.")


class Outcome(Model):
    """What became of one question."""

    value: Annotated[bool | str | None, BeforeValidator(_check_value)] = Field(
        description="true, false, the kind of government, or null: cannot be settled."
    )
    date: Date | None = Field(None, description="The first day on which it was so beyond dispute.")
    uncertain: Flag = Field(False, description="Hangs on a reading, or on reports that disagree.")
    note: str = Field("", description="A sentence on it.")
    source: str = Field("", description="Where the public record has it.")
    base_rate: BaseRate | None = Field(None, description="The share of climatology, if known.")


class Outcomes(Model):
    """What became of a scenario's questions."""

    scenario: Id | None = Field(None, description="The scenario that it is for, if there are more.")
    outcomes: dict[str, Outcome] = Field(description="By question.")


def read_outcomes(path: Path) -> tuple[Outcomes, Tree]:
    """The outcomes in a YAML file, and where its parts stand. Raises ReadingError."""
    tree = read_yaml(path)
    return validated(Outcomes, tree), tree


def kinds_of(scenario: Scenario, question: str) -> tuple[str, ...]:
    """The outcomes that a question may have beside yes and no; none for most."""
    if scenario.questions[question].kinds is None:
        return ()
    return (*(scenario.chamber.governments if scenario.chamber else {}), "other", "none")


def outcome_problems(outcomes: Outcomes, tree: Tree, scenario: Scenario) -> Iterator[Problem]:
    """Everything in which the outcomes do not fit the scenario's questions."""
    if not outcomes.outcomes:
        yield tree.problem(("outcomes",), "there is an outcome for no question; add one")
    for name, outcome in outcomes.outcomes.items():
        at = ("outcomes", name)
        if name not in scenario.questions:
            yield tree.problem(at, unknown("question", name, scenario.questions))
            continue
        kinds = kinds_of(scenario, name)
        wrong = _value_fault(outcome.value, kinds)
        if wrong:
            yield tree.problem((*at, "value"), wrong)
        elif outcome.date is not None:
            wrong = _date_fault(outcome, outcome.date, scenario, name)
            if wrong:
                yield tree.problem((*at, "date"), wrong)
        if outcome.base_rate is not None:
            wrong = _rate_fault(outcome.base_rate.value, kinds)
            if wrong:
                yield tree.problem((*at, "base_rate", "value"), wrong)


def _value_fault(value: bool | str | None, kinds: tuple[str, ...]) -> str:
    if value is None or value in kinds or (isinstance(value, bool) and not kinds):
        return ""
    expected = ", ".join(kinds) if kinds else "true, false"
    return (
        f"{_shown(value)} is not an outcome of this question; expected {expected}, or null where it cannot "
        f"be settled{suggestion(value, kinds)}"
    )


def _date_fault(outcome: Outcome, date: dt.date, scenario: Scenario, name: str) -> str:
    if outcome.value in (False, None, "none"):
        return (
            f"a date is when something came true, and the value is {_shown(outcome.value)}; remove "
            "one of the two"
        )
    by = scenario.questions[name].by or scenario.horizon
    if date < scenario.as_of:
        return (
            f"{date} is before {scenario.as_of}, the scenario's as_of, when it was not yet asked; "
            "expected a later day"
        )
    if date > by:
        instead = "none" if isinstance(outcome.value, str) else "false"
        return f"{date} is after {by}, the last day that is asked about; the value is then {instead}, without a date"
    return ""


def _rate_fault(rate: float | dict[str, float], kinds: tuple[str, ...]) -> str:
    if not isinstance(rate, dict):
        return f"expected a share for each of {', '.join(kinds)}" if kinds else ""
    if not kinds:
        return "this question is answered with yes or no; expected one number, the share of yes"
    strange = next((kind for kind in rate if kind not in kinds), None)
    if strange is not None:
        return unknown("outcome", strange, kinds)
    lacking = [kind for kind in kinds if kind not in rate]
    if lacking:
        return f"says nothing of {', '.join(lacking)}; expected a share for each outcome"
    total = math.fsum(rate.values())
    return "" if abs(total - 1.0) < 1e-6 else f"the shares add up to {total:g}; expected 1"
