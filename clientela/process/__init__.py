"""The formal core: a marked, piecewise-deterministic point process.

Variables relax toward baselines; event types have intensities that are additive in some
variables and log-linear in others; events have outcomes and marks and change variables and
flags. Every mechanism compiles into this, so simulation, likelihood, stability and
documentation are each written once.
"""

from clientela.process.compiling import compile_process
from clientela.process.expression import (
    Coefficient,
    Expression,
    Parameter,
    Solved,
    Solver,
    exp,
    largest,
    log,
    log_weight,
    logit,
    smallest,
    total,
)
from clientela.process.model import (
    Add,
    AddMark,
    Branch,
    Choice,
    Effect,
    EventType,
    Fire,
    FireAfter,
    FireAt,
    Hurdle,
    Killed,
    KindOfGovernment,
    LookUp,
    Lower,
    Membership,
    Move,
    Needs,
    Proposal,
    Raise,
    Rebase,
    StandingCoalition,
    Variable,
    Vote,
)
from clientela.process.process import Process, ProcessError
from clientela.process.program import Program

__all__ = [
    "Add",
    "AddMark",
    "Branch",
    "Choice",
    "Coefficient",
    "Effect",
    "EventType",
    "Expression",
    "Fire",
    "FireAfter",
    "FireAt",
    "Hurdle",
    "Killed",
    "KindOfGovernment",
    "LookUp",
    "Lower",
    "Membership",
    "Move",
    "Needs",
    "Parameter",
    "Process",
    "ProcessError",
    "Program",
    "Proposal",
    "Raise",
    "Rebase",
    "Solved",
    "Solver",
    "StandingCoalition",
    "Variable",
    "Vote",
    "compile_process",
    "exp",
    "largest",
    "log",
    "log_weight",
    "logit",
    "smallest",
    "total",
]
