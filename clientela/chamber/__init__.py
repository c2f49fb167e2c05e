"""Seats: which coalitions are feasible, what distinguishes them, who can rule, who can block.

Coalitions are int64 bitmasks over the lists in order. `Chamber` is the noun; a `Parliament` is a
chamber with its names and procedure, from a file or a scenario. `form` gives the distribution over
governments, `Game` the power indices. `bargaining`, `plane`, `voting` and `survey`, all of it
together, are imported by their own names: they need parts of SciPy that take half a
second to load, and no run does.
"""

from clientela.chamber.assembly import Assembly, build_assembly
from clientela.chamber.coalitions import (
    blocking,
    connected,
    feasible,
    members,
    minimal_winning,
    minimum_range,
    minimum_size,
    seats_of,
)
from clientela.chamber.covariates import covariate_table, median_list
from clientela.chamber.duration import FormationTime, formation_time
from clientela.chamber.files import bundled_chambers, load_chamber
from clientela.chamber.fit import FittedLogit, best_fit, fitted
from clientela.chamber.formation import Formation, form
from clientela.chamber.governments import GovernmentRule, classify, opposed
from clientela.chamber.lists import Cabinet, Chamber, PartyList, Veto, resign
from clientela.chamber.parliament import Parliament, chamber_of, parliament_of
from clientela.chamber.power import Game, Rule
from clientela.chamber.procedure import (
    Passage,
    blocking_groups,
    follow,
    needs_of,
    said,
    seats_needed,
    votes_to_government,
)
from clientela.chamber.proposals import Proposal, draw, likeliest, probabilities
from clientela.chamber.ruling import ruling_coalitions, self_enforcing
from clientela.chamber.sampling import Sample, sample

__all__ = [
    "Assembly",
    "Cabinet",
    "Chamber",
    "FittedLogit",
    "Formation",
    "FormationTime",
    "Game",
    "GovernmentRule",
    "Parliament",
    "PartyList",
    "Passage",
    "Proposal",
    "Rule",
    "Sample",
    "Veto",
    "best_fit",
    "blocking",
    "blocking_groups",
    "build_assembly",
    "bundled_chambers",
    "chamber_of",
    "classify",
    "connected",
    "covariate_table",
    "draw",
    "feasible",
    "fitted",
    "follow",
    "form",
    "formation_time",
    "likeliest",
    "load_chamber",
    "median_list",
    "members",
    "minimal_winning",
    "minimum_range",
    "minimum_size",
    "needs_of",
    "opposed",
    "parliament_of",
    "probabilities",
    "resign",
    "ruling_coalitions",
    "said",
    "sample",
    "seats_needed",
    "seats_of",
    "self_enforcing",
    "votes_to_government",
]
