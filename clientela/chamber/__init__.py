"""Seats: which coalitions are feasible, what distinguishes them, who can rule, who can block.

Coalitions are int64 bitmasks over the lists in order. Everything is exact enumeration over
NumPy arrays and depends on nothing else of Clientela.
"""

from clientela.chamber.assembly import Assembly, build_assembly
from clientela.chamber.coalitions import feasible, members, minimal_winning, seats_of
from clientela.chamber.features import feature_table, median_list
from clientela.chamber.governments import GovernmentRule, classify, opposed
from clientela.chamber.lists import Chamber, PartyList, resign
from clientela.chamber.procedure import Step, blocking_groups, passes
from clientela.chamber.proposals import Proposal, draw, likeliest, probabilities
from clientela.chamber.ruling import ruling_coalitions, self_enforcing

__all__ = [
    "Assembly",
    "Chamber",
    "GovernmentRule",
    "PartyList",
    "Proposal",
    "Step",
    "blocking_groups",
    "build_assembly",
    "classify",
    "draw",
    "feasible",
    "feature_table",
    "likeliest",
    "median_list",
    "members",
    "minimal_winning",
    "opposed",
    "passes",
    "probabilities",
    "resign",
    "ruling_coalitions",
    "seats_of",
    "self_enforcing",
]
