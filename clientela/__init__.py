"""Clientela: forecasts, what-ifs and an audit trail for crises of patrons, clients and a state.

    import clientela as ct
    scenario = ct.load("iraq-2021")
    forecast = ct.run(scenario, draws=100_000, seed=1)
    forecast.answers, forecast.events, forecast.report("out.html")
    ct.explain(forecast)

A parliament can be looked at by itself with `ct.Chamber`, `ct.load_chamber` and `ct.survey`; a
process can be built by hand with `ct.Process` and drawn with `ct.draw`. `ct.fit` learns values from
events before the scenario's date, `ct.update` moves a forecast on with what has happened since.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clientela.analysis import (
        Answer,
        Axis,
        Comparison,
        Explanation,
        Forecast,
        Sweep,
        Variant,
        compare,
        diverge,
        explain,
        grid,
        latin_hypercube,
        open_run,
        run,
        sweep,
    )
    from clientela.analysis.fitting import Options, fit
    from clientela.analysis.updating import update
    from clientela.api import Ensemble, draw, load, reader
    from clientela.chamber import (
        Cabinet,
        Chamber,
        Game,
        PartyList,
        Rule,
        Veto,
        form,
        load_chamber,
        sample,
    )
    from clientela.chamber.bargaining import baron_ferejohn
    from clientela.chamber.survey import survey
    from clientela.mechanisms import Draft, Settings, Values, mechanism
    from clientela.process import (
        Add,
        AddMark,
        Branch,
        Choice,
        Fire,
        Killed,
        Lower,
        Move,
        Parameter,
        Process,
        ProcessError,
        Raise,
        Rebase,
    )
    from clientela.reading import ReadingError
    from clientela.scenario import Scenario

_HOMES = {
    "clientela.analysis": (
        "Answer", "Axis", "Comparison", "Explanation", "Forecast", "Sweep", "Variant", "compare",
        "diverge", "explain", "grid", "latin_hypercube", "open_run", "run", "sweep",
    ),
    "clientela.analysis.fitting": ("Options", "fit"),
    "clientela.analysis.updating": ("update",),
    "clientela.api": ("Ensemble", "draw", "load", "reader"),
    "clientela.chamber": (
        "Cabinet", "Chamber", "Game", "PartyList", "Rule", "Veto", "form", "load_chamber", "sample",
    ),
    "clientela.chamber.bargaining": ("baron_ferejohn",),
    "clientela.chamber.survey": ("survey",),
    "clientela.mechanisms": ("Draft", "Settings", "Values", "mechanism"),
    "clientela.process": (
        "Add", "AddMark", "Branch", "Choice", "Fire", "Killed", "Lower", "Move", "Parameter",
        "Process", "ProcessError", "Raise", "Rebase",
    ),
    "clientela.reading": ("ReadingError",),
    "clientela.scenario": ("Scenario",),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Add",
    "AddMark",
    "Answer",
    "Axis",
    "Branch",
    "Cabinet",
    "Chamber",
    "Choice",
    "Comparison",
    "Draft",
    "Ensemble",
    "Explanation",
    "Fire",
    "Forecast",
    "Game",
    "Killed",
    "Lower",
    "Move",
    "Options",
    "Parameter",
    "PartyList",
    "Process",
    "ProcessError",
    "Raise",
    "ReadingError",
    "Rebase",
    "Rule",
    "Scenario",
    "Settings",
    "Sweep",
    "Values",
    "Variant",
    "Veto",
    "baron_ferejohn",
    "compare",
    "diverge",
    "draw",
    "explain",
    "fit",
    "form",
    "grid",
    "latin_hypercube",
    "load",
    "load_chamber",
    "mechanism",
    "open_run",
    "reader",
    "run",
    "sample",
    "survey",
    "sweep",
    "update",
]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `clientela --help` and `import clientela` take no time.
    if name not in _HOME:
        raise AttributeError(f"module 'clientela' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
