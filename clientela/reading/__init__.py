"""Files an analyst writes: YAML in, a position for every value, and all problems at once."""

from clientela.reading.problems import Problem, ReadingError, refuse, suggestion, unknown
from clientela.reading.splicing import added, appended, removed, replaced
from clientela.reading.validation import validated
from clientela.reading.writing import written
from clientela.reading.yaml import Tree, parse_value, read_text, read_yaml

__all__ = [
    "Problem",
    "ReadingError",
    "Tree",
    "added",
    "appended",
    "parse_value",
    "read_text",
    "read_yaml",
    "refuse",
    "removed",
    "replaced",
    "suggestion",
    "unknown",
    "validated",
    "written",
]
