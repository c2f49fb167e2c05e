"""A value in a scenario: a number, a range or a distribution, with where it was learned."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from clientela.reading import suggestion
from clientela.scenario.conditional import Conditional, parts
from clientela.scenario.distributions import BY_NAME, LARGEST, Distribution, fixed, pert, uniform

VALUE_TYPE = "x-value-type"  # marks a quantity in the JSON Schema, for schema.py to share
_EXTRA = ("because", "elicited")
_FORMS = "a number, {low, high}, {low, likely, high}, or a distribution such as {beta: {mean, sd}}"
_CASES = ("true", "false")
_IF_FORM = "expected if: {proposition: NAME, true: VALUE, false: VALUE}"


class Believed(Protocol):
    """Credences by proposition, as the evidence gives them."""

    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __getitem__(self, name: str) -> float: ...


@dataclass(frozen=True)
class Quantity:
    """A distribution, the claims it rests on, or the reason an elicited magnitude has.

    `origin` is `scenario` or `default` (the documented prior of the language).
    """

    distribution: Distribution | Conditional
    because: tuple[str, ...] = ()
    elicited: str | None = None
    origin: str = "scenario"

    @property
    def proposition(self) -> str | None:
        """The proposition that it depends on, if any."""
        found = self.distribution
        return found.proposition if isinstance(found, Conditional) else None

    @property
    def standing(self) -> str:
        """`cited`, `elicited`, `default prior` or `stated`: what its magnitude rests on."""
        if self.origin == "default":
            return "default prior"
        if self.because and not self.elicited:
            return "cited"
        return "elicited" if self.elicited else "stated"


def prior(distribution: Distribution, reason: str) -> Quantity:
    """A documented default: a magnitude that holds unless the scenario says otherwise."""
    return Quantity(distribution, (), reason, "default")


@dataclass(frozen=True)
class Support:
    """Pydantic annotation: what values a quantity may take, and what it measures."""

    low: float
    high: float
    noun: str
    open_low: bool = field(default=False)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return core_schema.with_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> Any:
        return _json_schema(self)

    def _validate(self, raw: Any, info: ValidationInfo) -> Quantity:
        believed = (info.context or {}).get("credences")
        quantity = raw if isinstance(raw, Quantity) else parse(raw, believed)
        written = [raw["if"][c] for c in _CASES] if quantity.proposition and isinstance(raw, dict) else [raw]  # fmt: skip
        for part, shown in zip(parts(quantity.distribution), written, strict=True):
            low, high = part.support()
            # A draw hits a bound exactly only where the distribution has an atom there.
            atom = part.family in ("fixed", "discrete")
            if low < self.low or high > self.high or (self.open_low and atom and low <= self.low):
                raise _error(f"{_shown(shown)} is not {self.noun}; expected {self._expected}")
        return quantity

    @property
    def _expected(self) -> str:
        if math.isinf(self.low) and math.isinf(self.high):
            span = "any number"
        elif math.isinf(self.high):
            span = f"a number {'over' if self.open_low else 'not under'} {self.low:g}"
        else:
            span = f"a number between {self.low:g} and {self.high:g}"
        return f"{span}, or a range or distribution within that"


Probability = Annotated[Quantity, Support(0.0, 1.0, "a probability")]
Share = Annotated[Quantity, Support(0.0, 1.0, "a share")]
Rate = Annotated[Quantity, Support(0.0, math.inf, "a rate (events per day)")]
Days = Annotated[Quantity, Support(0.0, math.inf, "a number of days", open_low=True)]
Nonnegative = Annotated[Quantity, Support(0.0, math.inf, "a non-negative number")]
Positive = Annotated[Quantity, Support(0.0, math.inf, "a positive number", open_low=True)]
Real = Annotated[Quantity, Support(-math.inf, math.inf, "a number")]


def parse(raw: Any, believed: Believed | None = None) -> Quantity:
    """The quantity an analyst wrote. Raises a pydantic error with one clear sentence.

    `believed` holds the propositions that a value may depend on, with their credences.
    """
    if not isinstance(raw, dict):
        return Quantity(fixed(_number(raw)))
    because, elicited = _provenance(raw)
    body = {key: value for key, value in raw.items() if key not in _EXTRA}
    if "if" in body:
        return _conditional(body, because, elicited, believed)
    return Quantity(_distribution(body), because, elicited)


def _conditional(
    body: dict[str, Any],
    because: tuple[str, ...],
    elicited: str | None,
    believed: Believed | None,
) -> Quantity:
    """The two values that hang on a proposition; their claims and reasons are added up."""
    given = _condition(body)
    name = given["proposition"]
    credence = _credence(name, believed)
    for case in _CASES:
        if isinstance(given[case], dict) and "if" in given[case]:
            raise _error(f"under '{case}' there is another 'if'; expected a plain value")
    true, false = parse(given["true"]), parse(given["false"])
    assert isinstance(true.distribution, Distribution)
    assert isinstance(false.distribution, Distribution)
    reasons = [elicited] if elicited else []
    for case, quantity in zip(_CASES, (true, false), strict=True):
        if quantity.elicited:
            reasons.append(f"{quantity.elicited} (if {case})")
    return Quantity(
        Conditional(name, true.distribution, false.distribution, credence),
        tuple(dict.fromkeys([*because, *true.because, *false.because])),
        "; ".join(reasons) or None,
    )


def _condition(body: dict[str, Any]) -> dict[str, Any]:
    """What stands under 'if', with a proposition's name and both cases."""
    given = body["if"]
    if set(body) != {"if"}:
        others = ", ".join(f"'{key}'" for key in body if key != "if")
        raise _error(f"beside 'if' there is {others}; {_IF_FORM}")
    if not isinstance(given, dict):
        raise _error(f"{_shown(given)} is not a condition; {_IF_FORM}")
    expected = ("proposition", *_CASES)
    for key in given:
        if key not in expected:
            hint = suggestion(key, expected)
            raise _error(f"there is no '{key}' in a condition; {_IF_FORM}{hint}")
    for key in expected:
        if key not in given:
            raise _error(f"'{key}' is missing; {_IF_FORM}")
    name = given["proposition"]
    if not isinstance(name, str):
        raise _error(f"{_shown(name)} is not the name of a proposition; {_IF_FORM}")
    return given


