"""Finished trials of a search in an Optuna journal, and what its sampler proposes next."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clientela.analysis.levers import Lever
from clientela.analysis.objectives import Objective
from clientela.analysis.points import Point
from clientela.analysis.questions import QuestionError
from clientela.engine import StoreError


@dataclass(frozen=True)
class Trial:
    """Values of the levers, and of each objective on the search draws; None where it does not count:
    a question arose in no history, or more than one in a hundred failed."""

    values: Point
    found: tuple[float, ...] | None


class Study:
    """Finished trials in an Optuna journal, and what the sampler proposes next, given these.

    A trial goes into the journal when it has its values; one that was cut off leaves nothing.
    """

    def __init__(
        self, journal: Path, levers: Sequence[Lever], objectives: Sequence[Objective], seed: int
    ) -> None:
        self.levers, self.seed = list(levers), seed
        self.directions = ["maximize" if o.sign > 0 else "minimize" for o in objectives]
        with _quiet():
            import optuna
            from optuna.storages.journal import JournalFileBackend

            self.optuna = optuna
            self.laws: dict[str, Any] = {
                lever.path: optuna.distributions.FloatDistribution(lever.low, lever.high)
                for lever in levers
            }
            try:
                self.study = optuna.create_study(
                    storage=optuna.storages.JournalStorage(JournalFileBackend(str(journal))),
                    study_name="levers", load_if_exists=True, directions=self.directions,
                )  # fmt: skip
            except (OSError, ValueError, KeyError) as error:
                raise StoreError(f"{journal}: cannot be read: {error}; remove it") from error

    def trials(self) -> list[Trial]:
        """Those finished, in order."""
        complete = self.optuna.trial.TrialState.COMPLETE
        return [
            Trial(self._held(row.params), tuple(row.values) if row.state == complete else None)
            for row in self.study.get_trials(deepcopy=False)
        ]

    def keep(self, trial: Trial) -> None:
        """Writes a finished trial; one that does not count as failed."""
        failed = self.optuna.trial.TrialState.FAIL
        how: dict[str, Any] = (
            {"state": failed} if trial.found is None else {"values": list(trial.found)}
        )
        with _quiet():
            self.study.add_trial(
                self.optuna.trial.create_trial(params=trial.values, distributions=self.laws, **how)
            )

    def propose(self, number: int) -> Point:
        """What the sampler would try as trial `number`. It is made anew each time, from the seed and
        the number, so that a search taken up again proposes what it would have."""
        seed = int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])
        with _quiet():
            on_paper = self.optuna.create_study(
                directions=self.directions,
                sampler=self.optuna.samplers.TPESampler(
                    multivariate=True, n_startup_trials=8, seed=seed
                ),
            )
            on_paper.add_trials(self.study.get_trials(deepcopy=False))
            return self._held(on_paper.ask(self.laws).params)

    def _held(self, params: Mapping[str, float]) -> Point:
        return {lever.path: lever.held(params[lever.path]) for lever in self.levers}


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna without its log and its notes on experimental parts."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        yield


def require_optuna() -> None:
    """Raises QuestionError, with what to install, if Optuna is missing."""
    try:
        import optuna  # noqa: F401
    except ImportError:
        raise QuestionError(
            "optimise needs Optuna, which is not installed: pip install 'clientela[search]'"
        ) from None
