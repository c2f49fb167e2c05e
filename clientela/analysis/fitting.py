"""Values of a scenario learned from a log of events before its date, and how well they fit."""

from __future__ import annotations

import dataclasses
import datetime as dt
import fnmatch
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clientela.analysis.fitted import VIOLENCE, Estimate, Fit, Options
from clientela.analysis.questions import QuestionError
from clientela.engine import Record
from clientela.inference.chronicle import Chronicle, backward, load_chronicle
from clientela.inference.conditioning import condition
from clientela.inference.course import SHAPES, add_course
from clientela.inference.dated import Dated, dated_events
from clientela.inference.held_out import held_out
from clientela.inference.likelihood import ByEngine, Likelihood, likelihood_of
from clientela.inference.linear import Linear, NotLinearError
from clientela.inference.memories import split_memories
from clientela.inference.mode import Mode, check_proper, mode_of
from clientela.inference.nuts import Chains, sample
from clientela.inference.predicted import predicted_counts
from clientela.inference.record import by_chance
from clientela.inference.residuals import residuals
from clientela.inference.scores import Scores, is_smooth, moved
from clientela.mechanisms import build
from clientela.process import Process, Program, compile_process
from clientela.process.program import ADD_MARK
from clientela.reading import ReadingError, refuse
from clientela.scenario import Scenario

METHODS = ("mode", "nuts", "particles")
# Draws from the posterior that estimates and checks are made of.
KEPT = 1_000
# A log-likelihood that varies by more than this over streams of chance is no function of values.
_CHANCE = 1e-9
# Scores over which a parameter that the data say nothing of has the same likelihood.
_PROBES = (-1.5, 1.5)
_SILENT = 1e-9
# The standard deviation of a step of the background on the log scale.
COURSE_SD = 0.3
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Setting:
    """A process that can be fitted, and what it is fitted to."""

    program: Program
    dated: Dated
    record: Record
    watched: tuple[str, ...]
    given: tuple[str, ...]
    held: tuple[str, ...]
    steps: tuple[str, ...]

    def until(self, day: float) -> Program:
        return dataclasses.replace(self.program, horizon=day)


def fit(
    scenario: Scenario,
    log: Path | str,
    options: Options | None = None,
    *,
    progress: Progress | None = None,
) -> Fit:
    """The scenario's values given a log of events before its date.

    The part of the process that the mechanisms named add is taken back to the first day of the log,
    without past or schedule, and its likelihood is that of the log. Where the method is not
    `particles`, events that the log does not tell of are held not to happen.

    Raises ReadingError for a log that does not fit the scenario, QuestionError for options out of
    range, ImproperError for a posterior that is none, and SamplerMissingError without NumPyro.
    """
    options = options or Options()
    _check(options)
    began = time.perf_counter()
    path = Path(log)
    chronicle, tree = load_chronicle(path, options.through, to_last=True)
    wrong = [*backward(chronicle, tree)]
    if wrong:
        raise ReadingError(wrong)
    since, through = _window(scenario, chronicle, options, path)
    setting = _setting(scenario, chronicle, since, through, options, path)
    until = _until(since, through, options)
    likelihood, silent = _likelihood(setting, until, options)
    likelihood, mode, chains, z, evidence = _posterior(
        setting, likelihood, until, options, progress
    )
    scores = likelihood.scores
    middle = z.mean(axis=0) if mode is None else mode.z
    tested = None
    if until < setting.dated.length:
        learned, whole = (
            _unmarked(setting, scores, day, options) for day in (until, setting.dated.length)
        )
        tested = held_out(learned, whole, setting.record, z[:200])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Fit(
        scenario, options, path, digest, chronicle.title or path.stem, setting.dated,
        not isinstance(likelihood, ByEngine), tuple(_estimates(scores, z)), silent, setting.held,
        float(likelihood.values(middle[None])[0]), evidence, residuals(likelihood.risen(middle)),
        predicted_counts(
            setting.until(until), setting.record, scores.columns(z[:400]), setting.watched,
            setting.given, options.seed,
        ),
        _course(setting, scores, z, until), tested, mode, chains, time.perf_counter() - began,
    )  # fmt: skip


