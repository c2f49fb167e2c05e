"""Answers: what an ensemble says to the analyst's questions, and how sure that is.

Questions are statements about one history; a tally counts them block by block; an answer is a
share with its Monte-Carlo interval and the part of its variance that is parameter uncertainty.
"""

from clientela.analysis.answers import Answer, Government, Obedience
from clientela.analysis.comparing import Comparison, Variant, compare
from clientela.analysis.diverging import diverge
from clientela.analysis.explaining import explain
from clientela.analysis.explanation import Explanation
from clientela.analysis.forecast import Forecast, finished_run, open_run, program_of, run
from clientela.analysis.points import Axis, grid, latin_hypercube
from clientela.analysis.questions import QuestionError
from clientela.analysis.sweeping import Sweep, sweep
from clientela.analysis.words import word

__all__ = [
    "Answer",
    "Axis",
    "Comparison",
    "Explanation",
    "Forecast",
    "Government",
    "Obedience",
    "QuestionError",
    "Sweep",
    "Variant",
    "compare",
    "diverge",
    "explain",
    "finished_run",
    "grid",
    "latin_hypercube",
    "open_run",
    "program_of",
    "run",
    "sweep",
    "word",
]
