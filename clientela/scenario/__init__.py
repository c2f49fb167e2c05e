"""What the analyst writes: actors, ties, chamber, events, questions and branches, in YAML.

A value is a number, a range or a distribution, and carries the claims it rests on. Everything
is checked when it is loaded, and every problem is reported at once, with line and column.
"""

from clientela.scenario.chamber import (
    ENDINGS,
    GovernmentKind,
    PastCabinet,
    Rules,
    Step,
    Threshold,
    Veto,
    with_following,
)
from clientela.scenario.conditional import Conditional, parts
from clientela.scenario.distributions import (
    Distribution,
    beta,
    discrete,
    fixed,
    gamma,
    lognormal,
    normal,
    pert,
    triangular,
    uniform,
)
from clientela.scenario.loading import Reader, bundled, load
from clientela.scenario.model import Actor, Question, Scenario
from clientela.scenario.quantity import (
    Days,
    Nonnegative,
    Positive,
    Probability,
    Quantity,
    Rate,
    Real,
    Share,
    prior,
    quantities,
)
from clientela.scenario.schema import json_schema

__all__ = [
    "ENDINGS",
    "Actor",
    "Conditional",
    "Days",
    "Distribution",
    "GovernmentKind",
    "Nonnegative",
    "PastCabinet",
    "Positive",
    "Probability",
    "Quantity",
    "Question",
    "Rate",
    "Reader",
    "Real",
    "Rules",
    "Scenario",
    "Share",
    "Step",
    "Threshold",
    "Veto",
    "beta",
    "bundled",
    "discrete",
    "fixed",
    "gamma",
    "json_schema",
    "load",
    "lognormal",
    "normal",
    "parts",
    "pert",
    "prior",
    "quantities",
    "triangular",
    "uniform",
    "with_following",
]