def _check(options: Options) -> None:
    shape, _, pieces = options.background.partition(":")
    if shape not in SHAPES or (shape != "constant" and not pieces.isdigit()):
        raise QuestionError(
            f"--background {options.background}: expected constant, piecewise:N or spline:N, such as "
            "spline:8"
        )
    if options.method not in METHODS:
        raise QuestionError(f"--method {options.method}: expected one of {', '.join(METHODS)}")
    if options.flat and options.method == "particles":
        raise QuestionError(
            "--flat: particles begin as draws from priors; use --method mode or nuts"
        )
    lengths = {f"{length:g}" for length in options.memories if 0.0 < length < np.inf}
    if len(lengths) < len(options.memories):
        raise QuestionError("--memory: expected half-lives in days, over 0 and no two alike")


def _window(scenario: Scenario, chronicle: Chronicle, options: Options, path: Path) -> tuple[dt.date, dt.date]:  # fmt: skip
    """The first and the last day of the log that are fitted to; both before the scenario's date."""
    day = dt.timedelta(days=1)
    before = [entry for entry in chronicle.events if entry.last < scenario.as_of]
    if not before and not options.since:
        refuse(
            path,
            f"has no events before {scenario.as_of}, the scenario's as_of ({len(chronicle.events)} in "
            "all); values are fitted to what came before, and 'clientela update' takes in what came after",
        )
    since = options.since or min(entry.date for entry in before)
    through = min(options.through or chronicle.through, scenario.as_of - day)
    if not since < through:
        raise QuestionError(
            f"--since {since}: expected a day before {through}, the last day that the log covers before "
            "the scenario's as_of"
        )
    if options.test_from and not since < options.test_from <= through:
        raise QuestionError(
            f"--test-from {options.test_from}: expected a day after {since} and not after {through}"
        )
    return since, through


def _until(since: dt.date, through: dt.date, options: Options) -> float:
    """How many days from the first on are fitted to."""
    last = options.test_from or through + dt.timedelta(days=1)
    return float((last - since).days)


def _setting(
    scenario: Scenario, chronicle: Chronicle, since: dt.date, through: dt.date, options: Options, path: Path
) -> _Setting:  # fmt: skip
    unknown = [m for m in options.mechanisms if m not in scenario.active]
    if unknown:
        raise QuestionError(
            f"--mechanism {unknown[0]}: there is none in force; expected of {', '.join(scenario.active)}"
        )
    process = past_process(scenario, since, through, options)
    watched = _meant(process, options.watched, "--watch")
    given = tuple(n for n in _meant(process, options.given, "--given") if n not in watched)
    steps = _shape(process, watched, _until(since, through, options), options)
    program = compile_process(process)
    dated = dated_events(chronicle, program, since, through, options.seed)
    chosen = {*watched, *given}
    stray = [k for kinds in dated.kinds for k in kinds if k not in chosen]
    if stray:
        raise QuestionError(f"'{stray[0]}' is in the log but not watched; add --watch '{stray[0]}' or --given")  # fmt: skip
    if not len(dated):
        counted = ", ".join(f"{n} {rule}" for rule, n in dated.left_out.items() if n)
        refuse(
            path,
            f"no event of the scenario is left between {since} and {through}: {counted or 'there is none'}; "
            "look at --since, and at whether its actors are the scenario's (clientela events --aliases)",
        )
    held: tuple[str, ...] = ()
    if options.method != "particles":
        loose = by_chance(program)
        held = tuple(
            n
            for n, is_loose in zip(program.event_names, loose, strict=True)
            if is_loose and n not in chosen
        )
    record = dated.record(program, watched, (*given, *held))
    return _Setting(program, dated, record, watched, given, held, tuple(steps))


def past_process(scenario: Scenario, since: dt.date, through: dt.date, options: Options) -> Process:
    """The process of some mechanisms alone, from another first day on."""
    settings = {n: s if n in options.mechanisms else False for n, s in scenario.mechanisms.items()}
    earlier = scenario.model_copy(
        update={
            "as_of": since,
            "horizon": through,
            "mechanisms": settings,
            "past": {},
            "scheduled": {},
        }
    )
    return build(earlier)