def _credence(name: str, believed: Believed | None) -> float:
    if believed is None:
        raise _error(
            f"'{name}' is not known: the scenario names no evidence file with propositions"
        )
    if name not in believed:
        known = list(believed)
        hint = suggestion(name, known) or f"; known: {', '.join(known) or 'none'}"
        raise _error(f"there is no proposition '{name}' in the evidence{hint}")
    return believed[name]


def _distribution(body: dict[str, Any]) -> Distribution:
    keys = set(body)
    if keys == {"value"}:
        return fixed(_number(body["value"]))
    try:
        if keys == {"low", "high"}:
            return uniform(_number(body["low"]), _number(body["high"]))
        if keys == {"low", "likely", "high"}:
            return pert(*(_number(body[key]) for key in ("low", "likely", "high")))
        if len(keys) == 1 and (name := next(iter(keys))) in BY_NAME:
            return _named(name, BY_NAME[name], body[name])
    except PydanticCustomError:
        raise
    except ArithmeticError:
        raise _error(f"the numbers in {_shown(body)} are too extreme; expected {_FORMS}") from None
    except ValueError as error:
        raise _error(f"{_shown(body)} is not a distribution: {error}") from None
    raise _error(_unreadable(body))


def _unreadable(body: dict[str, Any]) -> str:
    """What is wrong with a mapping that is none of the forms: a misspelt, spare or missing key."""
    plain = ("value", "low", "likely", "high")
    for key in body:
        if key not in (*plain, *BY_NAME):
            hint = suggestion(key, [*plain, *BY_NAME, "if", *_EXTRA])
            return f"there is no '{key}' in a value; expected {_FORMS}{hint}"
    if not body:
        return f"this is not a value: no number is given; expected {_FORMS}"
    missing = [key for key in ("low", "high") if key not in body]
    if len(missing) == 1 and set(body) <= set(plain[1:]):
        return f"'{missing[0]}' is missing; expected {_FORMS}"
    given = " and ".join(f"'{key}'" for key in body)
    return f"{given} cannot make a value; expected {_FORMS}"


