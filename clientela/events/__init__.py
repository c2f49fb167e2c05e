"""Event data sets that analysts already have, as one table of attacks and clashes.

UCDP GED and Candidate, ACLED, GDELT, ICEWS, POLECAT and any other table are read in blocks and
filtered as they are read. Every row is kept or counted under the rule that dropped it. Names
become actors of a scenario through a file of aliases that the analyst has looked through.
Coordinates, texts and sources are never kept.
"""

from clientela.events.aliases import Suggestion, load_aliases, suggest, write_aliases
from clientela.events.formats import FORMATS, Format
from clientela.events.log import LogError, write_log
from clientela.events.reading import PRECISION, read_events
from clientela.events.report import Dropped, Named, ReadReport, check_any_left
from clientela.events.times import days_of, spread

__all__ = [
    "FORMATS",
    "PRECISION",
    "Dropped",
    "Format",
    "LogError",
    "Named",
    "ReadReport",
    "Suggestion",
    "check_any_left",
    "days_of",
    "load_aliases",
    "read_events",
    "spread",
    "suggest",
    "write_aliases",
    "write_log",
]
