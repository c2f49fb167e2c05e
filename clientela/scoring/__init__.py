"""Forecasts scored by what came true, beside what would have been said without them.

An answer that was given on a day meets the outcome of its question, which a file beside the
scenario says, and loses by proper scores: the Brier and logarithmic scores of its probability, and
the continuous ranked probability score of the day. No change and climatology lose beside it. What
came true after a scenario's date is read here and nowhere else, and sets no parameter.
"""

from clientela.scoring.calibration import Reliability, reliability
from clientela.scoring.cases import Case, Unscored
from clientela.scoring.finding import outcomes_for
from clientela.scoring.means import Mean, Row, mean_of
from clientela.scoring.outcomes import Outcome, Outcomes, read_outcomes
from clientela.scoring.references import CLIMATOLOGY, FORECAST, NO_CHANGE, UNUPDATED
from clientela.scoring.scorecard import Scorecard, dates_of, score
from clientela.scoring.scores import Scores, brier_score, crps, kept, log_score
from clientela.scoring.series import Series, date_of, series_in

__all__ = [
    "CLIMATOLOGY",
    "FORECAST",
    "NO_CHANGE",
    "UNUPDATED",
    "Case",
    "Mean",
    "Outcome",
    "Outcomes",
    "Reliability",
    "Row",
    "Scorecard",
    "Scores",
    "Series",
    "Unscored",
    "brier_score",
    "crps",
    "date_of",
    "dates_of",
    "kept",
    "log_score",
    "mean_of",
    "outcomes_for",
    "read_outcomes",
    "reliability",
    "score",
    "series_in",
]
