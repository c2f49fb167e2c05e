"""How answers are said: probabilities in words and per cent, names of kinds of government."""

from __future__ import annotations

from clientela.scenario import Scenario

_SCALE = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)


def word(probability: float) -> str:
    """The word of Intelligence Community Directive 203 (2015) for a probability.

    1–5, 5–20, 20–45, 45–55, 55–80, 80–95, 95–99 %.

    The scale has no words under 1 % and over 99 %; the outermost are used there too.
    """
    return next(name for edge, name in _SCALE if probability < edge)


def percent(share: float | None, decimals: int = 0) -> str:
    """`12 %`; with a decimal under 1 % and over 99 %, and never 0 or 100 % by rounding."""
    if share is None:
        return "–"
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    if share < 0.0005:
        return "< 0.1 %"
    if share >= 0.9995:
        return "> 99.9 %"
    digits = 1 if share < 0.01 or share > 0.99 else decimals
    return f"{share:.{digits}%}".replace("%", " %")


def points(change: float, digits: int = 1) -> str:
    """A change of probability in percentage points, with its sign."""
    return f"{100 * change:+.{digits}f}".replace("-", "−")


def span(low: float | None, high: float | None) -> str:
    """`79–81 %`, with decimals where the ends would read alike."""
    if low is None or high is None:
        return "–"
    first, last = percent(low), percent(high)
    if first == last:
        first, last = percent(low, 1), percent(high, 1)
    if first.removeprefix("> ") == last.removeprefix("> "):
        return last
    return f"{first.removesuffix(' %')}–{last.removeprefix('> ')}"


def kind_titles(scenario: Scenario) -> dict[str, str]:
    """The titles of the kinds of government, with those for none and for what fits no kind."""
    kinds = scenario.chamber.governments if scenario.chamber else {}
    return {
        **{name: kind.title or name for name, kind in kinds.items()},
        "other": "Other",
        "none": "None by then",
    }