def _shape(process: Process, watched: Sequence[str], days: float, options: Options) -> list[str]:
    """Gives the process the background and the memories asked for."""
    if options.memories:
        excited = {v for name in watched for v in process.events[name].excitation}
        split_memories(process, sorted(excited), options.memories)
    shape, _, pieces = options.background.partition(":")
    return add_course(
        process, watched, shape=shape, pieces=int(pieces or 1), days=days, sd=COURSE_SD
    )


def _meant(process: Process, patterns: Sequence[str], option: str) -> tuple[str, ...]:
    found: list[str] = []
    for pattern in patterns:
        hits = [n for n in process.events if fnmatch.fnmatchcase(n, pattern)]
        if not hits and pattern not in VIOLENCE:
            raise QuestionError(
                f"{option} {pattern}: the process of the mechanisms fitted has no such event; it has "
                f"{', '.join(process.events)}"
            )
        found += [n for n in hits if n not in found]
    return tuple(found)


def _likelihood(
    setting: _Setting, until: float, options: Options
) -> tuple[Likelihood, tuple[str, ...]]:
    """The log-likelihood as a function of the values that it depends on, and those it does not."""
    program = setting.until(until)
    names = [p.name for p in program.parameters if is_smooth(p.distribution)]
    _check_named("--only", options.only, names, "no value of the process fitted is called so; it has")  # fmt: skip
    chosen = [n for n in names if not options.only or _matches(n, (*options.only, "background.*", "memory.*"))]  # fmt: skip
    if not chosen:
        raise QuestionError("every value of the process fitted is a number; there is nothing to learn")  # fmt: skip
    _check_named("--flat", options.flat, chosen, "no value that is fitted is called so; there are")
    first = likelihood_of(program, setting.record, Scores(program, chosen), until, options.seed)
    if options.method != "particles" and isinstance(first, ByEngine):
        varies = first.chance(np.zeros(len(chosen)))
        if varies > _CHANCE:
            raise QuestionError(
                f"the log leaves to chance what the likelihood hangs on (it varies by {varies:.2g} over "
                f"8 streams): {_left_open(setting)}; use --method particles, or leave mechanisms out"
            )
    loud = _loud(first, len(chosen))
    heard = [n for n, is_loud in zip(chosen, loud, strict=True) if is_loud or n in setting.steps]
    silent = tuple(n for n in chosen if n not in heard)
    if not heard:
        raise QuestionError("the log says nothing of any value that may be fitted")
    flat = [n for n in heard if _matches(n, options.flat)]
    scores = Scores(program, heard, flat)
    return likelihood_of(program, setting.record, scores, until, options.seed), silent


def _check_named(option: str, patterns: Sequence[str], names: Sequence[str], said: str) -> None:
    """Raises QuestionError for a pattern that none of the names has."""
    for pattern in patterns:
        if not any(_matches(name, [pattern]) for name in names):
            raise QuestionError(f"{option} {pattern}: {said} {', '.join(names)}")


def _left_open(setting: _Setting) -> str:
    if setting.dated.of_several:
        return f"{setting.dated.of_several} of its events may be of several types"
    return "outcomes of its events are not recorded"