def _named(name: str, make: Callable[..., Distribution], arguments: Any) -> Distribution:
    known = list(inspect.signature(make).parameters)
    if not isinstance(arguments, dict):
        raise _error(f"'{name}' needs its arguments in braces; it takes {', '.join(known)}")
    for key in arguments:
        if key not in known:
            hint = suggestion(key, known)
            raise _error(f"'{name}' has no argument '{key}'; it takes {', '.join(known)}{hint}")
    given: dict[str, Any] = {}
    for key, value in arguments.items():
        if name == "discrete":
            if not isinstance(value, list):
                raise _error(f"'{key}' of a discrete distribution must be a list of numbers")
            given[key] = [_number(item) for item in value]
        else:
            given[key] = _number(value)
    try:
        return make(**given)
    except TypeError:
        raise _error(f"'{name}' lacks arguments; expected {', '.join(known)}") from None


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _error(f"{_shown(raw)} is not a number; expected {_FORMS}")
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    if math.isfinite(value) and abs(value) >= LARGEST:
        raise _error(f"{_shown(raw)} is too large; expected {_FORMS}")
    if not math.isfinite(value):
        raise _error(f"{_shown(raw)} is not a finite number; expected {_FORMS}")
    return value


def _provenance(raw: dict[str, Any]) -> tuple[tuple[str, ...], str | None]:
    because = raw.get("because", [])
    claims = [because] if isinstance(because, str) else because
    if not isinstance(claims, list) or not all(isinstance(c, str) for c in claims):
        raise _error(f"'because' is {_shown(because)}; expected a claim's id or a list of them")
    elicited = raw.get("elicited")
    if elicited is not None and not isinstance(elicited, str):
        raise _error(f"'elicited' is {_shown(elicited)}; expected a sentence giving the reason")
    return tuple(claims), elicited


def _shown(raw: Any) -> str:
    """The value as the analyst would write it, cut short."""
    if raw is None or isinstance(raw, bool):
        return {None: "an empty value", True: "true", False: "false"}[raw]
    if isinstance(raw, dict):
        text = "{" + ", ".join(f"{key}: {_shown(value)}" for key, value in raw.items()) + "}"
    else:
        text = repr(raw) if isinstance(raw, str) else str(raw)
    return text if len(text) <= 60 else text[:57] + "…"


def _error(sentence: str) -> PydanticCustomError:
    # Braces would be read as a template by pydantic.
    return PydanticCustomError("quantity", "{sentence}", {"sentence": sentence})


def _json_schema(support: Support) -> dict[str, Any]:
    number: dict[str, Any] = {"type": "number"}
    if math.isfinite(support.low):
        number["exclusiveMinimum" if support.open_low else "minimum"] = support.low
    if math.isfinite(support.high):
        number["maximum"] = support.high
    extra = {
        "because": {"type": ["string", "array"], "items": {"type": "string"},
                    "description": "Claims in the evidence file that the value rests on."},
        "elicited": {"type": "string", "description": "Reason for a magnitude without a source."},
    }  # fmt: skip
    plain = {"type": "number"}
    forms: list[dict[str, Any]] = [number]
    shapes: list[dict[str, Any]] = [
        {"value": number},
        {"low": number, "high": number},
        {"low": number, "likely": number, "high": number},
    ]
    for name, make in BY_NAME.items():
        item = {"type": "array", "items": plain} if name == "discrete" else plain
        arguments = dict.fromkeys(inspect.signature(make).parameters, item)
        shapes.append(
            {name: {"type": "object", "properties": arguments, "additionalProperties": False}}
        )
    plain_forms = {"anyOf": [number, *(_shaped(shape, extra) for shape in shapes)]}
    condition = {
        "type": "object",
        "description": "One value if a proposition of the evidence is true, another if not.",
        "properties": {
            "proposition": {"type": "string"},
            "true": plain_forms,
            "false": plain_forms,
        },
        "required": ["proposition", "true", "false"],
        "additionalProperties": False,
    }
    for shape in [*shapes, {"if": condition}]:
        forms.append(_shaped(shape, extra))
    bound = "Over" if support.open_low else "From"
    name = f"{bound}{support.low:g}To{support.high:g}".replace("-inf", "Any").replace("inf", "Any")
    return {"description": f"{support.noun}: {_FORMS}", VALUE_TYPE: f"Value{name}", "anyOf": forms}


def _shaped(shape: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**shape, **extra},
        "required": list(shape),
        "additionalProperties": False,
    }


def quantities(part: Any, path: str = "") -> Iterator[tuple[str, Quantity]]:
    """(dotted path, quantity) of every quantity in a tree of models and mappings."""
    if isinstance(part, Quantity):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from quantities(getattr(part, name), f"{path}.{name}" if path else name)
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from quantities(value, f"{path}.{name}" if path else str(name))
