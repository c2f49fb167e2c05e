"""From a process to its program: names are resolved, and everything is checked, once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from clientela.evidence import Belief
from clientela.process import program as pg
from clientela.process.expression import Coefficient, Expression, Parameter
from clientela.process.model import (
    Add,
    AddMark,
    Choice,
    Effect,
    EventType,
    Fire,
    FireAfter,
    FireAt,
    Hurdle,
    Killed,
    KindOfGovernment,
    LookUp,
    Lower,
    Membership,
    Move,
    Needs,
    Outcome,
    Proposal,
    Raise,
    Rebase,
    StandingCoalition,
    Vote,
)
from clientela.process.process import Process, ProcessError, branch_names
from clientela.scenario import Conditional


def compile_process(process: Process) -> pg.Program:
    """The process as arrays. Raises ProcessError for an unknown name, a negative number as
    excitation, an outcome group called 'mark', or events that fire each other without end."""
    return _Compiler(process).program()


class _Runs:
    """Rows of variable length, laid end to end."""

    def __init__(self) -> None:
        self.ends = [0]
        self.items: list[tuple[int, ...]] = []

    def close(self) -> None:
        self.ends.append(len(self.items))

    def columns(self, count: int) -> list[np.ndarray]:
        table = np.array(self.items, dtype=np.int64).reshape(len(self.items), count)
        return [np.array(self.ends, dtype=np.int64), *(table[:, c].copy() for c in range(count))]


class _Compiler:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.coefs = pg.Coefficients()
        self.variable = {name: i for i, name in enumerate(process.variables)}
        self.event = {name: i for i, name in enumerate(process.events)}
        self.flag = {name: i for i, name in enumerate(process.flags)}
        self.labels = list(process.events)
        self.effect_rows: list[tuple[int, int, int, int]] = []
        self.below: list[int] = []
        self.points = _Runs()  # point, level
        self.timers = self._timers()
        self.slopes = _Runs()
        self.feature_slopes = _Runs()
        self.feature_coefs: list[int] = []
        self.branch_rows: list[tuple[int, int, int, int]] = []  # weight, lo, hi, label
        self.group_rows: list[_GroupRow] = []

    def _timers(self) -> dict[int, int]:
        """The timer of each event that another lets happen later, in the order of the events."""
        effects = (e for event in self.process.events.values() for e in _all_effects(event))
        awaited = {e.event for e in effects if isinstance(e, FireAfter)}
        waiting = [at for name, at in self.event.items() if name in awaited]
        return {event: timer for timer, event in enumerate(waiting)}

    def program(self) -> pg.Program:
        process = self.process
        if not process.events:
            raise ProcessError("the process has no events; add at least one with process.event()")
        _refuse_endless_firing(process)
        variables = self._variables()
        rates, graph = self._rates()
        happenings = self._happenings()
        groups, branches = self._groups(), self._branches()
        _, slope_var, slope_coef = self.feature_slopes.columns(2)
        features = pg.Features(
            _ints(self.feature_coefs), _ints(self.feature_slopes.ends), slope_var, slope_coef
        )
        times = self._times()
        parameters = tuple(process.parameters().values())
        return pg.Program(
            name=process.name,
            horizon=process.horizon,
            labels=tuple(self.labels),
            event_names=tuple(process.events),
            variable_names=tuple(process.variables),
            flag_names=tuple(process.flags),
            parameters=parameters,
            beliefs=self._beliefs(parameters),
            base=np.array(self.coefs.values),
            expressions=tuple(self.coefs.expressions),
            flags=sum(1 << i for i, on in enumerate(process.flags.values()) if on),
            arrays=pg.Arrays(
                variables=variables,
                rates=rates,
                graph=graph,
                happenings=happenings,
                groups=groups,
                branches=branches,
                effects=pg.Effects(*_columns(self.effect_rows, 4)),
                tables=pg.Tables(_ints(self.below), *self.points.columns(2)),
                features=features,
                assembly=self._assembly(),
                times=times,
            ),
        )

    def _beliefs(self, parameters: Sequence[Parameter]) -> tuple[Belief, ...]:
        """The beliefs that parameters hang on, and those that these hang on in turn."""
        needed = {
            p.distribution.proposition: p.name
            for p in parameters
            if isinstance(p.distribution, Conditional)
        }
        known = {member: b for b in self.process.beliefs for member in b.members}
        for proposition, name in needed.items():
            self._index("proposition", proposition, dict.fromkeys(known, 0), name)
        waiting, kept = list(needed), set()
        while waiting:
            belief = known[waiting.pop()]
            kept.add(belief.name)
            waiting += [belief.given] if belief.given else []
        return tuple(b for b in self.process.beliefs if b.name in kept)

    # -- variables and intensities ------------------------------------------------------------

    def _variables(self) -> pg.Variables:
        known = self.process.variables.values()
        return pg.Variables(
            start=_ints(self.coefs.position(v.start) for v in known),
            baseline=_ints(self.coefs.position(v.baseline) for v in known),
            decay=_ints(self.coefs.decay(v.half_life) for v in known),
            low=np.array([v.low for v in known], dtype=float),
            high=np.array([v.high for v in known], dtype=float),
        )

    def _rates(self) -> tuple[pg.Rates, pg.Graph]:
        add, log = _Runs(), _Runs()
        need: list[int] = []
        value: list[int] = []
        by_variable: list[list[tuple[int, int, int]]] = [[] for _ in self.variable]
        by_flag: list[list[int]] = [[] for _ in self.flag]
        for number, event in enumerate(self.process.events.values()):
            _refuse_negative(event)
            for is_log, (runs, terms) in enumerate(
                ((add, event.excitation), (log, event.modulation))
            ):
                for name, coefficient in terms.items():
                    at = self._index("variable", name, self.variable, event.name)
                    place = self.coefs.position(coefficient)
                    runs.items.append((at, place))
                    by_variable[at].append((number, place, is_log))
                runs.close()
            flags = [
                (self._index("flag", name, self.flag, event.name), on)
                for name, on in event.when.items()
            ]
            for at, _ in flags:
                by_flag[at].append(number)
            need.append(sum(1 << at for at, _ in flags))
            value.append(sum(1 << at for at, on in flags if on))
        events = self.process.events
        rates = pg.Rates(
            _ints(self.coefs.position(e.rate) for e in events.values()),
            _ints(need),
            _ints(value),
            *add.columns(2),
            *log.columns(2),
            key=_keys(events),
        )
        number, place, is_log = _columns([link for links in by_variable for link in links], 3)
        flagged = _ints([number for numbers in by_flag for number in numbers])
        return rates, pg.Graph(_ends(by_variable), number, place, is_log, _ends(by_flag), flagged)

    # -- what happens -------------------------------------------------------------------------

    def _happenings(self) -> pg.Happenings:
        lo: list[int] = []
        hi: list[int] = []
        group_lo = [0]
        marks: list[tuple[int, int, int, int]] = []
        for event in self.process.events.values():
            lo.append(len(self.effect_rows))
            self._effects(event.effects, event.name)
            hi.append(len(self.effect_rows))
            for outcome in event.outcomes:
                self._outcome(event, outcome)
            group_lo.append(len(self.group_rows))
            marks.append(self._mark(event))
        return pg.Happenings(
            _ints(lo),
            _ints(hi),
            _ints(group_lo),
            *_columns(marks, 4),
            mark_key=_keys(f"{name}/mark" for name in self.process.events),
        )

    def _mark(self, event: EventType) -> tuple[int, int, int, int]:
        match event.mark:
            case None:
                return (pg.NO_MARK, 0, 0, 0)
            case Killed(none, mean, dispersion):
                place = self.coefs.position
                return (pg.KILLED, place(none), place(mean), place(dispersion))
            case StandingCoalition():
                return (pg.COALITION, 0, 0, 0)

    def _effects(self, effects: Sequence[Effect], where: str) -> tuple[int, int]:
        lo = len(self.effect_rows)
        for effect in effects:
            self.effect_rows.append(self._effect(effect, where))
        return lo, len(self.effect_rows)

    def _effect(self, effect: Effect, where: str) -> tuple[int, int, int, int]:
        def variable(name: str) -> int:
            return self._index("variable", name, self.variable, where)

        place = self.coefs.position
        match effect:
            case Add(name, amount, None):
                return (pg.ADD, variable(name), place(amount), 0)
            case Add(name, amount, str(by)):
                return (pg.ADD_BY, variable(name), place(amount), variable(by))
            case AddMark(name, per_unit):
                return (pg.ADD_MARK, variable(name), place(per_unit), 0)
            case Move(name, fraction, toward):
                return (pg.MOVE, variable(name), place(fraction), place(toward))
            case LookUp(name, of):
                return (pg.LOOK_UP, variable(name), self._look_up(effect, where), variable(of))
            case Rebase(name, amount):
                return (pg.REBASE, variable(name), place(amount), 0)
            case Raise(name):
                return (pg.RAISE, self._index("flag", name, self.flag, where), 0, 0)
            case Lower(name):
                return (pg.LOWER, self._index("flag", name, self.flag, where), 0, 0)
            case Fire(name):
                return (pg.FIRE, self._index("event", name, self.event, where), 0, 0)
            case FireAfter(name, days):
                timer = self.timers[self._index("event", name, self.event, where)]
                return (pg.FIRE_AFTER, timer, place(days), 0)
            case FireAt(name, of, level):
                return (
                    pg.FIRE_AT,
                    self._index("event", name, self.event, where),
                    place(level),
                    variable(of),
                )
        raise ProcessError(f"{where}: {effect!r} is not an effect")

    def _look_up(self, effect: LookUp, where: str) -> int:
        points, levels = len(effect.points), len(effect.levels)
        if points != levels or points < 2:
            raise ProcessError(
                f"{where}: the table for {effect.variable!r} has {points} points and {levels} levels; "
                "expected as many of both, and 2 or more"
            )
        place = self.coefs.position
        self.below.append(place(effect.below))
        for point, level in zip(effect.points, effect.levels, strict=True):
            self.points.items.append((place(point), place(level)))
        self.points.close()
        return len(self.below) - 1

    # -- outcome groups -----------------------------------------------------------------------

    def _outcome(self, event: EventType, outcome: Outcome) -> None:
        where = f"{event.name}/{outcome.name}"
        if outcome.name == "mark":
            raise ProcessError(
                f"{where}: 'mark' is the stream of the event's mark; rename the group"
            )
        row = _GroupRow(where, len(self.branch_rows))
        match outcome:
            case Choice(branches=branches):
                if not branches:
                    raise ProcessError(f"{where}: an outcome group needs at least one branch")
                for branch in branches:
                    self._branch(where, branch.name, branch.effects, branch.weight, branch.slopes)
            case Proposal():
                row.kind, row.coef[0] = pg.PROPOSAL, len(self.feature_coefs)
                self._proposal(outcome, where)
                self._branch(where, None, [])
            case Vote():
                row.kind = pg.VOTE
                row.seats = _hurdles(outcome.needs)
                row.member = self._office(outcome.needs, where)
                chances = (outcome.opposed, outcome.neutral, outcome.unbound, outcome.swayed)
                row.coef = [self.coefs.position(chance) for chance in chances]
                self._branch(where, "passed", outcome.passed)
                self._branch(where, "failed", outcome.failed)
            case Membership():
                row.kind = pg.MEMBERSHIP
                lists = {name: i for i, name in enumerate(self._table(where).list_ids)}
                row.member = self._index("list", outcome.member, lists, where)
                self._branch(where, "inside", outcome.inside)
                self._branch(where, "outside", outcome.outside)
            case KindOfGovernment():
                row.kind = pg.KIND
                for name in branch_names(outcome, self._table(where).kind_names):
                    self._branch(where, name, outcome.effects.get(name, []))
        self.group_rows.append(row)

    def _branch(
        self,
        where: str,
        name: str | None,
        effects: Sequence[Effect],
        weight: Coefficient = 0.0,
        slopes: Mapping[str, Coefficient] | None = None,
    ) -> None:
        for variable, slope in (slopes or {}).items():
            at = self._index("variable", variable, self.variable, where)
            self.slopes.items.append((at, self.coefs.position(slope)))
        self.slopes.close()
        label = -1
        if name is not None:
            label = len(self.labels)
            self.labels.append(f"{where}={name}")
        lo, hi = self._effects(effects, where)
        self.branch_rows.append((self.coefs.position(weight), lo, hi, label))

    def _office(self, needs: Needs, where: str) -> int:
        """The lists that may hold the office, as bits; 0 if any may."""
        lists = {name: i for i, name in enumerate(self._table(where).list_ids)}
        return sum(1 << self._index("list", name, lists, where) for name in needs.office)

    def _proposal(self, proposal: Proposal, where: str) -> None:
        features = self._table(where).feature_names
        known = {name: i for i, name in enumerate(features)}
        for name in (*proposal.coefficients, *proposal.slopes):
            self._index("feature", name, known, where)
        for name in features:
            self.feature_coefs.append(self.coefs.position(proposal.coefficients.get(name, 0.0)))
            for variable, slope in proposal.slopes.get(name, {}).items():
                at = self._index("variable", variable, self.variable, where)
                self.feature_slopes.items.append((at, self.coefs.position(slope)))
            self.feature_slopes.close()

    def _groups(self) -> pg.Groups:
        rows = self.group_rows
        return pg.Groups(
            kind=_ints(row.kind for row in rows),
            key=_keys(row.name for row in rows),
            branch_lo=_ints([*(row.branch_lo for row in rows), len(self.branch_rows)]),
            seats=_ints([row.seats for row in rows]).reshape(len(rows), _HURDLES),
            coef=_ints([row.coef for row in rows]).reshape(len(rows), 4),
            member=_ints(row.member for row in rows),
        )

    def _branches(self) -> pg.Branches:
        weight, lo, hi, label = _columns(self.branch_rows, 4)
        slope_lo, slope_var, slope_coef = self.slopes.columns(2)
        return pg.Branches(weight, slope_lo, slope_var, slope_coef, lo, hi, label)

    # -- the assembly and time ----------------------------------------------------------------

    def _table(self, where: str):
        if self.process.assembly is None:
            raise ProcessError(f"{where}: needs an assembly; set process.assembly first")
        return self.process.assembly

    def _assembly(self) -> pg.Assembly:
        table = self.process.assembly
        if table is None:
            none = np.zeros(0, dtype=np.int64)
            return pg.Assembly(
                _ints([0, 0]), none, np.zeros((0, 0)), none, none, none.reshape(0, 0), *[none] * 3
            )
        resigned = [
            self._index("flag", f"out:{name}", self.flag, f"resignation of {name}")
            for name in table.resigning
        ]
        return pg.Assembly(
            pointer=_ints(table.pointer),
            masks=_ints(table.masks),
            features=np.ascontiguousarray(np.asarray(table.features, dtype=float).T),
            kinds=_ints(table.kinds),
            opposed=_ints(table.opposed),
            seats=_ints(table.seats),
            camps=_ints(table.camps),
            unbound=_ints(table.unbound),
            resigned=_ints(resigned),
        )

    def _times(self) -> pg.Times:
        branches = _Runs()
        past = sorted(self.process.history, key=lambda p: p.day)
        for happened in past:
            event = self.process.find_event(happened.event)
            taken = dict(happened.branches)
            for outcome in event.outcomes:
                branches.items.append((self._taken(event, outcome, taken),))
            if taken:
                groups = {outcome.name: 0 for outcome in event.outcomes}
                self._index("outcome group", next(iter(taken)), groups, f"past {event.name}")
            branches.close()
        events = [
            self._index("event", s.event, self.event, "schedule") for s in self.process.schedule
        ]
        return pg.Times(
            _ints(events),
            _ints(self.coefs.position(s.at) for s in self.process.schedule),
            _ints(self.timers),
            _ints(self.event[p.event] for p in past),
            np.array([p.day for p in past], dtype=float),
            _ints(p.mark for p in past),
            *branches.columns(1),
        )

    def _taken(self, event: EventType, outcome: Outcome, taken: dict[str, str]) -> int:
        name = taken.pop(outcome.name, None)
        if name is None:
            return -1
        kinds = self.process.assembly.kind_names if self.process.assembly else ()
        known = {branch: i for i, branch in enumerate(branch_names(outcome, kinds))}
        return self._index("branch", name, known, f"past {event.name}/{outcome.name}")

    def _index(self, kind: str, name: str, known: Mapping[str, int], where: str) -> int:
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, list(known), 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ProcessError(f"{where}: there is no {kind} {name!r}{hint}")


class _GroupRow:
    def __init__(self, name: str, branch_lo: int) -> None:
        self.name = name
        self.branch_lo = branch_lo
        self.kind = pg.CHOICE
        self.seats: tuple[int, ...] = (0,) * _HURDLES
        self.coef: list[int] = [0, 0, 0, 0]
        self.member = 0


# Numbers that a vote is decided by, see Groups.seats.
_HURDLES = 10


def _hurdles(needs: Needs) -> tuple[int, ...]:
    def row(hurdle: Hurdle) -> tuple[int, ...]:
        return hurdle.least, *hurdle.share, int(hurdle.strict)

    against = row(needs.against) if needs.against else (0, 0, 0, 0)
    return needs.present, *row(needs.in_favour), *against, int(needs.most)


def _ints(items: Iterable) -> np.ndarray:
    return np.array(items if isinstance(items, np.ndarray) else list(items), dtype=np.int64)


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> list[np.ndarray]:
    table = np.array(rows, dtype=np.int64).reshape(len(rows), count)
    return [table[:, c].copy() for c in range(count)]


def _keys(names: Iterable[str]) -> np.ndarray:
    return np.array([pg.stream_key(name) for name in names], dtype=np.uint64)


def _ends(groups: Sequence[Sequence]) -> np.ndarray:
    return _ints(np.cumsum([0, *(len(group) for group in groups)]))


def _refuse_negative(event: EventType) -> None:
    for name, coefficient in {"rate": event.rate, **event.excitation}.items():
        if not isinstance(coefficient, Expression) and coefficient < 0:
            raise ProcessError(
                f"event {event.name!r}: the additive coefficient of {name!r} is {coefficient:g}; "
                "it cannot be negative. Use the modulation for what lowers an intensity"
            )


def _refuse_endless_firing(process: Process) -> None:
    """Events may fire others at once, but never, through others, themselves."""
    fires = {
        name: [e.event for e in _all_effects(event) if isinstance(e, Fire | FireAt)]
        for name, event in process.events.items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            loop = " → ".join((*path[path.index(name) :], name))
            raise ProcessError(f"events fire each other without end: {loop}")
        if name not in done:
            for following in fires.get(name, ()):
                visit(following, (*path, name))
            done.add(name)

    for name in fires:
        visit(name, ())


def _all_effects(event: EventType) -> list[Effect]:
    found = list(event.effects)
    for outcome in event.outcomes:
        match outcome:
            case Choice(branches=branches):
                found += [effect for branch in branches for effect in branch.effects]
            case Vote(passed=first, failed=second) | Membership(inside=first, outside=second):
                found += [*first, *second]
            case KindOfGovernment(effects=effects):
                found += [effect for branch in effects.values() for effect in branch]
            case Proposal():
                pass
    return found