def _loud(likelihood: Likelihood, count: int) -> np.ndarray:
    """Which parameters the log-likelihood depends on at all."""
    probes = np.concatenate([np.zeros((1, count)), *(side * np.eye(count) for side in _PROBES)])
    found = likelihood.values(probes)
    moved = np.abs(found[1:].reshape(len(_PROBES), count) - found[0]) > _SILENT
    return (moved | ~np.isfinite(found[1:].reshape(len(_PROBES), count))).any(axis=0)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _posterior(
    setting: _Setting,
    likelihood: Likelihood,
    until: float,
    options: Options,
    progress: Progress | None,
) -> tuple[Likelihood, Mode | None, Chains | None, np.ndarray, float]:
    """The likelihood that holds at the mode, the mode, the chains, draws of scores, and the log
    evidence, as far as the method has them."""
    if options.method == "particles":
        z, evidence = _by_particles(setting, likelihood.scores, until, options)
        return likelihood, None, None, z, evidence
    mode = mode_of(likelihood)
    if not _holds(likelihood, mode):
        program = setting.until(until)
        likelihood = ByEngine(program, setting.record, likelihood.scores, until, options.seed)
        mode = mode_of(likelihood, mode.z)
    if options.method == "mode":
        return likelihood, mode, None, mode.draw(KEPT, options.seed), mode.evidence
    check_proper(likelihood, mode)
    chains = sample(
        likelihood, mode, draws=options.draws, chains=options.chains, accept=options.accept,
        seed=options.seed, progress=progress,
    )  # fmt: skip
    every = chains.z.reshape(-1, chains.z.shape[2])
    return likelihood, mode, chains, _thinned(every), mode.evidence


def _holds(likelihood: Likelihood, mode: Mode) -> bool:
    """Whether at the mode no memory passes the bounds that a closed form does not know."""
    try:
        if isinstance(likelihood, Linear):
            likelihood.check_bounds(mode.z)
    except NotLinearError:
        return False
    return True


def _thinned(z: np.ndarray) -> np.ndarray:
    return z[np.linspace(0, len(z) - 1, min(KEPT, len(z))).astype(int)]


def _by_particles(
    setting: _Setting, scores: Scores, until: float, options: Options
) -> tuple[np.ndarray, float]:
    """Scores of particles picked by weight, and the evidence."""
    from clientela.inference.particles import parameters_at

    program = setting.until(until)
    (found,) = condition(
        program, setting.record, [until], particles=options.particles, seed=options.seed
    )
    picked = found.particles.levels[found.pick(KEPT, options.seed)]
    columns = [program.columns.index(name) for name in scores.names]
    return scores.of(parameters_at(program, picked)[:, columns]), found.evidence


def _unmarked(setting: _Setting, scores: Scores, day: float, options: Options) -> Likelihood:
    """The log-likelihood up to a day of when events come alone, not of how many they kill, unless
    that bears on what comes."""
    program, record = setting.until(day), setting.record
    if not (program.arrays.effects.op == ADD_MARK).any():
        record = record._replace(mark=np.full_like(record.mark, -1))
    return likelihood_of(program, record, scores, day, options.seed)


def _estimates(scores: Scores, z: np.ndarray) -> list[Estimate]:
    """What was learned of each parameter, most first."""
    values = scores.values(z)
    levels = np.random.default_rng(0).standard_normal((4000, len(scores)))
    before = scores.values(levels)
    mean, variance = z.mean(axis=0), np.maximum(z.var(axis=0), 1e-12)
    distance = moved(mean, variance)
    found = [
        Estimate(name, _three(before[:, k]), _three(values[:, k]), float(distance[k]), values[:, k], bool(scores.flat[k]))
        for k, name in enumerate(scores.names)
    ]  # fmt: skip
    return sorted(found, key=lambda e: -e.distance)


def _three(values: np.ndarray) -> tuple[float, float, float]:
    middle, low, high = np.quantile(values, [0.5, 0.05, 0.95])
    return float(middle), float(low), float(high)


def _course(
    setting: _Setting, scores: Scores, z: np.ndarray, until: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Edges of the pieces of the background, and its levels: median, 5 and 95 %."""
    if not setting.steps:
        return None
    program = setting.program
    c = program.filled(scores.columns(z))
    v = program.variable_names.index("background")
    times, effects = program.arrays.times, program.arrays.effects
    moves = [
        (program.base[at], effects.second[program.arrays.happenings.effect_lo[event]])
        for event, at in zip(times.schedule_event, times.schedule_at, strict=True)
        if program.event_names[event].startswith("background:")
    ]
    moves.sort()
    edges = np.array([0.0, *(at for at, _ in moves), until])
    places = [program.arrays.variables.start[v], *(place for _, place in moves)]
    return edges, np.quantile(c[:, places], [0.5, 0.05, 0.95], axis=0)
